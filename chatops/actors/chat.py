"""The ChatActor: one Telegram chat. It keeps the position of every message it owns, brings the cards up to
date, and answers what people press and write.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops.actors import views
from chatops.actors.base import Actor
from chatops.actors.commands import Commands
from chatops.actors.directory import Directory
from chatops.actors.messages import (
    POOL,
    TELEGRAM,
    Address,
    CatchUp,
    Deliver,
    Delivered,
    Happened,
    IncidentChanged,
    NotDelivered,
    Notice,
    Result,
    ReturnToCard,
    Submit,
    SurveyAgain,
    UpdateArrived,
    WorkDone,
    WorkFailed,
    WorkInterrupted,
    chat_address,
    incident_address,
)
from chatops.actors.shelf import Shelf, UnderWay
from chatops.actors.views import Reader
from chatops.core.actions import Plan
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Card, Position
from chatops.core.failures import Reason
from chatops.core.incidents import Incident, Person, Press
from chatops.core.incidents.events import Event, Reject, Release, Resolve, RunAction, Take
from chatops.core.outgoing import AnswerTap, Lane, LeaveChat
from chatops.core.people import Chat, ChatKind, User
from chatops.core.presses import Refusal, judge
from chatops.core.screens.base import Screen
from chatops.core.screens.confirm import plan_of
from chatops.core.screens.notices import notice
from chatops.core.screens.rejecting import REASONS
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue, tongue
from chatops.core.updates import Membership, Tap, TextMessage
from chatops.db.store import Store

log = structlog.get_logger()

LEFT_ALONE = timedelta(minutes=2)
"""A card in the drill-down that nobody touched for this long goes back to the incident when that changes."""

FILES = (Verb.LOG_FILE, Verb.DESCRIBE_FILE)
READINGS = (Verb.LOGS, Verb.LOG_FILE, Verb.DESCRIBE, Verb.DESCRIBE_FILE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Work under way for a screen: drawn when it comes back, unless the message has moved on."""

    position: Position
    reader: Reader
    thread_id: int | None


class ChatActor(Actor):
    """Cards are reconciled, not queued.

    What a chat should show is compared with what it was last seen to show.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        language: str,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._id = int(str(address[1]))
        self._store = store
        self._clock = clock
        self._language = language
        self._shelf = Shelf(self._id, store=store, address=address, tell=self.tell, clock=clock)
        self._commands = Commands(store, clock=clock)
        self._asked: dict[int, Asked] = {}
        self._next_work = 1
        self._pressed: set[int] = set()

    def setup(self) -> None:
        self._catch_up()

    def receive(self, message: Any) -> Any:
        match message:
            case IncidentChanged(incident_id):
                # A chat that refuses the bot is tried again after a start, and when it is heard of.
                if not self._chat().unreachable:
                    self._reconcile(incident_id)
            case UpdateArrived(Tap() as tap):
                self._tapped(tap)
            case UpdateArrived(TextMessage() as text):
                self._written(text)
            case UpdateArrived(Membership() as change):
                self._moved(change)
            case Delivered(tag, message_id):
                self._arrived(tag, message_id)
            case NotDelivered():
                self._not_delivered(message)
            case WorkDone(tag, result):
                self._work_done(tag, result)
            case WorkFailed(tag, reason, detail):
                self._work_failed(tag, reason, detail)
            case WorkInterrupted(tag):
                self._work_failed(tag, Reason.SERVER_ERROR, "")
            case ReturnToCard(message_id):
                self._return_to_card(message_id)
            case CatchUp():
                self._catch_up()
            case Notice(code, detail):
                self._shelf.send(notice(code, detail, self._tongue()), Lane.PAGE)
            case _:
                return super().receive(message)
        return None

    # Cards

    def _catch_up(self) -> None:
        for incident_id in self._store.cards.stale(self._id):
            self._reconcile(incident_id)

    def _reconcile(self, incident_id: int) -> None:
        """Show the incident as it is now wherever this chat shows it.

        Begin a card where there should be one.
        """
        incident = self._store.incidents.get(incident_id)
        if incident is None or not incident.revision:
            return
        card = self._store.cards.get(self._id, incident_id)
        if card is None and not self._shelf.card_under_way(incident_id) and incident.open and self._chat().subscribed:
            self._send_card(incident)
        if card is not None and card.revision < incident.revision:
            self._refresh_card(card, incident)
        for view in self._store.positions.showing(self._id, incident_id):
            shown_above = card is not None and view.message_id == card.message_id and view.screen is Verb.CARD
            if not shown_above:
                self._draw_from_store(view, self._tongue(), self._lane(incident))
        self._pressed.discard(incident_id)

    def _send_card(self, incident: Incident, *, reply_to: int | None = None, thread_id: int | None = None) -> None:
        position = Position(self._id, 0, Verb.CARD, incident.id)
        screen = self._store_screen(position, incident, self._tongue())
        if screen:
            key = f"card:{incident.id}"
            self._shelf.send(
                screen,
                Lane.PAGE,
                position=position,
                revision=incident.revision,
                card=True,
                reply_to=reply_to,
                thread_id=thread_id,
                key=key,
            )

    def _refresh_card(self, card: Card, incident: Incident) -> None:
        position = self._store.positions.get(self._id, card.message_id)
        if position and position.screen is not Verb.CARD:
            idle = self._clock() - (position.touched_at or self._clock())
            if idle < LEFT_ALONE:
                self.later((LEFT_ALONE - idle).total_seconds() + 1, ReturnToCard(card.message_id))
                return
            self._store.positions.put(replace(position, screen=Verb.CARD, args={}, ref=None))
        at = Position(self._id, card.message_id, Verb.CARD, incident.id)
        screen = self._store_screen(at, incident, self._tongue())
        if screen:
            self._shelf.edit(screen, self._lane(incident), position=at, revision=incident.revision, card=True)

    def _lane(self, incident: Incident) -> Lane:
        """What somebody waits for goes before what merely changed."""
        ended = incident.run is not None and not incident.run.state.running
        return Lane.RESULT if ended or incident.id in self._pressed else Lane.EDIT

    def _return_to_card(self, message_id: int) -> None:
        card = self._store.cards.by_message(self._id, message_id)
        if card:
            self._reconcile(card.incident_id)

    def _arrived(self, tag: Any, message_id: int) -> None:
        done = self._shelf.arrived(tag, message_id)
        if done and done.card and done.position and done.position.incident_id is not None:
            # It may have changed while the message was on its way.
            self._reconcile(done.position.incident_id)

    def _not_delivered(self, refusal: NotDelivered) -> None:
        lost = self._shelf.lost(refusal.tag) if isinstance(refusal.tag, int) else None
        match refusal.reason:
            case Reason.MIGRATED if refusal.new_chat_id:
                self._store.cards.move_chat(self._id, refusal.new_chat_id)
                self.tell(chat_address(refusal.new_chat_id), CatchUp())
            case Reason.BLOCKED | Reason.CHAT_GONE:
                log.warning("chat cannot be reached", chat=self._id, reason=refusal.reason, detail=refusal.detail)
                self._store.chats.set_unreachable(self._id, refusal.reason)
            case Reason.MESSAGE_GONE if lost and lost.message_id:
                self._message_gone(lost)
            case _:
                log.error("telegram refused a message", chat=self._id, reason=refusal.reason, detail=refusal.detail)

    def _message_gone(self, lost: UnderWay) -> None:
        """Somebody deleted it.

        A card of an open incident is posted again, once; anything else was not wanted.
        """
        self._store.positions.delete(self._id, lost.message_id)
        if lost.card and lost.position and lost.position.incident_id is not None:
            self._store.cards.delete(self._id, lost.position.incident_id)
            self._reconcile(lost.position.incident_id)

    # Taps

    def _tapped(self, tap: Tap) -> None:
        user = self._met(tap.sender.id, tap.sender.name, tap.sender.language_code, tap.chat_kind, tap.chat_title)
        speaks = tongue((user.language if user else "") or tap.sender.language_code or self._language)
        offered = self._store.buttons.find(tap.data)
        refusal = judge(tap, offered, user, now=self._clock())
        if refusal:
            self._refuse(tap, offered, refusal, user, speaks)
            self._store.updates.done(tap.update_id)
            return
        assert offered is not None
        if offered.message_id is None:
            self._store.buttons.bind((offered.token,), tap.message_id)
        person = Person(tap.sender.id, tap.sender.name)
        press = Press(person, self._id, tap.message_id, tap.callback_id, speaks.language)
        event = _event(offered, press, speaks)
        if event is not None and offered.incident_id is not None:
            token = offered.token if offered.verb is Verb.CONFIRM else ""
            self._show_card_next(tap.message_id, offered.incident_id)
            self.tell(incident_address(offered.incident_id), Happened(event, tap.update_id, token))
            return
        self._navigate(tap, offered, Reader(person, speaks))
        self._store.updates.done(tap.update_id)

    def _show_card_next(self, message_id: int, incident_id: int) -> None:
        """The incident alone knows whether the press counts: it answers, and the message is drawn once it has."""
        at = Position(self._id, message_id, Verb.CARD, incident_id, touched_at=self._clock())
        self._store.positions.put(at)
        card = self._store.cards.get(self._id, incident_id)
        if card and card.message_id == message_id:
            self._store.cards.put(replace(card, revision=0))
        self._pressed.add(incident_id)

    def _refuse(self, tap: Tap, offered: Offered | None, refusal: Refusal, user: User | None, speaks: Tongue) -> None:
        role = user.role if user else ""
        chooser = self._store.users.get(offered.for_user) if offered and offered.for_user else None
        words = {"id": str(tap.sender.id), "role": role, "name": chooser.name if chooser else "?"}
        if refusal.denied:
            what = offered.args.get("action", offered.verb) if offered and user else "unknown"
            entry = Entry(
                EntryType.DENIED,
                Person(tap.sender.id, tap.sender.name).subject,
                self._clock(),
                incident_id=offered.incident_id if offered and user else None,
                object=offered.ref if offered and user else None,
                chat_id=self._id,
                message_id=tap.message_id,
                detail={"what": str(what), "why": refusal.denied},
            )
            self._store.audit.append([entry])
        self._toast(tap, toast(refusal.toast, speaks, words))
        if refusal.stale and user:
            self._redraw_stale(tap, offered, speaks)

    def _redraw_stale(self, tap: Tap, offered: Offered | None, speaks: Tongue) -> None:
        position = self._store.positions.get(self._id, tap.message_id)
        incident_id = offered.incident_id if offered else position.incident_id if position else None
        if incident_id is None:
            return
        self._go(
            Position(self._id, tap.message_id, Verb.CARD, incident_id),
            tap,
            Reader(Person(tap.sender.id, tap.sender.name), speaks),
        )

    def _navigate(self, tap: Tap, offered: Offered, reader: Reader) -> None:
        args = dict(offered.args)
        if offered.verb is Verb.CHOOSE:
            args["run"] = uuid.uuid4().hex
        wanted = Position(self._id, tap.message_id, offered.verb, offered.incident_id, args, offered.ref)
        if offered.incident_id is not None and (offered.verb is Verb.REFRESH or "fresh" in args):
            self.tell(incident_address(offered.incident_id), SurveyAgain())
            args.pop("fresh", None)
        if offered.verb is Verb.REFRESH:
            wanted = replace(wanted, screen=Verb.CARD)
        self._go(wanted, tap, reader, toast_wanted=True)

    def _go(self, wanted: Position, tap: Tap, reader: Reader, *, toast_wanted: bool = False) -> None:
        """Move a message to another screen.

        In a group the shared card stays: the way down is a message of its own.
        """
        old = self._store.positions.get(self._id, tap.message_id)
        if wanted.ref and old and old.ref and wanted.ref.same_place(old.ref):
            above = {name: value for name, value in old.args.items() if name in ("above", "above_kind")}
            wanted = replace(wanted, args={**above, **wanted.args})
        work = views.needed(wanted, self._clock())
        if toast_wanted:
            code = "sent_below" if wanted.screen in FILES else "looking" if work else "ok"
            self._toast(tap, toast(code, reader.tongue))
        if wanted.screen in READINGS:
            self._note_reading(wanted, reader)
        shared = tap.chat_kind is not ChatKind.PRIVATE and self._store.cards.by_message(self._id, tap.message_id)
        beside = bool(shared) and wanted.screen is not Verb.CARD
        if beside:
            wanted = replace(wanted, message_id=0, args={**wanted.args, "card": str(tap.message_id)})
        elif wanted.screen not in FILES:
            self._store.positions.put(replace(wanted, touched_at=self._clock()))
        if work:
            tag = self._next_work
            self._next_work += 1
            self._asked[tag] = Asked(wanted, reader, tap.thread_id)
            self.tell(POOL, Submit(work, self.address, tag))
        else:
            self._draw_from_store(wanted, reader.tongue, Lane.RESULT, thread_id=tap.thread_id)

    def _note_reading(self, position: Position, reader: Reader) -> None:
        what = "logs" if position.screen in (Verb.LOGS, Verb.LOG_FILE) else "the description"
        entry = Entry(
            EntryType.LOOKED,
            reader.person.subject,
            self._clock(),
            incident_id=position.incident_id,
            object=position.ref,
            chat_id=self._id,
            message_id=position.message_id or None,
            detail={"what": what},
        )
        self._store.audit.append([entry])

    def _toast(self, tap: Tap, text: str) -> None:
        self.tell(TELEGRAM, Deliver(AnswerTap(tap.callback_id, text), Lane.ANSWER))

    # Screens

    def _work_done(self, tag: Any, result: Result) -> None:
        asked = self._asked.pop(tag, None)
        if asked is None:
            return
        position = asked.position
        file = views.file_of(position, result)
        if file:
            below = position.message_id or int(position.args.get("card", "0"))
            self._shelf.send_file(*file, reply_to=below, thread_id=asked.thread_id)
            return
        screen = views.drawn(position, result, asked.reader, now=self._clock())
        if screen and self._still_there(position):
            self._show(screen, position, Lane.RESULT, thread_id=asked.thread_id)

    def _work_failed(self, tag: Any, reason: str, detail: str) -> None:
        asked = self._asked.pop(tag, None)
        if asked and self._still_there(asked.position):
            screen = views.failed(asked.position, reason, detail, asked.reader)
            self._show(screen, asked.position, Lane.RESULT, thread_id=asked.thread_id)

    def _still_there(self, position: Position) -> bool:
        """Whether the message still waits for this screen: the person may have gone elsewhere meanwhile."""
        if not position.message_id or position.screen in FILES:
            return True
        at = self._store.positions.get(self._id, position.message_id)
        return at is not None and replace(at, touched_at=None) == replace(position, touched_at=None)

    def _draw_from_store(self, position: Position, speaks: Tongue, lane: Lane, *, thread_id: int | None = None) -> None:
        incident = self._store.incidents.get(position.incident_id) if position.incident_id else None
        screen = self._store_screen(position, incident, speaks)
        if screen:
            revision = incident.revision if incident else 0
            self._show(screen, position, lane, revision=revision, thread_id=thread_id)

    def _store_screen(self, position: Position, incident: Incident | None, speaks: Tongue) -> Screen | None:
        return views.from_store(position, incident, self._store, speaks, now=self._clock())

    def _show(
        self,
        screen: Screen,
        position: Position,
        lane: Lane,
        *,
        revision: int = 0,
        thread_id: int | None = None,
    ) -> None:
        if not position.message_id:
            below = int(position.args["card"]) if "card" in position.args else None
            self._shelf.send(screen, lane, position=position, reply_to=below, thread_id=thread_id)
            return
        self._shelf.edit(screen, lane, position=position, revision=revision, card=self._is_card(position))

    def _is_card(self, position: Position) -> bool:
        """The incident's one message here, or the first that shows it where there is none yet."""
        if position.screen is not Verb.CARD or position.incident_id is None:
            return False
        card = self._store.cards.get(self._id, position.incident_id)
        return card is None or card.message_id == position.message_id

    # What people write, and where the bot is

    def _written(self, text: TextMessage) -> None:
        sender = text.sender
        if sender is None:
            self._store.updates.done(text.update_id)
            return
        user = self._met(sender.id, sender.name, sender.language_code, text.chat_kind, text.chat_title)
        speaks = tongue((user.language if user else "") or sender.language_code or self._language)
        answer = self._commands.answer(text, user, self._chat(), speaks)
        if answer.catch_up:
            self._catch_up()
        if answer.screen:
            self._shelf.send(answer.screen, Lane.RESULT, reply_to=None, thread_id=text.thread_id)
        if answer.position:
            position = replace(answer.position, chat_id=self._id)
            self._draw_from_store(position, speaks, Lane.RESULT, thread_id=text.thread_id)
        self._store.updates.done(text.update_id)

    def _moved(self, change: Membership) -> None:
        """A group that no known person put the bot into learns nothing: the bot leaves."""
        inviter = self._store.users.get(change.sender.id) if change.sender else None
        if not change.present:
            self._store.chats.set_unreachable(self._id, Reason.BLOCKED)
        elif change.chat_kind is not ChatKind.PRIVATE and inviter is None and not self._chat().subscribed:
            log.warning("leaving a chat that no known person added the bot to", chat=self._id)
            self.tell(TELEGRAM, Deliver(LeaveChat(self._id), Lane.ANSWER))
        else:
            self._store.chats.put(replace(self._chat(), kind=change.chat_kind, title=change.chat_title, unreachable=""))
            self._catch_up()
        self._store.updates.done(change.update_id)

    def _met(self, user_id: int, name: str, language: str, kind: ChatKind, title: str) -> User | None:
        """Keep names and languages as Telegram tells them; a chat that speaks to us can be reached again."""
        user = self._store.users.get(user_id)
        if user and user.name != name:
            user = replace(user, name=name)
            self._store.users.put(user)
        if user:
            known = self._chat()
            told = replace(known, kind=kind, title=title, unreachable="")
            if kind is ChatKind.PRIVATE:
                told = replace(told, language=user.language or language)
            if told != known or not known.kind:
                self._store.chats.put(told)
            if known.unreachable:
                self._catch_up()
        return user

    def _chat(self) -> Chat:
        kind = ChatKind.PRIVATE if self._id > 0 else ChatKind.GROUP
        return self._store.chats.get(self._id) or Chat(self._id, kind)

    def _tongue(self) -> Tongue:
        return tongue(self._chat().language or self._language)


def _event(offered: Offered, press: Press, speaks: Tongue) -> Event | None:
    """What a button does to the incident itself; None for buttons that only lead somewhere."""
    match offered.verb:
        case Verb.TAKE:
            return Take(press)
        case Verb.RELEASE:
            return Release(press)
        case Verb.RESOLVE:
            return Resolve(press)
        case Verb.REJECT:
            reason = offered.args.get("reason", "")
            return Reject(press, speaks.plain(REASONS[reason]) if reason in REASONS else reason)
        case Verb.CONFIRM if offered.ref:
            action, params, version = plan_of(offered.args)
            plan = Plan(action, offered.ref, version, params)
            return RunAction(press, offered.args["run"], plan)
        case _:
            return None

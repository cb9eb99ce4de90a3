"""The ChatActor: one Telegram chat.

It keeps the position of every message it owns, brings the cards up to date, and answers what people press and write.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor
from chatops.actors.conversation.admission import Admission
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.commands import Commands
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.notes import Notes
from chatops.actors.conversation.replies import Replies
from chatops.actors.conversation.restraint import Restraint
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.taps import Taps
from chatops.actors.directory import Directory
from chatops.actors.messages import (
    TELEGRAM,
    Address,
    ApprovalWanted,
    CatchUp,
    Deliver,
    Delivered,
    DrawNext,
    HelpWanted,
    IncidentChanged,
    NotDelivered,
    Notice,
    ReturnToCard,
    UpdateArrived,
    WorkDone,
    WorkFailed,
    WorkInterrupted,
    chat_address,
)
from chatops.core.access import known
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.failures import Reason
from chatops.core.outgoing import Lane, LeaveChat
from chatops.core.people import ChatKind, Sender, User
from chatops.core.policy import Policy
from chatops.core.screens.escalation import help_wanted
from chatops.core.screens.notices import notice
from chatops.core.texts import Tongue, tongue
from chatops.core.updates import Membership, Tap, TextMessage
from chatops.db.store import Store

log = structlog.get_logger()


class ChatActor(Actor):
    """Its parts run in its thread: the canvas draws, the cards are reconciled, the taps judged, the way down walked."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        policy: Policy,
        bot_name: Callable[[], str] = str,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._id = int(str(address[1]))
        self._store = store
        self._clock = clock
        self._commands = Commands(store, clock=clock)
        self._shelf = Shelf(self._id, store=store, address=address, tell=self.tell, clock=clock)
        self._notes = Notes(store, clock=clock, tell=self.tell)
        self._canvas = Canvas(self._id, store=store, shelf=self._shelf, clock=clock, policy=policy)
        self._cards = Reconciler(self._canvas, store=store, shelf=self._shelf, clock=clock, come_back=self._come_back)
        self._drilldown = Drilldown(
            self._canvas, store=store, shelf=self._shelf, clock=clock, address=address, tell=self.tell
        )
        self._admission = Admission(self._canvas, self._drilldown, store=store, clock=clock, bot_name=bot_name)
        self._taps = Taps(self._drilldown, self._cards, self._admission, store=store, clock=clock, tell=self.tell)
        self._restraint = Restraint(
            store=store,
            shelf=self._shelf,
            clock=clock,
            tell=self.tell,
            speaks=lambda sender: self._tongue_of(None, sender),
        )
        self._replies = Replies({Verb.SEARCH: self._drilldown.search, Verb.SCOPE: self._admission.typed}, store=store)
        self._behind: dict[int, None] = {}

    def setup(self) -> None:
        self._catch_up()

    def receive(self, message: Any) -> Any:
        match message:
            case IncidentChanged(incident_id):
                # A chat that refuses the bot is tried again after a start, and when it is heard of.
                if not self._canvas.chat.unreachable:
                    self._fall_behind(incident_id)
            case DrawNext():
                self._draw_next()
            case UpdateArrived(Tap() | TextMessage() as much) if self._restraint.refuses(much):
                pass
            case UpdateArrived(Tap() as tap):
                user = self._met(tap.sender, tap.chat_kind, tap.chat_title)
                self._taps.pressed(tap, user, self._tongue_of(user, tap.sender))
            case UpdateArrived(TextMessage() as text):
                self._written(text)
            case UpdateArrived(Membership() as change):
                self._moved(change)
            case Delivered(int(tag), message_id):
                done = self._shelf.arrived(tag, message_id)
                if done:
                    self._cards.arrived(done)
            case NotDelivered():
                self._not_delivered(message)
            case WorkDone(tag, result):
                self._drilldown.answered(tag, result)
            case WorkFailed(tag, reason, detail):
                self._drilldown.failed(tag, reason, detail)
            case WorkInterrupted(tag):
                self._drilldown.failed(tag, Reason.SERVER_ERROR, "")
            case ApprovalWanted():
                self._drilldown.ask_approval(message)
            case ReturnToCard(message_id):
                self._cards.return_to_card(message_id)
            case CatchUp():
                self._catch_up()
            case HelpWanted(incident_id, by_name):
                self._call_for_help(incident_id, by_name)
            case Notice(code, detail):
                self._shelf.send(notice(code, detail, self._canvas.tongue), Lane.PAGE)
            case _:
                return super().receive(message)
        return None

    def _call_for_help(self, incident_id: int, by_name: str) -> None:
        """Once per call: after a start it is told again to whoever is not known to have heard it."""
        incident = self._store.incidents.get(incident_id)
        if incident is None or self._canvas.chat.unreachable or not self._canvas.may_show(incident):
            return
        called_at, positions = incident.escalated_at, self._store.positions
        if called_at and positions.shown_since(self._id, incident_id, Verb.ESCALATE, called_at):
            return
        if not self._shelf.is_under_way(Verb.ESCALATE, incident_id):
            at = Position(self._id, 0, Verb.ESCALATE, incident_id)
            self._shelf.send(help_wanted(incident, by_name, self._canvas.tongue), Lane.PAGE, position=at)

    def _catch_up(self) -> None:
        self._fall_behind(*self._cards.behind())

    def _fall_behind(self, *incident_ids: int) -> None:
        """To be drawn one by one: in a storm of alerts nobody who presses a button waits for all of them."""
        if incident_ids and not self._behind:
            self.tell(self.address, DrawNext())
        self._behind.update(dict.fromkeys(incident_ids))

    def _draw_next(self) -> None:
        incident_id = next(iter(self._behind), None)
        if incident_id is None:
            # It was meant for a predecessor.
            return
        del self._behind[incident_id]
        if self._behind:
            self.tell(self.address, DrawNext())
        self._cards.reconcile(incident_id)

    def _come_back(self, message_id: int, seconds: float) -> None:
        self.later(seconds, ReturnToCard(message_id))

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
                self._cards.message_gone(lost)
            case Reason.SUPERSEDED:
                # What was sent in its place is being brought up to date.
                pass
            case _:
                log.error("telegram refused a message", chat=self._id, reason=refusal.reason, detail=refusal.detail)

    def _written(self, text: TextMessage) -> None:
        if text.sender is not None:
            user = self._met(text.sender, text.chat_kind, text.chat_title)
            speaks = self._tongue_of(user, text.sender)
            if self._taps.typed(text, user, speaks):
                return
            if not self._replies.heard(text, user, speaks):
                noted = self._notes.incident_of(text)
                if noted is not None and self._notes.take(text, noted, user, speaks):
                    # The incident writes the update off together with the note.
                    return
                self._obey(text, user, speaks)
        self._store.updates.done(text.update_id)

    def _obey(self, text: TextMessage, user: User | None, speaks: Tongue) -> None:
        answer = self._commands.answer(text, user, self._canvas.chat, speaks)
        if answer.catch_up:
            self._catch_up()
        if answer.screen:
            self._shelf.send(answer.screen, Lane.RESULT, thread_id=text.thread_id)
        if answer.position:
            self._canvas.draw(answer.position, speaks, Lane.RESULT, thread_id=text.thread_id, user=user)

    def _moved(self, change: Membership) -> None:
        """A group that no known person put the bot into learns nothing: the bot leaves."""
        inviter = self._store.users.get(change.sender.id) if change.sender else None
        chat = self._canvas.chat
        if not change.present:
            self._store.chats.set_unreachable(self._id, Reason.BLOCKED)
        elif change.chat_kind is not ChatKind.PRIVATE and not known(inviter).allowed and not chat.subscribed:
            self._leave(change, known(inviter).reason)
        else:
            self._store.chats.put(replace(chat, kind=change.chat_kind, title=change.chat_title, unreachable=""))
            self._catch_up()
        self._store.updates.done(change.update_id)

    def _leave(self, change: Membership, why: str) -> None:
        log.warning("leaving a chat that no known person added the bot to", chat=self._id)
        sender = change.sender
        subject = Subject.person(sender.id, sender.name) if sender else Subject("person")
        now = self._clock()
        entry = Entry(EntryType.DENIED, subject, now, chat_id=self._id, detail={"what": "group", "why": why})
        self._store.audit.append([entry])
        self.tell(TELEGRAM, Deliver(LeaveChat(self._id), Lane.ANSWER))
        who = f"{sender.name}, {sender.id}" if sender else "?"
        tell_admins(self._store, self.tell, Notice("strange_group", {"who": who, "chat": change.chat_title}))

    def _met(self, sender: Sender, kind: ChatKind, title: str) -> User | None:
        """Who this is, as far as we know them.

        Names and languages are kept as Telegram tells them, and a chat that speaks to us can be reached again.
        """
        user = self._store.users.get(sender.id)
        if user is None:
            return None
        if user.name != sender.name:
            user = replace(user, name=sender.name)
            self._store.users.rename(user.id, user.name)
        known = self._canvas.chat
        told = replace(known, kind=kind, title=title, unreachable="")
        if kind is ChatKind.PRIVATE:
            told = replace(told, language=user.language or sender.language_code)
        if told != known:
            self._store.chats.put(told)
        if known.unreachable:
            self._catch_up()
        return user

    def _tongue_of(self, user: User | None, sender: Sender) -> Tongue:
        return tongue((user.language if user else "") or sender.language_code or self._canvas.policy.language)

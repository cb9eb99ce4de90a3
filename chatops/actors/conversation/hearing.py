"""What the chat hears of people: presses, what they write, and the bot's own coming and going there.

In the chat's thread. It knows who speaks; what words and presses come to is decided by the parts it hands them to.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.admins import tell_admins
from chatops.actors.chat_messages import Notice
from chatops.actors.conversation.admission import Admission
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.commands import Commands
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.notes import Notes
from chatops.actors.conversation.pins import Pins
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.replies import Replies
from chatops.actors.conversation.restraint import Restraint
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.strangers import Strangers
from chatops.actors.conversation.taps import Taps
from chatops.actors.conversation.typed_words import TypedWords
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import done_with
from chatops.core.absence import Absence
from chatops.core.access import known
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.buttons import Verb
from chatops.core.failures import Reason
from chatops.core.incidents import Person
from chatops.core.outgoing import Lane, LeaveChat
from chatops.core.people import ChatKind, Sender, User
from chatops.core.texts import Tongue, tongue
from chatops.core.updates import Faceless, Membership, Pinned, Tap, TextMessage, Update
from chatops.db.store import Store

log = structlog.get_logger()


class Hearing:
    """`catch_up`: the chat may be behind, for somebody let it in or it can be reached again."""

    def __init__(
        self,
        canvas: Canvas,
        drilldown: Drilldown,
        admission: Admission,
        taps: Taps,
        words: TypedWords,
        pins: Pins,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        catch_up: Callable[[], None],
    ) -> None:
        self._canvas = canvas
        self._drilldown = drilldown
        self._taps = taps
        self._words = words
        self._pins = pins
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._tell = tell
        self._catch_up = catch_up
        self._commands = Commands(store, clock=clock, app=canvas.policy.app)
        self._notes = Notes(store, clock=clock, tell=tell)
        self._strangers = Strangers(store=store, shelf=shelf, clock=clock, tell=tell)
        self._restraint = Restraint(store=store, shelf=shelf, clock=clock, tell=tell, speaks=self.tongue_of)
        self._replies = Replies(
            {Verb.SEARCH: drilldown.search, Verb.SCOPE: admission.typed}, store=store, clock=clock, tell=tell
        )

    def hear(self, update: Update, late: Absence | None) -> None:
        """Do what it asks for, and have done with it. Raises Failure where the database does not take that."""
        match update:
            case Tap() | TextMessage() | Faceless() as much if self._restraint.refuses(much):
                pass
            case Tap() as tap:
                user = self._met(tap.sender, tap.chat_kind, tap.chat_title)
                self._taps.pressed(tap, user, self.tongue_of(tap.sender, user), late)
            case TextMessage() as text:
                self._written(text)
            case Faceless() as attempt:
                self._strangers.turned_away(attempt, self.tongue_of(attempt.sender))
            case Membership() as change:
                self._moved(change)
            case Pinned() as said:
                self._pins.told(said)
                done_with(said, self._store, self._tell)

    def tongue_of(self, sender: Sender, user: User | None = None) -> Tongue:
        """What they are spoken to in; `user` as far as they are known."""
        return tongue((user.language if user else "") or sender.language_code or self._canvas.policy.language)

    def _written(self, text: TextMessage) -> None:
        if text.sender is not None:
            user = self._met(text.sender, text.chat_kind, text.chat_title)
            speaks = self.tongue_of(text.sender, user)
            if self._words.heard(text, user, speaks):
                return
            if not self._replies.heard(text, user, speaks):
                noted = self._notes.incident_of(text)
                if noted is not None and self._notes.take(text, noted, user, speaks):
                    # The incident writes the update off together with the note.
                    return
                self._obey(text, user, speaks)
        done_with(text, self._store, self._tell)

    def _obey(self, text: TextMessage, user: User | None, speaks: Tongue) -> None:
        answer = self._commands.answer(text, user, self._canvas.chat, speaks)
        if answer.catch_up:
            self._catch_up()
        if answer.screen:
            self._shelf.send(answer.screen, Lane.RESULT, thread_id=text.thread_id)
        if answer.position and text.sender:
            reader = Reader(Person(text.sender.id, text.sender.name), speaks, user)
            self._drilldown.open(answer.position, reader, text.thread_id)

    def _moved(self, change: Membership) -> None:
        """A group that no known person put the bot into learns nothing: the bot leaves."""
        inviter = self._store.users.get(change.sender.id) if change.sender else None
        chat = self._canvas.chat
        if not change.present:
            self._store.chats.set_unreachable(chat.id, Reason.BLOCKED)
        elif change.chat_kind is not ChatKind.PRIVATE and not known(inviter).allowed and not chat.subscribed:
            self._leave(change, known(inviter).reason)
        else:
            self._store.chats.put(replace(chat, kind=change.chat_kind, title=change.chat_title, unreachable=""))
            self._store.chat_settings.try_again(chat.id)
            self._catch_up()
        done_with(change, self._store, self._tell)

    def _leave(self, change: Membership, why: str) -> None:
        chat_id, sender = self._canvas.chat_id, change.sender
        log.warning("leaving a chat that no known person added the bot to", chat=chat_id)
        subject = Subject.person(sender.id, sender.name) if sender else Subject("person")
        now = self._clock()
        entry = Entry(EntryType.DENIED, subject, now, chat_id=chat_id, detail={"what": "group", "why": why})
        self._store.audit.append([entry])
        self._tell(TELEGRAM, Deliver(LeaveChat(chat_id), Lane.ANSWER))
        who = f"{sender.name}, {sender.id}" if sender else "?"
        tell_admins(self._store, self._tell, Notice("strange_group", {"who": who, "chat": change.chat_title}))

    def _met(self, sender: Sender, kind: ChatKind, title: str) -> User | None:
        """Who this is, as far as we know them.

        Names and languages are kept as Telegram tells them, and a chat that speaks to us can be reached again.
        """
        user, chat = self._store.at_once(lambda: (self._store.users.get(sender.id), self._canvas.chat))
        if user is None:
            return None
        if user.name != sender.name:
            user = replace(user, name=sender.name)
            self._store.users.rename(user.id, user.name)
        told = replace(chat, kind=kind, title=title, unreachable="")
        if kind is ChatKind.PRIVATE:
            told = replace(told, language=user.language or sender.language_code)
        if told != chat:
            self._store.chats.put(told)
        if chat.unreachable:
            self._catch_up()
        return user

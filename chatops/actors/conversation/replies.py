"""What people write in answer to a question of the bot: by replying to it, or in a private chat right after it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chatops.actors.addresses import Address
from chatops.actors.answering import reply
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.reader import Reader
from chatops.core.access import known, may_all, needs
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents import Person
from chatops.core.people import ChatKind, User
from chatops.core.presses import refused_as
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import TextMessage
from chatops.db.store import Store

Answer = Callable[[Position, TextMessage, Reader], None]
"""Takes what was written to the question that stands at the position."""


class Replies:
    """`answers` says who takes the answer, by the screen that asks."""

    def __init__(
        self,
        answers: Mapping[Verb, Answer],
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._answers = answers
        self._store = store
        self._denials = Denials(store, clock=clock)
        self._tell = tell

    def heard(self, text: TextMessage, user: User | None, tongue: Tongue) -> bool:
        """Hand it to whoever asked, or refuse it to who has no right to what is asked; False where nobody did."""
        asked = self._asked(text)
        answer = self._answers.get(asked.screen) if asked else None
        if asked is None or answer is None or user is None or not text.text.strip():
            return False
        incident = self._store.incidents.get(asked.incident_id) if asked.incident_id else None
        wanted = needs(asked.screen, asked.args, ref=asked.ref, incident_id=asked.incident_id, incident=incident)
        verdict = may_all(user, wanted)
        if not verdict.allowed:
            self._refuse(asked, text, user, verdict.reason, tongue)
            return True
        answer(asked, text, Reader(Person(user.id, user.name), tongue, user))
        return True

    def _refuse(self, asked: Position, text: TextMessage, user: User, why: str, tongue: Tongue) -> None:
        self._denials.write_of_talk(text, asked.screen, why, incident_id=asked.incident_id, ref=asked.ref)
        if text.chat_kind is ChatKind.PRIVATE and known(user).allowed:
            # In a group it may just be talk among people.
            refused = toast(refused_as(asked.screen, asked.args, why), tongue, {"role": why})
            reply(text.chat_id, text.message_id, refused, self._tell)

    def _asked(self, text: TextMessage) -> Position | None:
        """The question. A command is never taken for an answer, unless it replies to one."""
        if text.reply_to is not None:
            return self._store.positions.get(text.chat_id, text.reply_to)
        if text.chat_kind is ChatKind.PRIVATE and not text.text.startswith("/"):
            return self._store.positions.latest(text.chat_id)
        return None

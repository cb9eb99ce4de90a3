"""Replies to an incident's messages: what a known person writes there is a note. It stores nothing itself."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.addresses import Address, incident_address
from chatops.actors.answering import reply
from chatops.actors.conversation.denials import Denials
from chatops.actors.messages import Happened
from chatops.core.access import OUT_OF_SCOPE, Right, incident_place, known, may
from chatops.core.incidents import Person, Press
from chatops.core.incidents.events import Noted
from chatops.core.people import ChatKind, User
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import TextMessage
from chatops.db.store import Store


class Notes:
    """Hands each note to its incident, which writes it down together with "this update is done"."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], tell: Callable[[Address, object], None]) -> None:
        self._store = store
        self._denials = Denials(store, clock=clock)
        self._tell = tell

    def incident_of(self, text: TextMessage) -> int | None:
        """The incident whose message this answers in plain words; None for commands and all other talk."""
        if text.reply_to is None or text.text.startswith("/") or not text.text.strip():
            return None
        card = self._store.cards.by_message(text.chat_id, text.reply_to)
        if card is not None:
            return card.incident_id
        position = self._store.positions.get(text.chat_id, text.reply_to)
        return position.incident_id if position else None

    def take(self, text: TextMessage, incident_id: int, user: User | None, speaks: Tongue) -> bool:
        """Whether the incident has it now, and with it the update. A stranger hears nothing of it."""
        somebody = known(user)
        if user is None or not somebody.allowed:
            self._denials.write_of_talk(text, "note", somebody.reason, incident_id=incident_id)
            return False
        place = incident_place(self._store.incidents.get(incident_id))
        verdict = may(user, Right.ACT, cluster=place.cluster, namespace=place.namespace)
        person = Person(user.id, user.name)
        if verdict.allowed:
            press = Press(person, text.chat_id, text.message_id, language=speaks.language)
            self._tell(incident_address(incident_id), Happened(Noted(press, text.text), text.update_id))
            return True
        self._denials.write_of_talk(text, "note", verdict.reason, incident_id=incident_id)
        if text.chat_kind is ChatKind.PRIVATE:
            # In a group it may just be talk among people.
            code = OUT_OF_SCOPE if verdict.reason == OUT_OF_SCOPE else "no_right"
            refused = toast(code, speaks, {"role": verdict.reason})
            reply(text.chat_id, text.message_id, refused, self._tell)
        return False

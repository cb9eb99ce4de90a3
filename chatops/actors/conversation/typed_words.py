"""The word that a confirm waits for: written, it is handed to its incident as a press of the confirm is."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.addresses import Address, incident_address
from chatops.actors.answering import reply
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.denied_presses import DeniedPresses
from chatops.actors.conversation.press_events import run_event
from chatops.actors.messages import Happened
from chatops.actors.unwritten import done_with
from chatops.core.access import Need, known, may_all, needs
from chatops.core.buttons import Offered
from chatops.core.incidents import Person, Press
from chatops.core.people import ChatKind, Sender, User
from chatops.core.presses import LATE, Refusal, missed, refused_as, word_for
from chatops.core.texts import Tongue
from chatops.core.updates import TextMessage
from chatops.db.store import Store


class TypedWords:
    """What is no such word, nor would have been one, is for somebody else to hear."""

    def __init__(
        self,
        cards: Reconciler,
        denials: DeniedPresses,
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._cards = cards
        self._denials = denials
        self._store = store
        self._clock = clock
        self._tell = tell

    def heard(self, text: TextMessage, user: User | None, speaks: Tongue) -> bool:
        """Whether this is the word that a confirm waits for, or would have been; then it was handed on or refused.

        Who chose it may have lost the right since: it is decided anew, as for a press.
        """
        if text.sender is None:
            return False
        waiting = self._store.buttons.waiting_for_word(text.chat_id, text.sender.id, self._clock())
        offered = word_for(text, waiting)
        if offered is None or offered.incident_id is None:
            return self._missed(text, text.sender, user, speaks)
        verdict = may_all(user, self._needs(offered))
        if not verdict.allowed:
            self._denials.write(text, offered, verdict.reason)
            if known(user).allowed:
                refused = refused_as(offered.verb, offered.args, verdict.reason)
                self._reply(text, Refusal(refused, denied=verdict.reason), offered, speaks)
            done_with(text, self._store, self._tell)
            return True
        message_id = offered.message_id or text.message_id
        press = Press(Person(text.sender.id, text.sender.name), text.chat_id, message_id, "", speaks.language)
        self._cards.show_next(message_id, offered.incident_id)
        event = run_event(offered, press)
        self._tell(incident_address(offered.incident_id), Happened(event, text.update_id, offered.token))
        return True

    def _missed(self, text: TextMessage, sender: Sender, user: User | None, speaks: Tongue) -> bool:
        """Whether this is a word that did not count; then it was refused."""
        if text.text.startswith("/") or not text.text.strip():
            return False
        now = self._clock()
        asked = self._store.buttons.asked_for_word(text.chat_id, now - LATE)
        newest = self._store.positions.latest(text.chat_id) if asked and text.chat_kind is ChatKind.PRIVATE else None
        word = missed(text, asked, newest.message_id if newest else None, now=now)
        if word is None:
            return False
        somebody = known(user)
        why = word.refusal.denied if somebody.allowed else somebody.reason
        self._denials.write_of_talk(text, word.offered, why)
        if somebody.allowed and not word.aside:
            self._reply(text, word.refusal, word.offered, speaks)
        done_with(text, self._store, self._tell)
        return True

    def _reply(self, text: TextMessage, refusal: Refusal, offered: Offered, speaks: Tongue) -> None:
        if text.sender is not None:
            words = self._denials.words(refusal, offered, text.sender, speaks)
            reply(text.chat_id, text.message_id, words, self._tell)

    def _needs(self, offered: Offered) -> tuple[Need, ...]:
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        return needs(offered.verb, offered.args, ref=offered.ref, incident_id=offered.incident_id, incident=incident)

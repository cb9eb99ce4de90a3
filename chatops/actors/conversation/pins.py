"""The pins of a group: cards of critical incidents, for as long as those are open. All of it without a sound."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.topics import OF_THE_CHAT
from chatops.actors.telegram_messages import Deliver, NotDelivered
from chatops.core.alerts import Severity
from chatops.core.chat_settings import Setting
from chatops.core.failures import Reason
from chatops.core.incidents import Incident
from chatops.core.outgoing import DeleteMessage, Lane, PinMessage
from chatops.core.updates import Pinned
from chatops.db.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PinAsked:
    """Tag of a message that is to be pinned, or unpinned."""

    incident_id: int
    message_id: int
    pinned: bool


class Pins:
    """One chat's. `address` is where Telegram's answers are told to."""

    def __init__(
        self, canvas: Canvas, *, store: Store, address: Address, tell: Callable[[Address, object], None]
    ) -> None:
        self._canvas = canvas
        self._chat_id = canvas.chat_id
        self._store = store
        self._address = address
        self._tell = tell
        self._asked: dict[int, PinAsked] = {}
        self._gave_up: set[PinAsked] = set()

    def follow(self, incident: Incident) -> None:
        """Pin its card or unpin it, where that is not so already."""
        if self._chat_id > 0:
            return
        card = self._store.cards.get(self._chat_id, incident.id)
        critical = incident.open and incident.severity is Severity.CRITICAL
        if card is None or not (critical or card.pinned or incident.id in self._asked):
            return
        if critical and self._store.chat_settings.get(self._chat_id).pinning:
            self._want(PinAsked(incident.id, card.message_id, True), already=card.pinned == card.message_id)
        elif card.pinned or incident.id in self._asked:
            self._want(PinAsked(incident.id, card.pinned or card.message_id, False), already=not card.pinned)

    def owed(self) -> tuple[int, ...]:
        """Incidents whose card is not pinned and should be, or the other way round."""
        if self._chat_id > 0:
            return ()
        pinning = self._store.chat_settings.get(self._chat_id).pinning
        return self._store.cards.pins_owed(self._chat_id, wanted=pinning)

    def arrived(self, tag: PinAsked) -> int:
        """Telegram did it. The incident, which is to be looked at again."""
        self._answered(tag)
        self._store.cards.pinned(self._chat_id, tag.incident_id, tag.message_id if tag.pinned else 0)
        return tag.incident_id

    def refused(self, refusal: NotDelivered) -> bool:
        """Whether there is nothing more to it: a refusal of the whole chat is for others to hear."""
        tag = refusal.tag
        if not isinstance(tag, PinAsked):
            return False
        self._answered(tag)
        if refusal.reason in OF_THE_CHAT:
            return False
        if refusal.reason == Reason.FORBIDDEN and tag.pinned:
            known = self._store.chat_settings.get(self._chat_id)
            if not known.pins_refused:
                log.info("the bot may not pin in a chat, so it does not", chat=self._chat_id, problem=refusal.detail)
                self._store.chat_settings.refused(self._chat_id, Setting.PINS, refusal.detail)
        elif refusal.reason != Reason.SUPERSEDED:
            log.info("a card is not pinned or unpinned", chat=self._chat_id, problem=refusal.detail)
            self._gave_up.add(tag)
        if not tag.pinned:
            # Whoever took the right away, or the message, has seen to it.
            self._store.cards.pinned(self._chat_id, tag.incident_id, 0)
        return True

    def told(self, said: Pinned) -> None:
        """Telegram says in the chat that a card was pinned: that is taken away, as the card says enough."""
        card = self._store.cards.by_message(self._chat_id, said.pinned_id)
        if card is not None and self._chat_id < 0:
            self._tell(TELEGRAM, Deliver(DeleteMessage(self._chat_id, said.message_id), Lane.DIGEST))

    def _want(self, wanted: PinAsked, *, already: bool) -> None:
        under_way = self._asked.get(wanted.incident_id)
        if under_way == wanted or (already and under_way is None) or wanted in self._gave_up:
            return
        self._asked[wanted.incident_id] = wanted
        pin = PinMessage(self._chat_id, wanted.message_id, wanted.pinned)
        self._tell(TELEGRAM, Deliver(pin, Lane.EDIT, f"pin:{wanted.message_id}", self._address, wanted))

    def _answered(self, tag: PinAsked) -> None:
        if self._asked.get(tag.incident_id) == tag:
            del self._asked[tag.incident_id]

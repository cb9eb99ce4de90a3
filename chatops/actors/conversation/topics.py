"""Which forum topic of the chat an incident goes into, and the topics that critical incidents have for themselves.

At most one is made for an incident: that it is asked for is on disk before it is, and what became of one whose answer
was lost nobody can find out, since the Bot API lists no topics. Such an incident goes where it would without one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.admins import tell_admins
from chatops.actors.chat_messages import Notice
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.telegram_messages import Deliver, NotDelivered
from chatops.core.alerts import Severity
from chatops.core.chat_settings import Setting, Topic
from chatops.core.failures import Reason
from chatops.core.incidents import Incident
from chatops.core.outgoing import CreateTopic, DeleteTopic, Lane, ShowTopic
from chatops.core.people import ChatKind
from chatops.core.screens.topic import same_state, topic_name
from chatops.db.store import Store

log = structlog.get_logger()

OF_THE_CHAT = frozenset({Reason.BLOCKED, Reason.CHAT_GONE, Reason.MIGRATED})
"""Refusals of the whole chat, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class TopicAsked:
    """Tag of a topic that is to be made. The answer finds its incident also in a later life of the chat's actor."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class TopicShown:
    """Tag of a topic that is to be called so, and closed or opened."""

    incident_id: int
    name: str
    closed: bool


class Topics:
    """One chat's. `address` is where Telegram's answers are told to."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._chat_id = canvas.chat_id
        self._store = store
        self._shelf = shelf
        self._address = address
        self._tell = tell
        self._asked: set[int] = set()
        self._showing: dict[int, TopicShown] = {}
        self._told: set[int] = set()
        """Topics that the admins know to be closed or deleted."""

    def thread_of(self, incident_id: int) -> int | None:
        """Where whatever belongs to the incident goes in this chat; None is the general topic.

        The one place that knows: where its card stands, else its own topic, else where the chat puts it.
        """
        card = self._store.cards.get(self._chat_id, incident_id)
        if card is not None:
            return card.thread_id or None
        own = self._store.topics.get(self._chat_id, incident_id)
        return own.thread_id if own and own.usable else self._without_its_own(incident_id)

    def _without_its_own(self, incident_id: int) -> int | None:
        incident = self._store.incidents.get(incident_id)
        return self._canvas.directions(incident).topic or None if incident is not None else None

    def pending(self, incident: Incident) -> bool:
        """Whether its first card has to wait for a topic, which is asked for here."""
        if incident.id in self._asked:
            return True
        if not self._wants_its_own(incident) or self._shelf.card_under_way(incident.id) is not None:
            return False
        if self._store.topics.get(self._chat_id, incident.id) is not None:
            # There, gone, or asked for in an earlier life.
            return False
        name = topic_name(incident, self._canvas.tongue)
        self._store.topics.put(Topic(self._chat_id, incident.id, name=name))
        self._asked.add(incident.id)
        self._deliver(CreateTopic(self._chat_id, name), Lane.PAGE, f"topic:{incident.id}", TopicAsked(incident.id))
        return True

    def follow(self, incident: Incident) -> None:
        """Name the topic anew, and close or open it, where the incident has become another."""
        own = self._store.topics.get(self._chat_id, incident.id) if self._canvas.chat_id < 0 else None
        if own is None or not own.usable:
            return
        name, closed = topic_name(incident, self._canvas.tongue), not incident.open
        if own.closed == closed and same_state(own.name, name):
            return
        wanted, under_way = TopicShown(incident.id, name, closed), self._showing.get(incident.id)
        if under_way is None or (under_way.closed, same_state(under_way.name, name)) != (closed, True):
            self._showing[incident.id] = wanted
            shown = ShowTopic(self._chat_id, own.thread_id, name, closed)
            self._deliver(shown, Lane.EDIT, f"topic:{incident.id}", wanted)

    def owed(self) -> tuple[int, ...]:
        """Incidents whose topic does not stand as they do."""
        return self._store.topics.owed(self._chat_id)

    def made(self, tag: TopicAsked, number: int) -> int:
        """Telegram made it. The incident, whose card may be sent now."""
        own = self._store.topics.get(self._chat_id, tag.incident_id) or Topic(self._chat_id, tag.incident_id)
        waited = tag.incident_id in self._asked
        self._asked.discard(tag.incident_id)
        if number and not waited and self._begun(tag.incident_id):
            # Asked for in an earlier life, which the card did not wait for in this one.
            self._deliver(DeleteTopic(self._chat_id, number), Lane.DIGEST, "", None)
            self._store.topics.put(replace(own, gone=True))
        else:
            self._store.topics.put(replace(own, thread_id=number, gone=not number))
        return tag.incident_id

    def shown(self, tag: TopicShown) -> int:
        """Telegram did it. The incident, which may have become another meanwhile."""
        own = self._store.topics.get(self._chat_id, tag.incident_id)
        if self._showing.get(tag.incident_id) == tag:
            del self._showing[tag.incident_id]
        if own is not None:
            self._store.topics.put(replace(own, name=tag.name, closed=tag.closed))
        return tag.incident_id

    def not_made(self, refusal: NotDelivered) -> int | None:
        """The incident, whose card is to be sent without one. None: it is the whole chat that is refused, or no such
        topic.
        """
        tag = refusal.tag
        if not isinstance(tag, TopicAsked):
            return None
        self._asked.discard(tag.incident_id)
        if refusal.reason in OF_THE_CHAT:
            self._store.topics.forget(self._chat_id, tag.incident_id)
            return None
        own = self._store.topics.get(self._chat_id, tag.incident_id)
        if own is not None:
            self._store.topics.put(replace(own, gone=True))
        log.warning("no topic for an incident", chat=self._chat_id, incident=tag.incident_id, problem=refusal.detail)
        if refusal.reason == Reason.FORBIDDEN:
            self._forbidden(refusal)
        return tag.incident_id

    def refused(self, refusal: NotDelivered) -> bool:
        """Whether it is a topic that is not named, closed or opened, and nothing that concerns the whole chat."""
        tag = refusal.tag
        if not isinstance(tag, TopicShown):
            return False
        if refusal.reason in OF_THE_CHAT:
            self._showing.pop(tag.incident_id, None)
            return False
        # What was refused is not asked for again in this life, unless the incident becomes another once more.
        own = self._store.topics.get(self._chat_id, tag.incident_id)
        log.warning("a topic stays as it is", chat=self._chat_id, incident=tag.incident_id, problem=refusal.detail)
        if refusal.reason == Reason.FORBIDDEN:
            self._forbidden(refusal)
        elif own is not None:
            self._store.topics.lost(self._chat_id, own.thread_id)
        return True

    def lost(self, thread_id: int) -> None:
        """The topic is closed or deleted; what was to go into it is in the general one already."""
        self._shelf.topic_gone(thread_id)
        self._store.topics.lost(self._chat_id, thread_id)
        if thread_id not in self._told:
            self._told.add(thread_id)
            log.warning("a topic is closed or deleted", chat=self._chat_id, topic=thread_id)
            self._alarm("topic_gone", {"topic": str(thread_id)})

    def _forbidden(self, refusal: NotDelivered) -> None:
        """Once for the chat, until it is set anew or the bot's rights there change."""
        known = self._store.chat_settings.get(self._chat_id)
        if not known.topics_refused:
            self._store.chat_settings.refused(self._chat_id, Setting.TOPICS, refusal.detail)
            self._alarm("topics_refused", {"problem": refusal.detail})

    def _wants_its_own(self, incident: Incident) -> bool:
        """Never for warnings: a forum of hundreds of topics is of no use to anybody."""
        return (
            self._chat_id < 0
            and incident.open
            and incident.severity is Severity.CRITICAL
            and self._canvas.chat.kind is not ChatKind.CHANNEL
            and self._store.chat_settings.get(self._chat_id).opening_topics
        )

    def _begun(self, incident_id: int) -> bool:
        shown = self._store.cards.get(self._chat_id, incident_id) is not None
        return shown or self._shelf.card_under_way(incident_id) is not None

    def _alarm(self, code: str, detail: dict[str, str]) -> None:
        tell_admins(self._store, self._tell, Notice(code, {"chat": self._canvas.name, **detail}))

    def _deliver(
        self, outgoing: CreateTopic | ShowTopic | DeleteTopic, lane: Lane, key: str, tag: TopicAsked | TopicShown | None
    ) -> None:
        self._tell(TELEGRAM, Deliver(outgoing, lane, key, self._address if tag else None, tag))

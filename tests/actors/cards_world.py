"""A chat's cards between the books and Telegram, each in memory: what reads and writes them is the house's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from markupsafe import Markup

from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.shelf import Shelf, UnderWay
from chatops.actors.telegram_messages import Deliver, Delivered, NotDelivered
from chatops.core.cards import Card, Position
from chatops.core.failures import Reason
from chatops.core.incidents import Incident
from chatops.core.outgoing import Lane
from chatops.core.routes import Directions
from chatops.core.screens.base import Screen

T = TypeVar("T")
START = datetime(2026, 11, 23, 8, 52, tzinfo=UTC)
PER_MINUTE = 20
"""What Telegram takes in a group."""


@dataclass
class Books:
    """What is on disk: it survives every death. One object stands for all the stores that a chat uses."""

    shown: dict[tuple[int, int], Card] = field(default_factory=dict)
    places: dict[tuple[int, int], Position] = field(default_factory=dict)
    known: dict[int, Incident] = field(default_factory=dict)
    subscribed: set[int] = field(default_factory=set)

    @property
    def cards(self) -> "Books":
        return self

    def at_once(self, look: Callable[[], T]) -> T:
        return look()

    together = at_once

    def stale(self, chat_id: int) -> tuple[int, ...]:
        found = {i for (c, i), card in self.shown.items() if c == chat_id and card.revision != self.known[i].revision}
        if chat_id in self.subscribed:
            found |= {i for i, incident in self.known.items() if incident.open and (chat_id, i) not in self.shown}
        return tuple(sorted(found))

    def move_chat(self, old: int, new: int) -> None:
        if old in self.subscribed:
            self.subscribed.remove(old)
            self.subscribed.add(new)
        for chat_id, incident_id in [key for key in self.shown if key[0] == old]:
            card = self.shown.pop((chat_id, incident_id))
            self.shown.setdefault((new, incident_id), replace(card, chat_id=new))
        for chat_id, message_id in [key for key in self.places if key[0] == old]:
            place = self.places.pop((chat_id, message_id))
            self.places.setdefault((new, message_id), replace(place, chat_id=new))

    # The four stores, told apart by what they are asked with.

    @property
    def incidents(self) -> Any:
        return self.known

    @property
    def positions(self) -> "Positions":
        return Positions(self.places)

    @property
    def buttons(self) -> "Books":
        return self

    @property
    def storms(self) -> "Books":
        return self

    def stands_for(self, _chat_id: int, _incident_id: int) -> bool:
        """No storm here."""
        return False

    def get(self, chat_id: int, incident_id: int) -> Card | None:
        return self.shown.get((chat_id, incident_id))

    def by_message(self, chat_id: int, message_id: int) -> Card | None:
        return next((c for c in self.shown.values() if (c.chat_id, c.message_id) == (chat_id, message_id)), None)

    def put(self, card: Card, *, thread_id: int | None = None) -> None:
        self.shown[card.chat_id, card.incident_id] = card

    def delete(self, chat_id: int, incident_id: int) -> None:
        self.shown.pop((chat_id, incident_id), None)


@dataclass
class Positions:
    places: dict[tuple[int, int], Position]

    def get(self, chat_id: int, message_id: int) -> Position | None:
        return self.places.get((chat_id, message_id))

    def showing(self, chat_id: int, incident_id: int) -> list[Position]:
        return [p for (c, _), p in sorted(self.places.items()) if c == chat_id and p.incident_id == incident_id]

    def put(self, position: Position) -> None:
        self.places[position.chat_id, position.message_id] = position

    def delete(self, chat_id: int, message_id: int) -> None:
        self.places.pop((chat_id, message_id), None)


class ChatLife:
    """One life of a chat's books and drawing, as the chat's parts are wired. It is its own canvas."""

    tongue = None

    def __init__(self, chat_id: int, books: Books, tell: Any, seconds: Any) -> None:
        def clock() -> datetime:
            return START + timedelta(seconds=seconds())

        self.chat_id = chat_id
        self._books = books
        store: Any = books
        self._shelf = Shelf(
            chat_id, store=store, address=("chat", chat_id), tell=lambda _, deliver: tell(deliver), clock=clock
        )
        canvas: Any = self
        self._cards = Reconciler(canvas, store=store, shelf=self._shelf, clock=clock, come_back=lambda *_: None)

    @property
    def chat(self) -> "ChatLife":
        return self

    @property
    def subscribed(self) -> bool:
        return self.chat_id in self._books.subscribed

    def may_show(self, _incident: Incident) -> bool:
        return True

    def directions(self, _incident: Incident) -> Directions:
        """No routes here."""
        return Directions(True, loud=True)

    def screen(self, _position: Position, incident: Incident, _tongue: Any) -> Screen:
        return Screen(Markup(f"{incident.id}:{incident.revision}"))

    def draw(self, position: Position, tongue: Any, lane: Lane) -> None:
        """A second message of the incident, which is no card."""
        assert position.incident_id is not None
        drawn = self.screen(position, self._books.known[position.incident_id], tongue)
        self._shelf.edit(drawn, lane, position=position)

    def reads(self, mail: object) -> int | None:
        """What the ChatActor does with it; the chat it has become, if that is the news."""
        match mail:
            case int(incident_id):
                self._cards.reconcile(incident_id)
            case Delivered(int(tag), message_id):
                done = self._shelf.arrived(tag, message_id)
                if done:
                    self._cards.arrived(done)
            case NotDelivered(int(tag), Reason.MIGRATED, _, int(new)):
                self._shelf.lost(tag)
                self._books.move_chat(self.chat_id, new)
                return new
            case NotDelivered(int(tag), reason):
                lost: UnderWay | None = self._shelf.lost(tag)
                if reason == Reason.MESSAGE_GONE and lost and lost.message_id:
                    self._cards.message_gone(lost)
            case None:
                for incident_id in self._cards.behind():
                    self._cards.reconcile(incident_id)
        return None


@dataclass
class Wire:
    """Telegram: what it shows, and that it was asked within its rules."""

    messages: dict[int, dict[int, str]] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    """Chats that have become another one."""
    frozen: dict[int, float] = field(default_factory=dict)
    taken: dict[int, list[float]] = field(default_factory=dict)
    posted: dict[tuple[int, int], int] = field(default_factory=dict)
    """How many messages of an incident a chat was ever sent."""
    last_id: int = 0

    def asked(self, deliver: Deliver, now: float) -> None:
        chat_id = deliver.outgoing.chat_id  # type: ignore[union-attr]  # cards only
        assert now >= self.frozen.get(chat_id, 0.0), "asked inside the window it was told to wait"

    def takes(self, deliver: Deliver, now: float) -> int | Reason:
        """Do what is asked: the message's id, or why not."""
        outgoing: Any = deliver.outgoing
        chat_id = outgoing.chat_id
        recent = [at for at in self.taken.get(chat_id, []) if at > now - 60.0]
        self.taken[chat_id] = [*recent, now]
        assert len(recent) < PER_MINUTE, "more than a minute's budget"
        if chat_id in self.gone:
            return Reason.MIGRATED
        shown = self.messages.setdefault(chat_id, {})
        message_id = getattr(outgoing, "message_id", 0)
        if message_id and message_id not in shown:
            return Reason.MESSAGE_GONE
        incident_id, revision = map(int, str(outgoing.html).split(":"))
        if message_id:
            assert int(shown[message_id].split(":")[1]) <= revision, "an older state after a newer one"
        else:
            self.last_id += 1
            message_id = self.last_id
            self.posted[chat_id, incident_id] = self.posted.get((chat_id, incident_id), 0) + 1
        shown[message_id] = str(outgoing.html)
        return message_id

    def showing(self, chat_id: int, incident_id: int) -> Iterator[int]:
        """The revisions that the chat's messages of this incident show."""
        for text in self.messages.get(chat_id, {}).values():
            shown, revision = map(int, text.split(":"))
            if shown == incident_id:
                yield revision

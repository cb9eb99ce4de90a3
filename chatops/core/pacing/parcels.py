"""Deliveries on their way: what the pacer reads of them, and what waits for one chat in its order.

Nothing here knows the time. Whether a parcel may go is its chat's line to say.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chatops.core.outgoing import EditMessage, Lane, Outgoing, SendMessage


class Delivery(Protocol):
    """What the pacer reads of whatever it is given. A waiting one with the same non-empty `key` is replaced."""

    @property
    def outgoing(self) -> Outgoing: ...
    @property
    def lane(self) -> Lane: ...
    @property
    def key(self) -> str: ...


D = TypeVar("D", bound=Delivery)


@dataclass(slots=True, eq=False)
class Parcel(Generic[D]):
    """One delivery on its way. `lane` may be better than the delivery's own: it keeps the best it ever had."""

    delivery: D
    lane: Lane
    order: int
    added_at: float
    not_before: float = 0.0
    failures: int = 0
    withdrawn: bool = False
    """Not to be tried again, should it fail."""

    @property
    def message_id(self) -> int:
        """The message it edits, or 0."""
        outgoing = self.delivery.outgoing
        return outgoing.message_id if isinstance(outgoing, EditMessage) else 0

    @property
    def rank(self) -> tuple[Lane, int]:
        return (self.lane, self.order)

    def begins(self, keys: str) -> bool:
        """Whether it is a new message that has a key, and the key begins so."""
        return place_of(self.delivery) is not None and self.delivery.key.startswith(keys)


class Waiting(Generic[D]):
    """What waits for one chat, the best first. Of each key there is one at most."""

    def __init__(self) -> None:
        self._parcels: list[Parcel[D]] = []
        """Sorted by rank."""
        self._by_key: dict[str, Parcel[D]] = {}

    def __len__(self) -> int:
        return len(self._parcels)

    def __iter__(self) -> Iterator[Parcel[D]]:
        return iter(self._parcels)

    def of_key(self, key: str) -> Parcel[D] | None:
        return self._by_key.get(key)

    def add(self, parcel: Parcel[D]) -> None:
        """One with the same key gives up its place, and its lane if that is better."""
        rival = self._by_key.get(parcel.delivery.key) if parcel.delivery.key else None
        if rival is not None:
            self.take(rival)
            # A parcel that comes back after a failure may be older than the one that was added meanwhile.
            newest = max(rival, parcel, key=lambda each: each.order)
            oldest = min(rival, parcel, key=lambda each: each.order)
            parcel = Parcel(newest.delivery, min(rival.lane, parcel.lane), oldest.order, oldest.added_at)
        self._put(parcel)
        if parcel.message_id:
            # Edits of one message go in their order, so an older one is as urgent as the newest that waits behind it.
            edits = [each for each in self._parcels if each.message_id == parcel.message_id]
            for older in edits:
                self._promote(older, min(each.lane for each in edits if each.order >= older.order))

    def take(self, parcel: Parcel[D]) -> None:
        self._parcels.remove(parcel)
        if parcel.delivery.key:
            del self._by_key[parcel.delivery.key]

    def take_all(self, keys: str) -> list[D]:
        """The new messages that have a key which begins so; they do not wait any more."""
        found = [parcel for parcel in self._parcels if parcel.begins(keys)]
        for parcel in found:
            self.take(parcel)
        return [parcel.delivery for parcel in found]

    def _put(self, parcel: Parcel[D]) -> None:
        insort(self._parcels, parcel, key=lambda each: each.rank)
        if parcel.delivery.key:
            self._by_key[parcel.delivery.key] = parcel

    def _promote(self, parcel: Parcel[D], lane: Lane) -> None:
        if lane < parcel.lane:
            self.take(parcel)
            parcel.lane = lane
            self._put(parcel)


def place_of(delivery: Delivery) -> tuple[int, str] | None:
    """The chat and key that a new message takes; None for edits and for messages that replace nothing."""
    outgoing = delivery.outgoing
    return (outgoing.chat_id, delivery.key) if isinstance(outgoing, SendMessage) and delivery.key else None

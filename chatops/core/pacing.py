"""When which delivery may go to Telegram: lanes, budgets per chat, flood waits and retries, as one state machine.

Time comes in as monotonic seconds and chance as a function. It sends nothing, waits for nothing and never looks into
what is delivered, except for the chat and the message it concerns.
"""

import math
from bisect import insort
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from chatops.core.outgoing import AnswerTap, CreateTopic, EditMessage, Lane, Outgoing, SendMessage

MINUTE = 60.0
_REMEMBERED = 2_000
"""Keys of sent messages that are remembered: only those whose sender may not have heard of it yet matter."""
_LONGEST_DOUBLING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the bot may talk. Telegram names 20 a minute in a group, 1 a second in a chat, 30 a second in all.

    Messages and edits share one budget. `group_reserve` of the group's minute is kept from edits and digests, and
    `private_reserve` of a private chat's burst, so that a new card does not wait for what the last one became. An
    answer to a tap is given up after `answer_life` seconds: Telegram has forgotten the tap by then.
    """

    group_per_minute: int = 18
    group_reserve: int = 4
    private_per_second: float = 1.0
    private_burst: int = 3
    private_reserve: int = 1
    overall_per_second: int = 28
    edit_gap: float = 3.0
    answer_life: float = 14.0
    first_backoff: float = 0.5
    longest_backoff: float = 10.0


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


class _Window:
    """What was spent within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent: deque[float] = deque()

    def free_at(self, now: float, allowed: int) -> float:
        """When one more makes no more than `allowed` in any window; not after `now` means at once."""
        while self._spent and self._spent[0] + self._seconds <= now:
            self._spent.popleft()
        over = len(self._spent) - allowed
        return now if over < 0 else self._spent[over] + self._seconds

    def spend(self, now: float) -> None:
        self._spent.append(now)

    def spent_later(self, now: float) -> None:
        """The newest one was counted by the other side at some moment up to `now`: take the latest."""
        if self._spent:
            self._spent[-1] = now

    def idle(self, now: float) -> bool:
        return not self._spent or self._spent[-1] + self._seconds <= now


@dataclass(slots=True)
class _Chat(Generic[D]):
    window: _Window
    allowed: int
    reserve: int
    waiting: list[Parcel[D]] = field(default_factory=list)
    """Sorted by rank."""
    by_key: dict[str, Parcel[D]] = field(default_factory=dict)
    in_flight: Parcel[D] | None = None
    not_before: float = 0.0
    failures: int = 0
    edited: dict[int, float] = field(default_factory=dict)
    """When each message was last edited, as long as the gap after it lasts."""

    def put(self, parcel: Parcel[D]) -> None:
        insort(self.waiting, parcel, key=lambda each: each.rank)
        if parcel.delivery.key:
            self.by_key[parcel.delivery.key] = parcel

    def take(self, parcel: Parcel[D]) -> None:
        self.waiting.remove(parcel)
        if parcel.delivery.key:
            del self.by_key[parcel.delivery.key]

    def promote(self, parcel: Parcel[D], lane: Lane) -> None:
        if lane < parcel.lane:
            self.take(parcel)
            parcel.lane = lane
            self.put(parcel)


class Pacer(Generic[D]):
    """Not thread-safe: it lives in one actor. Every parcel given out comes back through one of the four endings.

    At most one request per chat is under way, so that what a chat sees keeps its order within a lane; answers to taps
    are outside all budgets. `chance` gives numbers from 0 to 1 for the jitter of retries.
    """

    def __init__(self, pace: Pace | None = None, *, chance: Callable[[], float]) -> None:
        self._pace = pace or Pace()
        self._chance = chance
        self._chats: dict[int, _Chat[D]] = {}
        self._answers: list[Parcel[D]] = []
        self._answers_in_flight: list[Parcel[D]] = []
        self._overall = _Window(1.0)
        self._next_order = 1
        self._taken: OrderedDict[tuple[int, str] | None, None] = OrderedDict()

    def __len__(self) -> int:
        """How many wait or are under way."""
        under_way = len(self._answers_in_flight) + sum(chat.in_flight is not None for chat in self._chats.values())
        return len(self._answers) + sum(len(chat.waiting) for chat in self._chats.values()) + under_way

    def held(self, now: float) -> int:
        """Chats of which nothing may go for now, because the other side asked to wait or failed."""
        return sum(chat.not_before > now for chat in self._chats.values())

    def add(self, delivery: D, now: float) -> bool:
        """Queue it. A waiting one with the same key gives up its place, and its lane if that is better.

        False, and not queued: a message of this key has been sent already, and whoever asked had not heard of it yet.
        """
        if _place(delivery) in self._taken:
            return False
        order = self._next_order
        self._next_order += 1
        parcel = Parcel(delivery, delivery.lane, order, now)
        if isinstance(delivery.outgoing, AnswerTap):
            self._answers.append(parcel)
        else:
            self._enqueue(self._chat(delivery.outgoing.chat_id, now), parcel)
        return True

    def next(self, now: float, *, answers_only: bool = False) -> Parcel[D] | None:
        """What may go at this moment, if anything; it is under way from then on."""
        for parcel in self._answers:
            if parcel.not_before <= now:
                self._answers.remove(parcel)
                self._answers_in_flight.append(parcel)
                return parcel
        if answers_only or self._overall.free_at(now, self._pace.overall_per_second) > now:
            return None
        best: tuple[Parcel[D], _Chat[D]] | None = None
        for chat in self._chats.values():
            for ready_at, parcel in self._ready(chat, now):
                if ready_at <= now and (best is None or parcel.rank < best[0].rank):
                    best = parcel, chat
        if best is None:
            return None
        parcel, chat = best
        chat.take(parcel)
        chat.in_flight = parcel
        chat.window.spend(now)
        self._overall.spend(now)
        self._note_edit(chat, parcel, now)
        return parcel

    def due_at(self, now: float) -> float | None:
        """The earliest moment at which `next` has something, unless an ending comes before; None: nothing waits."""
        moments = [parcel.not_before for parcel in self._answers]
        overall = self._overall.free_at(now, self._pace.overall_per_second)
        for chat in self._chats.values():
            moments += [max(ready_at, overall) for ready_at, _ in self._ready(chat, now)]
        return min(moments, default=None)

    def succeeded(self, parcel: Parcel[D], now: float) -> D | None:
        """Telegram took it.

        A message that was to take the place of this one has come too late, and is returned instead of being sent beside
        it.
        """
        self._ended(parcel, now)
        place = _place(parcel.delivery)
        if place is None:
            return None
        self._taken[place] = None
        if len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)
        chat = self._chats[place[0]]
        late = chat.by_key.get(place[1])
        if late is None or _place(late.delivery) is None:
            return None
        chat.take(late)
        return late.delivery

    def refused(self, parcel: Parcel[D], now: float) -> None:
        """Telegram will never take it: forget it."""
        self._ended(parcel, now)

    def failed(self, parcel: Parcel[D], now: float, *, retry_after: float | None = None) -> bool:
        """It may go through later.

        The whole chat waits `retry_after` seconds, or ever longer with every failure in a row. False: it is an answer
        nobody can see any more by then, and is forgotten.
        """
        chat = self._chat_of(parcel)
        if chat is None:
            self._answers_in_flight.remove(parcel)
            parcel.not_before = now + self._wait(parcel.failures, retry_after)
            parcel.failures += 1
            if parcel.not_before > parcel.added_at + self._pace.answer_life:
                return False
            self._answers.append(parcel)
            return True
        self._ended(parcel, now, succeeded=False)
        chat.not_before = now + self._wait(chat.failures, retry_after)
        chat.failures += 1
        if not parcel.withdrawn:
            self._enqueue(chat, parcel)
        return True

    def withdraw(self, chat_id: int) -> None:
        """Whoever began the chat's keyed messages is gone, and would not hear where they stand: they are not sent."""
        chat = self._chats.get(chat_id)
        for parcel in [each for each in chat.waiting if _place(each.delivery)] if chat else []:
            self._chats[chat_id].take(parcel)
        if chat and chat.in_flight and _place(chat.in_flight.delivery):
            chat.in_flight.withdrawn = True

    def take_back(self, keys: str) -> tuple[D, ...]:
        """New messages whose key begins so are not sent any more; those that waited. One under way is not repeated."""
        taken: list[D] = []
        for chat in self._chats.values():
            found = [each for each in chat.waiting if _place(each.delivery) and each.delivery.key.startswith(keys)]
            for parcel in found:
                chat.take(parcel)
                taken.append(parcel.delivery)
            under_way = chat.in_flight
            if under_way and _place(under_way.delivery) and under_way.delivery.key.startswith(keys):
                under_way.withdrawn = True
        return tuple(taken)

    def recall(self, now: float) -> tuple[D, ...]:
        """Whoever had parcels under way is gone: they wait again.

        All but what must not be asked for twice, which is given back: nobody knows whether it was done.
        """
        unknown: list[D] = []
        for parcel in self._answers_in_flight:
            self._answers.append(parcel)
        self._answers_in_flight.clear()
        for chat in self._chats.values():
            if chat.in_flight is not None:
                parcel = chat.in_flight
                self._ended(parcel, now, succeeded=False)
                if isinstance(parcel.delivery.outgoing, CreateTopic):
                    unknown.append(parcel.delivery)
                elif not parcel.withdrawn:
                    self._enqueue(chat, parcel)
        return tuple(unknown)

    def _chat(self, chat_id: int, now: float) -> _Chat[D]:
        chat = self._chats.get(chat_id)
        if chat is None:
            self._forget_idle(now)
            pace = self._pace
            if chat_id > 0:
                burst = pace.private_burst
                chat = _Chat(_Window(burst / pace.private_per_second), allowed=burst, reserve=pace.private_reserve)
            else:
                chat = _Chat(_Window(MINUTE), allowed=pace.group_per_minute, reserve=pace.group_reserve)
            self._chats[chat_id] = chat
        return chat

    def _chat_of(self, parcel: Parcel[D]) -> _Chat[D] | None:
        outgoing = parcel.delivery.outgoing
        return None if isinstance(outgoing, AnswerTap) else self._chats[outgoing.chat_id]

    def _enqueue(self, chat: _Chat[D], parcel: Parcel[D]) -> None:
        rival = chat.by_key.get(parcel.delivery.key) if parcel.delivery.key else None
        if rival is not None:
            chat.take(rival)
            # A parcel that comes back after a failure may be older than the one that was added meanwhile.
            newest = max(rival, parcel, key=lambda each: each.order)
            oldest = min(rival, parcel, key=lambda each: each.order)
            parcel = Parcel(newest.delivery, min(rival.lane, parcel.lane), oldest.order, oldest.added_at)
        chat.put(parcel)
        if parcel.message_id:
            # Edits of one message go in their order, so an older one is as urgent as the newest that waits behind it.
            edits = [each for each in chat.waiting if each.message_id == parcel.message_id]
            for older in edits:
                chat.promote(older, min(each.lane for each in edits if each.order >= older.order))

    def _ready(self, chat: _Chat[D], now: float) -> Iterator[tuple[float, Parcel[D]]]:
        """Waiting parcels, best first, and when their chat may have them; up to the first that nothing holds back."""
        if chat.in_flight is not None:
            return
        for parcel in chat.waiting:
            reserve = chat.reserve if parcel.lane >= Lane.EDIT else 0
            ready_at = max(chat.not_before, chat.window.free_at(now, max(1, chat.allowed - reserve)))
            gap_ends = chat.edited.get(parcel.message_id, -math.inf) + self._pace.edit_gap
            held_back = parcel.lane >= Lane.EDIT and gap_ends > ready_at
            yield (gap_ends if held_back else ready_at), parcel
            if not held_back:
                return

    def _ended(self, parcel: Parcel[D], now: float, *, succeeded: bool = True) -> None:
        chat = self._chat_of(parcel)
        if chat is None:
            self._answers_in_flight.remove(parcel)
            return
        chat.in_flight = None
        chat.window.spent_later(now)
        self._note_edit(chat, parcel, now)
        if succeeded:
            chat.failures = 0

    def _note_edit(self, chat: _Chat[D], parcel: Parcel[D], now: float) -> None:
        if parcel.message_id:
            gap = self._pace.edit_gap
            chat.edited = {each: at for each, at in chat.edited.items() if at + gap > now}
            chat.edited[parcel.message_id] = now

    def _wait(self, failures: int, retry_after: float | None) -> float:
        if retry_after is not None:
            return retry_after
        longest = min(self._pace.longest_backoff, self._pace.first_backoff * 2.0 ** min(failures, _LONGEST_DOUBLING))
        return longest * (0.5 + self._chance() / 2)

    def _forget_idle(self, now: float) -> None:
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if chat.waiting or chat.in_flight or chat.not_before > now or chat.failures or not chat.window.idle(now)
        }


def _place(delivery: Delivery) -> tuple[int, str] | None:
    """The chat and key that a new message takes; None for edits and for messages that replace nothing."""
    outgoing = delivery.outgoing
    return (outgoing.chat_id, delivery.key) if isinstance(outgoing, SendMessage) and delivery.key else None

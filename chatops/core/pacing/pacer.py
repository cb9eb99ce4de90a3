"""The pacer: which delivery goes next of all chats' lines and of the answers to taps, within what all of them share."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic

from chatops.core.outgoing import AnswerTap
from chatops.core.pacing.answers import Answers
from chatops.core.pacing.line import Line
from chatops.core.pacing.pace import Backoff, Pace, Window
from chatops.core.pacing.parcels import D, Parcel, place_of

_REMEMBERED = 2_000
"""Keys of sent messages that are remembered: only those whose sender may not have heard of it yet matter."""


class Pacer(Generic[D]):
    """Not thread-safe: it lives in one actor. Every parcel given out comes back through one of the four endings.

    At most one request per chat is under way; answers to taps are outside all budgets. `chance` gives numbers from 0
    to 1 for the jitter of retries.
    """

    def __init__(self, pace: Pace | None = None, *, chance: Callable[[], float]) -> None:
        self._pace = pace or Pace()
        self._backoff = Backoff(self._pace, chance)
        self._lines: dict[int, Line[D]] = {}
        self._answers: Answers[D] = Answers(self._pace, self._backoff)
        self._overall = Window(1.0)
        self._next_order = 1
        self._taken: OrderedDict[tuple[int, str] | None, None] = OrderedDict()

    def __len__(self) -> int:
        """How many wait or are under way."""
        return len(self._answers) + sum(map(len, self._lines.values()))

    def held(self, now: float) -> int:
        """Chats of which nothing may go for now, because the other side asked to wait or failed."""
        return sum(line.held(now) for line in self._lines.values())

    def add(self, delivery: D, now: float) -> bool:
        """Queue it. A waiting one with the same key gives up its place, and its lane if that is better.

        False, and not queued: a message of this key has been sent already, and whoever asked had not heard of it yet.
        """
        if place_of(delivery) in self._taken:
            return False
        order = self._next_order
        self._next_order += 1
        parcel = Parcel(delivery, delivery.lane, order, now)
        if isinstance(delivery.outgoing, AnswerTap):
            self._answers.add(parcel)
        else:
            self._line(delivery.outgoing.chat_id, now).add(parcel)
        return True

    def next(self, now: float, *, answers_only: bool = False) -> Parcel[D] | None:
        """What may go at this moment, if anything; it is under way from then on."""
        answer = self._answers.next(now)
        if answer is not None:
            return answer
        if answers_only or self._overall.free_at(now, self._pace.overall_per_second) > now:
            return None
        best: tuple[Parcel[D], Line[D]] | None = None
        for line in self._lines.values():
            for ready_at, parcel in line.ready(now):
                if ready_at <= now and (best is None or parcel.rank < best[0].rank):
                    best = parcel, line
        if best is None:
            return None
        parcel, line = best
        line.begin(parcel, now)
        self._overall.spend(now)
        return parcel

    def due_at(self, now: float) -> float | None:
        """The earliest moment at which `next` has something, unless an ending comes before; None: nothing waits."""
        moments = self._answers.moments()
        overall = self._overall.free_at(now, self._pace.overall_per_second)
        for line in self._lines.values():
            moments += [max(ready_at, overall) for ready_at, _ in line.ready(now)]
        return min(moments, default=None)

    def succeeded(self, parcel: Parcel[D], now: float) -> D | None:
        """Telegram took it.

        A message that was to take the place of this one has come too late, and is returned instead of being sent beside
        it.
        """
        self._ended(parcel, now)
        place = place_of(parcel.delivery)
        if place is None:
            return None
        self._taken[place] = None
        if len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)
        chat_id, key = place
        return self._lines[chat_id].overtaken(key)

    def refused(self, parcel: Parcel[D], now: float) -> None:
        """Telegram will never take it: forget it."""
        self._ended(parcel, now)

    def failed(self, parcel: Parcel[D], now: float, *, retry_after: float | None = None) -> bool:
        """It may go through later.

        The whole chat waits `retry_after` seconds, or ever longer with every failure in a row. False: it is an answer
        nobody can see any more by then, and is forgotten.
        """
        line = self._line_of(parcel)
        if line is None:
            return self._answers.failed(parcel, now, retry_after)
        line.failed(parcel, now, retry_after)
        return True

    def withdraw(self, chat_id: int) -> None:
        """Whoever began the chat's keyed messages is gone, and would not hear where they stand: they are not sent."""
        line = self._lines.get(chat_id)
        if line is not None:
            line.withdraw()

    def take_back(self, keys: str) -> tuple[D, ...]:
        """New messages whose key begins so are not sent any more; those that waited. One under way is not repeated."""
        return tuple(delivery for line in self._lines.values() for delivery in line.withdraw(keys))

    def recall(self, now: float) -> tuple[D, ...]:
        """Whoever had parcels under way is gone: they wait again.

        All but what must not be asked for twice, which is given back: nobody knows whether it was done.
        """
        self._answers.recall()
        unknown = [line.recall(now) for line in self._lines.values()]
        return tuple(delivery for delivery in unknown if delivery is not None)

    def _line(self, chat_id: int, now: float) -> Line[D]:
        line = self._lines.get(chat_id)
        if line is None:
            self._lines = {each: other for each, other in self._lines.items() if not other.idle(now)}
            line = self._lines[chat_id] = Line(self._pace, self._backoff, private=chat_id > 0)
        return line

    def _ended(self, parcel: Parcel[D], now: float) -> None:
        line = self._line_of(parcel)
        if line is None:
            self._answers.ended(parcel)
        else:
            line.ended(parcel, now)

    def _line_of(self, parcel: Parcel[D]) -> Line[D] | None:
        outgoing = parcel.delivery.outgoing
        return None if isinstance(outgoing, AnswerTap) else self._lines[outgoing.chat_id]

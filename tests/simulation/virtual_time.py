"""Time that passes only when told to, and calls that are due at moments of it. It knows nothing of actors."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chatops.actors.timers import Timer

BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class VirtualTime:
    """One clock for all: `monotonic()` in seconds, `now()` as a UTC moment."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)


class Agenda:
    """The interface of actors.timers.Timers without its thread: whoever runs the show asks what is due."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._stopped = False

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        if self._stopped:
            return Timer(None)
        timer = Timer(call)
        heapq.heappush(self._heap, (self._time.seconds + max(seconds, 0.0), next(self._order), timer))
        return timer

    def wake(self) -> None:
        pass

    def stop(self) -> None:
        self._stopped = True
        self._heap.clear()

    def next_at(self) -> float | None:
        """When the next call is due, None when there is none."""
        while self._heap and not self._heap[0][2].waiting:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def fire_one(self) -> bool:
        """Make the call that is due longest; False where none is."""
        due = self.next_at()
        if due is None or due > self._time.seconds:
            return False
        heapq.heappop(self._heap)[2].fire()
        return True

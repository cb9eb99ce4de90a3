"""Says how often something may be logged, so that a flood of one event is a few lines with a count."""

import threading
from collections.abc import Callable


class Throttle:
    """Lets one through per `period` seconds and counts the rest. `clock` returns monotonic seconds."""

    def __init__(self, period: float, clock: Callable[[], float]) -> None:
        self._period = period
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()
        self._held_back = 0

    def through(self) -> int | None:
        """None: say nothing. Otherwise say it, and how many went unsaid since the last time."""
        with self._lock:
            if self._clock() < self._next:
                self._held_back += 1
                return None
            self._next = self._clock() + self._period
            held_back, self._held_back = self._held_back, 0
            return held_back

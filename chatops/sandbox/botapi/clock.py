"""Clock: where the server reads the time, in Unix seconds.

Only expiry and pacing follow it. How long a poll really waits is the network's time, and is not read here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Clock = Callable[[], float]


class HandClock:
    """A clock moved by hand, for tests of expiry. Safe to read from any thread."""

    def __init__(self, start: float | None = None) -> None:
        self._lock = threading.Lock()
        self._now = time.time() if start is None else start

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the time forward by `seconds`; going back is an error."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        with self._lock:
            self._now += seconds

"""Presses that wait for their answer, for who can do something else first. Thread-safe; it knows no press."""

import time
from collections.abc import Callable
from threading import Lock

PATIENCE_SECONDS = 0.5
"""A press that nobody answers (a stranger's) is waited for no longer; most take some milliseconds."""


class Unanswered:
    """`monotonic` in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._came: dict[str, float] = {}
        self._lock = Lock()

    def came(self, callback_id: str) -> None:
        now = self._monotonic()
        with self._lock:
            self._forget(now)
            self._came[callback_id] = now

    def answered(self, callback_id: str) -> None:
        with self._lock:
            self._came.pop(callback_id, None)

    @property
    def any(self) -> bool:
        if not self._came:
            return False
        with self._lock:
            self._forget(self._monotonic())
            return bool(self._came)

    def _forget(self, now: float) -> None:
        """They stand in the order they came in."""
        while self._came and now - next(iter(self._came.values())) >= PATIENCE_SECONDS:
            del self._came[next(iter(self._came))]

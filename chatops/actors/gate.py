"""Where what the intake takes is bounded, put on disk, and then told to the webhook actor. Knows nothing of HTTP.

The disk comes first, and not through the actor: one that routes a storm would keep every sender waiting meanwhile.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

from chatops import metrics
from chatops.actors.addresses import WEBHOOK
from chatops.actors.directory import Directory
from chatops.actors.messages import BodiesStored
from chatops.core.failures import Failure, Reason, Temporary

WAIT_SECONDS = 5.0
MOST_WAITING = 500
"""Fewer than the directory parks for one address, so that it never has to drop one."""
MOST_BYTES = 64 * 1024 * 1024
FORGOTTEN_SECONDS = 600.0


Put = Callable[[bytes, str], "Future[int]"]
"""Takes in a body and its source without waiting; the future has its number once it is on disk, or why it is not."""


def _always() -> bool:
    return True


class _Waiting(NamedTuple):
    size: int
    since: float


class Gate:
    """`begin` and `accept` are what the intake calls, from many threads.

    A body its sender was refused for being slow still waits for the database and counts until that lets go of it: a
    database that hangs fills the gate and not the memory.
    """

    def __init__(
        self,
        directory: Directory,
        put: Put,
        *,
        routes_here: Callable[[], bool] = _always,
        wait_seconds: float = WAIT_SECONDS,
        most_waiting: int = MOST_WAITING,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`routes_here`: whether the webhook actor is in this process. `clock` returns monotonic seconds."""
        self._routes_here = routes_here
        self._directory = directory
        self._put = put
        self._wait_seconds = wait_seconds
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[object, _Waiting] = {}

    def accept(self, body: bytes, source: str) -> None:
        """Return once the body is committed. Raises Failure; then it may or may not be, and should be sent again."""
        try:
            self.begin(body, source).result(self._wait_seconds)
        except Failure:
            raise
        except TimeoutError as error:
            raise Temporary(Reason.TIMEOUT, f"not on disk after {self._wait_seconds:g} s") from error

    def begin(self, body: bytes, source: str) -> "Future[int]":
        """The same without waiting: done once the body is committed, or with the Failure. Raises it when full."""
        place = object()
        self._enter(place, _Waiting(len(body), self._clock()))
        try:
            stored = self._put(body, source)
        except BaseException:
            self._leave(place)
            raise
        stored.add_done_callback(lambda done: self._ended(place, done))
        return stored

    def _enter(self, place: object, waiting: _Waiting) -> None:
        with self._lock:
            # What is never answered for must not count for ever.
            for old in [old for old, kept in self._waiting.items() if waiting.since - kept.since > FORGOTTEN_SECONDS]:
                del self._waiting[old]
            held = sum(kept.size for kept in self._waiting.values())
            # An empty gate takes whatever comes: no body may be too large for ever.
            if self._waiting and (len(self._waiting) >= self._most_waiting or held + waiting.size > self._most_bytes):
                raise Temporary(Reason.THROTTLED, f"{len(self._waiting)} webhooks wait for the disk already")
            self._waiting[place] = waiting
            metrics.webhooks_waiting(len(self._waiting))

    def _ended(self, place: object, stored: "Future[int]") -> None:
        """In the database's thread."""
        waiting = self._leave(place)
        if stored.cancelled() or stored.exception() is not None:
            return
        if self._routes_here():
            self._directory.tell(WEBHOOK, BodiesStored((stored.result(),)))
        if waiting is not None:
            metrics.webhook_committed(self._clock() - waiting.since)

    def _leave(self, place: object) -> _Waiting | None:
        with self._lock:
            waiting = self._waiting.pop(place, None)
            metrics.webhooks_waiting(len(self._waiting))
        return waiting

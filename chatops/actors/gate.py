"""Where an HTTP thread waits until the webhook actor has put a body on disk. Knows nothing of HTTP."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

from chatops import metrics
from chatops.actors.addresses import WEBHOOK
from chatops.actors.directory import Directory
from chatops.actors.messages import Accept
from chatops.core.failures import Failure, Reason, Temporary

WAIT_SECONDS = 5.0
MOST_WAITING = 500
"""Fewer than the directory parks for one address, so that it never has to drop one."""
MOST_BYTES = 64 * 1024 * 1024
FORGOTTEN_SECONDS = 600.0


class _Waiting(NamedTuple):
    size: int
    since: float


class Gate:
    """`accept` is what the intake calls, from many threads.

    A body its sender was refused for being slow still waits in the actor's mail and counts until the actor
    lets go of it: a database that hangs fills the gate and not the memory.
    """

    def __init__(
        self,
        directory: Directory,
        *,
        wait_seconds: float = WAIT_SECONDS,
        most_waiting: int = MOST_WAITING,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` returns monotonic seconds."""
        self._directory = directory
        self._wait_seconds = wait_seconds
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[Future[int], _Waiting] = {}

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
        stored: Future[int] = Future()
        started = self._clock()
        self._enter(stored, _Waiting(len(body), started))
        stored.add_done_callback(self._leave)
        self._directory.tell(WEBHOOK, Accept(body, source, stored))
        return stored

    def _enter(self, stored: Future[int], waiting: _Waiting) -> None:
        with self._lock:
            # A body that crashed its actor is never heard of again.
            for old in [old for old, kept in self._waiting.items() if waiting.since - kept.since > FORGOTTEN_SECONDS]:
                del self._waiting[old]
            held = sum(kept.size for kept in self._waiting.values())
            # An empty gate takes whatever comes: no body may be too large for ever.
            if self._waiting and (len(self._waiting) >= self._most_waiting or held + waiting.size > self._most_bytes):
                raise Temporary(Reason.THROTTLED, f"{len(self._waiting)} webhooks wait for the disk already")
            self._waiting[stored] = waiting
            metrics.webhooks_waiting(len(self._waiting))

    def _leave(self, stored: Future[int]) -> None:
        with self._lock:
            waiting = self._waiting.pop(stored, None)
            metrics.webhooks_waiting(len(self._waiting))
        if waiting is not None and stored.exception() is None:
            metrics.webhook_committed(self._clock() - waiting.since)

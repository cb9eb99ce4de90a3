"""Requests that are answered from another thread's work, while none of the server's own threads waits for it.

A thread for each request that waits for the disk costs four changes of threads a request; so the server's I/O thread
begins the work and writes the answer once it is done. It knows no route and no token.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from waitress.task import Task

from chatops.web.channel import Channel, Head

log = structlog.get_logger(__name__)

MOST = 64
"""Requests that are begun and not answered. What comes beyond waits for a thread, as requests do."""

Outcome = BaseException | None
"""What a begun request came to: None for done, TimeoutError when nobody heard in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """`reply` makes the answer of the outcome, in the I/O thread: it must not wait. `patience` is in seconds."""

    done: "Future[Any]"
    reply: Callable[[Outcome], Reply]
    patience: float


Begin = Callable[[Head, bytes], Begun | None]
"""Begins on a request without waiting; None for one that the application answers."""


class LateTask(Task):
    """Writes a Reply, in one piece."""

    def __init__(self, channel: Any, request: Any, reply: Reply) -> None:
        super().__init__(channel, request)
        self._reply = reply

    def execute(self) -> None:
        reply = self._reply
        self.status = f"{reply.status} {HTTPStatus(reply.status).phrase}"
        self.response_headers = list(reply.headers)
        self.content_length = len(reply.body)
        head = self.build_response_header()
        self.wrote_header = True
        self.channel.write_soon(head + reply.body)


class Later:
    """The begun requests of one server. `wake` has a function run in its I/O thread, soon."""

    def __init__(self, begin: Begin, wake: Callable[[Callable[[], None]], None]) -> None:
        self._begin = begin
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: dict[Channel, tuple[Begun, float]] = {}
        self._done: deque[tuple[Channel, Begun]] = deque()

    def begin(self, channel: Channel) -> bool:
        """Whether the channel's first request was begun on."""
        request: Any = channel.requests[0]
        if request.error or len(self._waiting) >= MOST:
            return False
        begun = self._begin(request.head(), request.get_body_stream().read())
        if begun is None:
            return False
        with self._lock:
            self._waiting[channel] = begun, time.monotonic() + begun.patience
        begun.done.add_done_callback(lambda _done: self._is_done(channel, begun))
        return True

    def _is_done(self, channel: Channel, begun: Begun) -> None:
        """In whatever thread did it: those that are done at the same time wake the I/O thread once."""
        with self._lock:
            first = not self._done
            self._done.append((channel, begun))
        if first:
            self._wake(self._answer)

    def _answer(self) -> None:
        while True:
            with self._lock:
                if not self._done:
                    return
                channel, begun = self._done.popleft()
                still = self._waiting.get(channel, (None,))[0] is begun and self._waiting.pop(channel)
            if still:
                self._reply(channel, begun, begun.done.exception())

    def give_up_on_overdue(self) -> None:
        """In the I/O thread, now and then."""
        now = time.monotonic()
        with self._lock:
            overdue = [(channel, begun) for channel, (begun, until) in self._waiting.items() if until <= now]
            for channel, _ in overdue:
                del self._waiting[channel]
        for channel, begun in overdue:
            self._reply(channel, begun, TimeoutError(f"not done after {begun.patience:g} s"))

    @staticmethod
    def _reply(channel: Channel, begun: Begun, outcome: Outcome) -> None:
        try:
            channel.answer(lambda served, request: LateTask(served, request, begun.reply(outcome)))
        except Exception:
            # It would end the I/O thread, and with it everybody's connection.
            log.exception("request_failed")
            channel.will_close = True

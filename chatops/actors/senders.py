"""Threads that carry deliveries out, one request at a time each. They decide nothing: what came of it is collected."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import structlog

from chatops.actors.marks import marked
from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.outgoing import Outgoing
from chatops.core.pacing.parcels import Delivery, Parcel

log = structlog.get_logger()

D = TypeVar("D", bound=Delivery)

Outcome = int | Failure
"""The message id (0 where there is none), or why not."""


class Senders(Generic[D]):
    """`done` is called in a sender's thread whenever there is something to collect."""

    def __init__(self, deliver: Callable[[Outgoing], int], done: Callable[[], None], *, count: int) -> None:
        self._deliver = deliver
        self._done = done
        self._jobs: queue.SimpleQueue[Parcel[D] | None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[tuple[Parcel[D], Outcome]] = queue.SimpleQueue()
        self._count = count
        self._threads: list[threading.Thread] = []
        self.idle = count

    def start(self) -> None:
        for number in range(self._count):
            thread = threading.Thread(target=self._run, name=f"telegram-sender-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def give(self, parcel: Parcel[D]) -> None:
        """Have it carried out by an idle thread: there must be one."""
        self.idle -= 1
        self._jobs.put(parcel)

    def collect(self) -> Iterator[tuple[Parcel[D], Outcome]]:
        """What was carried out since the last time."""
        while True:
            try:
                finished = self._finished.get_nowait()
            except queue.Empty:
                return
            self.idle += 1
            yield finished

    def close(self) -> tuple[threading.Thread, ...]:
        """No more work: the threads end after what they are doing. Returns them, for joining."""
        for _ in self._threads:
            self._jobs.put(None)
        return tuple(self._threads)

    def _run(self) -> None:
        while (parcel := self._jobs.get()) is not None:
            with marked(parcel.delivery):
                outcome = self._attempt(parcel.delivery.outgoing)
            self._finished.put((parcel, outcome))
            self._done()

    def _attempt(self, outgoing: Outgoing) -> Outcome:
        try:
            return self._deliver(outgoing)
        except Failure as failure:
            return failure
        except Exception as error:
            # A mistake of ours, which trying again would only repeat. Its words may hold anything.
            log.error("delivery broke", kind=type(outgoing).__name__, error=type(error).__name__)
            return Permanent(Reason.REFUSED, f"the bot could not send it ({type(error).__name__})")


def join_all(
    threads: tuple[threading.Thread, ...], *, seconds: float, nudge: Callable[[float], None]
) -> tuple[threading.Thread, ...]:
    """Wait up to `seconds` for `threads` to end; returns those that did not.

    `nudge` is called again and again with how long it has taken so far: a thread may have begun to wait for something
    only after it was called.
    """
    begun = time.monotonic()
    left = [thread for thread in threads if thread.is_alive()]
    while left and (taken := time.monotonic() - begun) < seconds:
        nudge(taken)
        left[0].join(0.02)
        left = [thread for thread in left if thread.is_alive()]
    return tuple(left)

"""What the pool and its executors tell each other. What the pool is asked for, and answers, is in `messages`."""

import threading
from typing import Any

from msgspec import Struct
from pykka import ActorRef

from chatops.actors.addresses import Address
from chatops.actors.work import Result, Submit
from chatops.core.failures import Failure


class Ticket:
    """The right to do a job, good for one. Thread-safe.

    The executor takes it to begin; the pool takes it to call the job off. An assignment may outlive the pool
    that made it: without this, a change reported as not begun could still be performed later.
    """

    def __init__(self) -> None:
        self._free = threading.Semaphore(1)

    def take(self) -> bool:
        """Whether it was still there to take."""
        return self._free.acquire(blocking=False)


class ReportIn(Struct, frozen=True):
    """Say ExecutorReady once idle."""


class ExecutorReady(Struct, frozen=True):
    address: Address
    ref: ActorRef[Any]


class Assign(Struct, frozen=True):
    """Do this, if the ticket can still be taken, and tell the pool the Finished. Meant for `ref` and no successor."""

    ref: ActorRef[Any]
    ticket: Ticket
    submit: Submit


class Finished(Struct, frozen=True):
    """The door's answer: a result or its Failure."""

    ticket: Ticket
    outcome: Result | Failure

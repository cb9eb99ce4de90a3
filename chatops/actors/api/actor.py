"""The ApiActor: asks incidents and pools for HTTP threads, which wait for a future each. It holds nothing else."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from chatops.actors.addresses import API, Address, incident_address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import Answered, Happened
from chatops.actors.tags import first_tag
from chatops.actors.upstream_messages import UpstreamWork
from chatops.actors.work import Result, Submit, Work, WorkDone, WorkFailed, WorkInterrupted
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.incidents import Event

MOST_WAITING = 200
"""Threads of the web server are fewer: what is beyond was given up by whoever asked."""


@dataclass(frozen=True, slots=True)
class Have:
    """Have this work done by the pool at `door`, on behalf of the person `by`."""

    door: Address
    work: Work | UpstreamWork
    by: int
    reply: "Future[Result]"


@dataclass(frozen=True, slots=True)
class Press:
    """Tell the incident of an event whose press has the number `asked`."""

    incident_id: int
    event: Event
    asked: str
    reply: "Future[Answered]"
    token: str = ""


class ApiActor(Actor):
    """What it was waiting for when it ends is answered: nobody knows whether it happened."""

    def __init__(self, *, directory: Directory, address: Address) -> None:
        super().__init__(directory=directory, address=address)
        self._works: dict[object, Future[Result]] = {}
        self._presses: dict[str, Future[Answered]] = {}
        self._next = first_tag()

    def receive(self, message: Any) -> Any:
        match message:
            case Have(door, work, by, reply):
                self._works[self._next] = reply
                self.tell(door, Submit(work, API, self._next, by))
                self._next += 1
                _forget(self._works)
            case Press(incident_id, event, asked, reply, token):
                self._presses[asked] = reply
                self.tell(incident_address(incident_id), Happened(event, None, token))
                _forget(self._presses)
            case Answered(asked):
                _resolve(self._presses.pop(asked, None), message)
            case WorkDone(tag, result):
                _resolve(self._works.pop(tag, None), result)
            case WorkFailed(tag, reason, detail, temporary):
                kind = Temporary if temporary else Permanent
                _fail(self._works.pop(tag, None), kind(Reason(reason), detail))
            case WorkInterrupted(tag):
                _fail(self._works.pop(tag, None), Temporary(Reason.SERVER_ERROR))
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        waiting: list[Future[Any]] = [*self._works.values(), *self._presses.values()]
        for reply in waiting:
            _fail(reply, Temporary(Reason.UNKNOWN_OUTCOME))


def _resolve(reply: "Future[Any] | None", result: object) -> None:
    if reply is not None and not reply.done():
        reply.set_result(result)


def _fail(reply: "Future[Any] | None", failure: Failure) -> None:
    if reply is not None and not reply.done():
        reply.set_exception(failure)


def _forget(waiting: "dict[Any, Future[Any]]") -> None:
    """The oldest: nobody waits for it any more."""
    if len(waiting) > MOST_WAITING:
        waiting.pop(next(iter(waiting))).cancel()

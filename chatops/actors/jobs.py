"""Work that waits for an executor, and in which order it gets one. It assigns nothing and answers nobody."""

from collections import deque
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import chain

from chatops.actors.timers import Timer
from chatops.actors.upstream_messages import CreateSilence, ExpireSilence, ExtendUntil
from chatops.actors.work import PerformPlan, ProceedPlan, Submit
from chatops.actors.work_messages import Ticket

Place = tuple[str, str, str, str]
"""Cluster, namespace, kind, name: an object, whichever its incarnation."""


@dataclass(slots=True, eq=False)
class Job:
    """One Submit on its way. `timer` ends the patience with the stage it is in: waiting or running."""

    submit: Submit
    ticket: Ticket = field(default_factory=Ticket)
    timer: Timer | None = None

    @property
    def place(self) -> Place | None:
        """The object this changes; None when it only looks."""
        match self.submit.work:
            case PerformPlan(plan) | ProceedPlan(plan):
                return (plan.ref.cluster, plan.ref.namespace, plan.ref.kind, plan.ref.name)
            case CreateSilence(draft):
                return ("", "", "Silence", draft.key)
            case ExpireSilence(place) | ExtendUntil(place):
                return ("", "", "Silence", place.id)
            case _:
                return None

    @property
    def name(self) -> str:
        return type(self.submit.work).__name__


class JobQueue:
    """Changes before looks, each in order of arrival; at most `limit` of each wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changes: deque[Job] = deque()
        self._looks: deque[Job] = deque()

    def __iter__(self) -> Iterator[Job]:
        return chain(self._changes, self._looks)

    def add(self, job: Job) -> bool:
        """False when too many wait already."""
        line = self._line(job)
        if len(line) >= self._limit:
            return False
        line.append(job)
        return True

    def put_back(self, job: Job) -> None:
        """In front of all, for a job that was taken and not begun."""
        self._line(job).appendleft(job)

    def remove(self, job: Job) -> None:
        self._line(job).remove(job)

    def take(self, busy: Container[Place | None], *, changes: bool) -> Job | None:
        """The next job that may run: no change while `changes` is False, and none of an object that is `busy`."""
        for job in self._changes if changes else ():
            if job.place not in busy:
                self._changes.remove(job)
                return job
        return self._looks.popleft() if self._looks else None

    def _line(self, job: Job) -> deque[Job]:
        return self._looks if job.place is None else self._changes

"""One pair of hands: does one piece of work after another at a cluster door of its own. It chooses nothing.

A Failure of the door is an answer like any other. Anything else that is raised is a crash, which the
supervisor sees to; what became of the job is then the pool's to tell.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from chatops import metrics
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import (
    POOL,
    Address,
    FollowPlan,
    LookUpPlan,
    MakePreview,
    PerformPlan,
    ProceedPlan,
    ReadDescription,
    ReadEvents,
    ReadLogs,
    ReadObject,
    ReadPod,
    ReadPods,
    ReadReport,
    ReadWorkload,
    ReadYaml,
    Result,
    TakeSurvey,
    Work,
)
from chatops.actors.work_messages import Assign, ExecutorReady, Finished, ReportIn
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.failures import Failure
from chatops.core.objects import ObjectView
from chatops.core.reports import Report
from chatops.core.resources import Description, EventLine, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey
from chatops.core.victims import Suspicion


class ClusterDoor(Protocol):
    """What an executor needs of `cluster/`. Every method raises only failures.Failure for what the cluster does."""

    def survey(self, suspects: tuple[Suspicion, ...], now: datetime, /) -> Survey: ...
    def pods(self, ref: ObjectRef, /) -> tuple[PodView, ...]: ...
    def pod(self, ref: ObjectRef, /) -> PodView: ...
    def workload(self, ref: ObjectRef, /) -> WorkloadView: ...
    def logs(
        self, ref: ObjectRef, *, container: str, previous: bool, tail: int, since: int, limit_bytes: int
    ) -> LogText: ...
    def describe(self, ref: ObjectRef, /) -> Description: ...
    def events(self, ref: ObjectRef, /) -> tuple[EventLine, ...]: ...
    def report(self, action: str, ref: ObjectRef, params: dict[str, str], now: datetime, /) -> Report: ...
    def yaml(self, ref: ObjectRef, /) -> str: ...
    def object(self, ref: ObjectRef, now: datetime, /) -> ObjectView: ...
    def preview(self, action: str, ref: ObjectRef, params: dict[str, str], now: datetime, /) -> Preview: ...
    def perform(self, plan: Plan, /) -> Performed: ...
    def proceed(self, plan: Plan, /) -> Progress: ...
    def follow(self, plan: Plan, /) -> Progress: ...
    def happened(self, plan: Plan, /) -> bool: ...
    def close(self) -> None: ...


OpenDoor = Callable[[threading.Event], ClusterDoor]
"""Makes a door that gives up its waits and retries when the event is set."""


def _now() -> datetime:
    return datetime.now(UTC)


class ExecutorActor(Actor):
    """Says ExecutorReady to the pool when idle after its start, and answers each Assign with a Finished."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        cluster_factory: OpenDoor,
        pool: Address = POOL,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._cluster_factory = cluster_factory
        self._pool = pool
        self._clock = clock
        self._door: ClusterDoor | None = None

    def setup(self) -> None:
        self._door = self._cluster_factory(self.stopping)
        self._report_in()

    def receive(self, message: Any) -> Any:
        match message:
            case Assign(ref, ticket, submit):
                if ref is self.actor_ref and ticket.take():
                    self.tell(self._pool, Finished(ticket, self._outcome(submit.work)))
            case ReportIn():
                self._report_in()
            case _:
                super().receive(message)

    def teardown(self) -> None:
        if self._door is not None:
            self._door.close()

    def _report_in(self) -> None:
        self.tell(self._pool, ExecutorReady(self.address, self.actor_ref))

    def _outcome(self, work: Work) -> Result | Failure:
        if self._door is None:
            raise RuntimeError("an executor gets work only after its setup")
        kind = type(work).__name__
        try:
            done = _do(self._door, work, self._clock)
        except Failure as failure:
            metrics.kubernetes_worked(kind, failure.reason)
            return failure
        metrics.kubernetes_worked(kind, "ok")
        return done


def _do(door: ClusterDoor, work: Work, clock: Callable[[], datetime]) -> Result:
    match work:
        case TakeSurvey(suspects):
            return door.survey(suspects, clock())
        case ReadPods(ref):
            return door.pods(ref)
        case ReadPod(ref):
            return door.pod(ref)
        case ReadWorkload(ref):
            return door.workload(ref)
        case ReadLogs(ref, container, previous, tail, since, limit):
            return door.logs(ref, container=container, previous=previous, tail=tail, since=since, limit_bytes=limit)
        case ReadDescription(ref):
            return door.describe(ref)
        case ReadEvents(ref):
            return door.events(ref)
        case ReadReport(action, ref, params):
            return door.report(action, ref, params, clock())
        case ReadYaml(ref):
            return door.yaml(ref)
        case ReadObject(ref):
            return door.object(ref, clock())
        case MakePreview(action, ref, params):
            return door.preview(action, ref, params, clock())
        case PerformPlan(plan):
            return door.perform(plan)
        case ProceedPlan(plan):
            return door.proceed(plan)
        case FollowPlan(plan):
            return door.follow(plan)
        case LookUpPlan(plan):
            return door.happened(plan)

"""The hands of the pool in front of the clusters: which method of the door each kind of work is."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol

from chatops import metrics
from chatops.actors.addresses import POOL, Address
from chatops.actors.directory import Directory
from chatops.actors.work import (
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
from chatops.actors.worker import WorkerActor
from chatops.core.actions import Performed, Plan, Preview, Progress
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
    def acting_for(self, person: int, /) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


OpenDoor = Callable[[threading.Event], ClusterDoor]
"""Makes a door that gives up its waits and retries when the event is set."""


def _now() -> datetime:
    return datetime.now(UTC)


class ExecutorActor(WorkerActor):
    """A worker whose door is the cluster's."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        cluster_factory: OpenDoor,
        pool: Address = POOL,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(directory=directory, address=address, pool=pool)
        self._cluster_factory = cluster_factory
        self._clock = clock
        self._door: ClusterDoor | None = None

    def open_door(self) -> None:
        self._door = self._cluster_factory(self.stopping)

    def close_door(self) -> None:
        if self._door is not None:
            self._door.close()

    def work(self, work: Work, by: int) -> Result:
        if self._door is None:
            raise RuntimeError("an executor gets work only after its setup")
        with self._door.acting_for(by) if by else nullcontext():
            return _do(self._door, work, self._clock)

    def counted(self, kind: str, outcome: str) -> None:
        metrics.kubernetes_worked(kind, outcome)


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

"""Several clusters behind one door: the `cluster` of what is asked about picks the context.

A wrong cluster is worse than none: where several contexts are in use, a name that is none of theirs gets no answer.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from chatops.cluster import Cluster
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.objects import ObjectView
from chatops.core.reports import Report
from chatops.core.resources import Description, EventLine, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey
from chatops.core.victims import Suspicion


class Clusters:
    """One Cluster per context, for one thread. No contexts means the kubeconfig's current one, or the pod's own.

    Answers like a Cluster. With a single context the name does not matter: people call a cluster in their alerts as
    they like.
    """

    def __init__(self, contexts: Sequence[str], kubeconfig: str | None, stop: threading.Event) -> None:
        names: Sequence[str | None] = contexts or (None,)
        self._clusters = {name or "": Cluster(name, kubeconfig, stop) for name in names}

    def survey(self, suspects: Sequence[Suspicion], now: datetime) -> Survey:
        """All suspects, each in its own cluster. Never raises a Failure."""
        by_name: dict[str, list[Suspicion]] = {}
        for suspect in suspects:
            by_name.setdefault(suspect.cluster, []).append(suspect)
        return _together([self._survey(name, each, now) for name, each in (by_name or {"": []}).items()])

    def pods(self, ref: ObjectRef) -> tuple[PodView, ...]:
        return self._of(ref).pods(ref)

    def pod(self, ref: ObjectRef) -> PodView:
        return self._of(ref).pod(ref)

    def workload(self, ref: ObjectRef) -> WorkloadView:
        return self._of(ref).workload(ref)

    def logs(self, ref: ObjectRef, *, container: str, previous: bool, tail: int, limit_bytes: int) -> LogText:
        return self._of(ref).logs(ref, container, previous, tail, limit_bytes)

    def describe(self, ref: ObjectRef) -> Description:
        return self._of(ref).describe(ref)

    def events(self, ref: ObjectRef) -> tuple[EventLine, ...]:
        return self._of(ref).events(ref)

    def report(self, action: str, ref: ObjectRef, params: Mapping[str, str], now: datetime) -> Report:
        return self._of(ref).report(action, ref, dict(params), now)

    def yaml(self, ref: ObjectRef) -> str:
        return self._of(ref).yaml(ref)

    def object(self, ref: ObjectRef, now: datetime | None = None) -> ObjectView:
        return self._of(ref).object(ref, now)

    def preview(self, action: str, ref: ObjectRef, params: Mapping[str, str], now: datetime) -> Preview:
        return self._of(ref).preview(action, ref, dict(params), now)

    def perform(self, plan: Plan) -> Performed:
        return self._of(plan.ref).perform(plan)

    def proceed(self, plan: Plan) -> Progress:
        return self._of(plan.ref).proceed(plan)

    def follow(self, plan: Plan) -> Progress:
        return self._of(plan.ref).follow(plan)

    def happened(self, plan: Plan) -> bool:
        return self._of(plan.ref).happened(plan)

    def close(self) -> None:
        for cluster in self._clusters.values():
            cluster.close()

    def _survey(self, name: str, suspects: Sequence[Suspicion], now: datetime) -> Survey:
        try:
            return self._named(name).survey(suspects, now)
        except Permanent as failure:
            return Survey(now, name, problem=str(failure.reason), problem_detail=failure.detail)

    def _of(self, ref: ObjectRef) -> Cluster:
        return self._named(ref.cluster)

    def _named(self, name: str) -> Cluster:
        """Raises Permanent(UNKNOWN_CLUSTER) for a name that is none of several."""
        if len(self._clusters) == 1:
            return next(iter(self._clusters.values()))
        if name in self._clusters:
            return self._clusters[name]
        known = ", ".join(sorted(self._clusters))
        asked = f"cluster {name}" if name else "an alert that names no cluster"
        raise Permanent(Reason.UNKNOWN_CLUSTER, f"no context for {asked}; KUBE_CONTEXTS has {known}")


def _together(surveys: Sequence[Survey]) -> Survey:
    """One survey of all; its problem is that of the first cluster that had one."""
    first = next((survey for survey in surveys if survey.problem), surveys[0])
    if len(surveys) == 1:
        return first
    return Survey(
        first.taken_at,
        first.cluster,
        workloads=tuple(workload for survey in surveys for workload in survey.workloads),
        pods=tuple(pod for survey in surveys for pod in survey.pods),
        others=tuple(other for survey in surveys for other in survey.others),
        missing=tuple(gone for survey in surveys for gone in survey.missing),
        problem=first.problem,
        problem_detail=first.problem_detail,
        retry=any(survey.retry for survey in surveys),
        guessed=tuple(ref for survey in surveys for ref in survey.guessed),
    )

"""A survey: what the cluster said about an incident's objects at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef, PodView, WorkloadView, worst


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found for an incident's suspects.

    `problem` is empty, or a failures.Reason value when the cluster could not be asked; `problem_detail` is the
    cluster's own words then. `missing` are suspects that no longer exist.
    """

    taken_at: datetime
    cluster: str = ""
    workloads: tuple[WorkloadView, ...] = ()
    pods: tuple[PodView, ...] = ()
    """Pods among the suspects that no workload owns."""
    others: tuple[ObjectView, ...] = ()
    """Suspects of other kinds that exist, nodes and the like; the cluster itself for an alert without an object."""
    missing: tuple[ObjectRef, ...] = ()
    problem: str = ""
    problem_detail: str = ""
    retry: bool = False
    """Whether asking again later may help (the problem is temporary)."""
    guessed: tuple[ObjectRef, ...] = ()
    """What the alert does not name: found by a name that resembles the alert's words or scrape job."""

    @property
    def worst_workload(self) -> WorkloadView | None:
        return min(self.workloads, key=lambda w: w.health.rank, default=None)

    @property
    def all_pods(self) -> tuple[PodView, ...]:
        return tuple(pod for workload in self.workloads for pod in workload.pods) + self.pods

    @property
    def worst_pod(self) -> PodView | None:
        """The pod most worth looking at: worst health, then most restarts."""
        return min(self.all_pods, key=lambda p: (p.health.rank, -p.restarts), default=None)

    @property
    def worst_other(self) -> ObjectView | None:
        return min(self.others, key=lambda view: view.health.rank, default=None)

    @property
    def health(self) -> Health:
        found = [view.health for group in (self.workloads, self.pods, self.others) for view in group]
        return worst(found)


def together(surveys: Sequence[Survey]) -> Survey:
    """One survey of several clusters; its problem is that of the first that had one."""
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
        guessed=tuple(ref for survey in surveys for ref in survey.guessed),
        problem=first.problem,
        problem_detail=first.problem_detail,
        retry=any(survey.retry for survey in surveys),
    )

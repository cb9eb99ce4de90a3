"""A survey: what the cluster said about an incident's objects at one moment."""

from dataclasses import dataclass
from datetime import datetime

from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef, PodView, WorkloadView


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
        return min(found, key=lambda health: health.rank, default=Health.UNKNOWN)

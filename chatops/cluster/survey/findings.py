"""What a survey has found so far: each object once."""

from datetime import datetime

from chatops.core.failures import Failure, Temporary
from chatops.core.objects import ObjectView
from chatops.core.resources import ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey

Place = tuple[str, str, str]


def place_of(ref: ObjectRef) -> Place:
    return ref.kind, ref.namespace, ref.name


class Findings:
    """Collects; it asks nobody."""

    def __init__(self) -> None:
        self.workloads: dict[Place, WorkloadView] = {}
        self.pods: dict[Place, PodView] = {}
        self.others: dict[Place, ObjectView] = {}
        self.missing: dict[ObjectRef, None] = {}
        self.guessed: dict[ObjectRef, None] = {}

    def survey(self, now: datetime, cluster: str, problem: Failure | None) -> Survey:
        """All of it, the worst first."""
        return Survey(
            taken_at=now,
            cluster=cluster,
            workloads=tuple(sorted(self.workloads.values(), key=lambda w: (w.health.rank, w.ref.path))),
            pods=tuple(sorted(self.pods.values(), key=lambda p: (p.health.rank, -p.restarts, p.ref.path))),
            others=tuple(sorted(self.others.values(), key=lambda view: (view.health.rank, view.ref.path))),
            missing=tuple(self.missing),
            problem=problem.reason.value if problem else "",
            problem_detail=problem.detail if problem else "",
            retry=isinstance(problem, Temporary),
            guessed=tuple(self.guessed),
        )

"""rollout_pause and rollout_resume: whether a Deployment turns changes of its template into pods."""

from typing import Any

from chatops.cluster.asides import aside
from chatops.cluster.blast import template_cautions
from chatops.cluster.models import Workload
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.reader import Reader
from chatops.cluster.revisions import current_of, revisions, template_of
from chatops.cluster.template_changes import template_changes
from chatops.cluster.workloads import desired_of, updated_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress

PAUSE, RESUME = "rollout_pause", "rollout_resume"


class Pausing(Edit[Workload]):
    """Sets or clears `paused`, each the other's inverse. Resuming begins what was changed meanwhile."""

    model = Workload
    foreseen_by = ()

    def refusal(self, seen: Workload, action: str, params: dict[str, str]) -> Caution | None:
        if seen.spec.paused is (action == PAUSE):
            return Caution(cautions.ALREADY_PAUSED if action == PAUSE else cautions.NOT_PAUSED)
        return None

    def changes(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        if action == PAUSE:
            return (Change("paused", "false", "true"),)
        waiting = _waiting(reader, seen)
        count = (Change("pods", "", str(desired_of(seen))),) if waiting or _is_halfway(seen) else ()
        return (Change("paused", "true", "false"), *waiting, *count)

    def cautions(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        return template_cautions(seen) if action == RESUME and _waiting(reader, seen) else ()

    def body(self, seen: Workload, action: str, params: dict[str, str]) -> dict[str, Any]:
        # kubectl takes the field away rather than writing false.
        return {"spec": {"paused": True if action == PAUSE else None}}

    def inverse(self, seen: Workload, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        return (RESUME if action == PAUSE else PAUSE), {}

    def progress(self, reader: Reader, seen: Workload, plan: Plan) -> Progress:
        return Progress(1, 1, finished=True) if plan.action == PAUSE else rollout_progress(seen)


def _waiting(reader: Reader, workload: Workload) -> tuple[Change, ...]:
    """What was changed in the template while it was paused; nothing without the right to see ReplicaSets."""
    current = aside(lambda: current_of(workload, revisions(reader, workload)), None)
    if current is None:
        return ()
    now = template_of(workload)
    if current.template == now:
        return ()
    return template_changes(current.template, now) or (Change("template", "", "changed"),)


def _is_halfway(workload: Workload) -> bool:
    return updated_of(workload) < desired_of(workload)

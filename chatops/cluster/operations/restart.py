"""rollout_restart: the pods are replaced one by one, as `kubectl rollout restart` does. It knows no other action."""

from datetime import datetime
from typing import Any

from chatops.cluster.answers import decode
from chatops.cluster.blast import template_cautions
from chatops.cluster.models import Workload
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.pod_models import Template
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, is_on_delete
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.moments import stamp

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""kubectl's own annotation of the pod template.

A change of its value is what makes the controller replace the pods.
"""


class Restart(Edit[Workload]):
    """Sets the annotation. There is no way back from a restart, so there is no inverse."""

    model = Workload
    needs = ("restarted_at",)
    foreseen_by = ()

    def choose(
        self, reader: Reader, seen: Workload, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        return {"restarted_at": stamp(now), **params}

    def refusal(self, seen: Workload, action: str, params: dict[str, str]) -> Caution | None:
        return template_refusal(seen)

    def changes(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change("pods", "", str(desired_of(seen))),)

    def cautions(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        return template_cautions(seen)

    def body(self, seen: Workload, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: params["restarted_at"]}}}}}

    def progress(self, reader: Reader, seen: Workload, plan: Plan) -> Progress:
        return rollout_progress(seen)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        template = decode(reader.fetch(plan.ref, Workload).spec.template, Template)
        return template.metadata.annotation(RESTARTED_AT) == plan.params["restarted_at"]


def template_refusal(workload: Workload) -> Caution | None:
    """Why a change of the template would start nothing."""
    if workload.spec.paused:
        return Caution(cautions.PAUSED)
    return Caution(cautions.ON_DELETE) if is_on_delete(workload) else None

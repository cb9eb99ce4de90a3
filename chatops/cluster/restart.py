"""rollout_restart: the pods are replaced one by one, as `kubectl rollout restart` does. It knows no other action."""

from datetime import UTC, datetime

from chatops.cluster.connection import STRATEGIC_PATCH, decode
from chatops.cluster.models import Workload
from chatops.cluster.pod_models import Template
from chatops.cluster.reader import Reader
from chatops.cluster.workload_patch import GENERATION, Patch, apply, dry_run, marks
from chatops.cluster.workloads import desired_of, is_on_delete, workload_ref
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview
from chatops.core.resources import ObjectRef

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""kubectl's own annotation of the pod template.

A change of its value is what makes the controller replace the pods.
"""


def preview(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
    """What a restart would do. `restarted_at` is chosen here, once, unless it came in `params`."""
    workload = reader.fetch(ref, Workload)
    meta = workload.metadata
    params = {
        "restarted_at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **params,
        GENERATION: str(meta.generation),
    }
    plan = Plan("rollout_restart", workload_ref(workload, reader.name), meta.resource_version, params)
    refusal = _refusal(workload) or dry_run(reader, workload, lambda seen: _patch(plan, seen))
    if refusal is not None:
        return Preview(plan, refusal=refusal)
    return Preview(
        plan,
        changes=(Change("pods", "", str(desired_of(workload))),),
        cautions=recreate_caution(workload),
    )


def perform(reader: Reader, plan: Plan) -> Performed:
    """Set the annotation. There is no way back from a restart, so there is no undo."""
    _, version = apply(reader, plan, lambda workload: _patch(plan, workload))
    return Performed(None, version)


def happened(reader: Reader, plan: Plan) -> bool:
    """Whether the annotation carries this plan's moment."""
    template = decode(reader.fetch(plan.ref, Workload).spec.template, Template)
    return template.metadata.annotation(RESTARTED_AT) == plan.params["restarted_at"]


def recreate_caution(workload: Workload) -> tuple[Caution, ...]:
    """The warning that a change of the template stops every pod at once."""
    strategy = workload.spec.strategy
    return (Caution(cautions.RECREATE),) if strategy is not None and strategy.type == "Recreate" else ()


def _refusal(workload: Workload) -> Caution | None:
    if workload.spec.paused:
        return Caution(cautions.PAUSED)
    return Caution(cautions.ON_DELETE) if is_on_delete(workload) else None


def _patch(plan: Plan, workload: Workload) -> Patch:
    metadata = {"resourceVersion": workload.metadata.resource_version, "annotations": marks(plan.params)}
    restarted = {"annotations": {RESTARTED_AT: plan.params["restarted_at"]}}
    return Patch({"metadata": metadata, "spec": {"template": {"metadata": restarted}}}, STRATEGIC_PATCH)

"""scale_up and scale_down: the number of replicas, through the /scale subresource. It knows no other action."""

from chatops.cluster.connection import MERGE_PATCH
from chatops.cluster.models import Workload
from chatops.cluster.ownership import Autoscalers, managed_by
from chatops.cluster.reader import Reader
from chatops.cluster.workload_patch import GENERATION, Patch, apply, dry_run
from chatops.cluster.workloads import desired_of, workload_ref
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview
from chatops.core.resources import ObjectRef

_TIMES = 10
_MORE = 50


def highest(count: int) -> int:
    """The largest count policy allows in one step: at most tenfold (ten, from nothing), and at most fifty more."""
    return min(max(count, 1) * _TIMES, count + _MORE)


def preview(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str]) -> Preview:
    """What a change to `params["replicas"]` would do; without one, one more or one fewer."""
    workload = reader.fetch(ref, Workload)
    meta = workload.metadata
    count = desired_of(workload)
    step = 1 if action == "scale_up" else -1
    asked = params.get("replicas", "") or str(count + step)
    plan = Plan(
        action,
        workload_ref(workload, reader.name),
        meta.resource_version,
        {**params, "replicas": asked, GENERATION: str(meta.generation)},
    )
    refusal = _refusal(count, asked, step) or dry_run(reader, workload, lambda seen: _patch(plan, seen))
    if refusal is not None:
        return Preview(plan, refusal=refusal)
    return Preview(
        plan,
        changes=(Change("replicas", str(count), asked),),
        cautions=_cautions(workload, int(asked), Autoscalers(reader.connection)),
    )


def perform(reader: Reader, plan: Plan) -> Performed:
    """Set the count. The undo sets the one before."""
    workload, version = apply(reader, plan, lambda seen: _patch(plan, seen))
    before, after = desired_of(workload), int(plan.params["replicas"])
    inverse = "scale_down" if after > before else "scale_up"
    return Performed(Plan(inverse, plan.ref, version, {"replicas": str(before)}), version)


def happened(reader: Reader, plan: Plan) -> bool:
    """Whether the count is the one asked for. Who set it cannot be told: /scale takes no annotation."""
    return str(desired_of(reader.fetch(plan.ref, Workload))) == plan.params["replicas"]


def _refusal(count: int, asked: str, step: int) -> Caution | None:
    try:
        wanted = int(asked)
    except ValueError:
        return Caution(cautions.BAD_PARAM, "replicas")
    if not 0 <= wanted <= highest(count):
        return Caution(cautions.AT_LIMIT, f"0-{highest(count)}")
    if (wanted - count) * step <= 0:
        return Caution(cautions.ALREADY, str(count))
    return None


def _cautions(workload: Workload, wanted: int, autoscalers: Autoscalers) -> tuple[Caution, ...]:
    meta = workload.metadata
    found = []
    if owner := managed_by(meta):
        found.append(Caution(cautions.MANAGED_BY, owner))
    if autoscaler := autoscalers.of(workload.kind, meta.namespace, meta.name):
        found.append(Caution(cautions.AUTOSCALER, autoscaler))
    if wanted == 0:
        found.append(Caution(cautions.TO_ZERO))
    return tuple(found)


def _patch(plan: Plan, workload: Workload) -> Patch:
    body = {
        "metadata": {"resourceVersion": workload.metadata.resource_version},
        "spec": {"replicas": int(plan.params["replicas"])},
    }
    return Patch(body, MERGE_PATCH, part="scale")

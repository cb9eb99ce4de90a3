"""delete_pod: this very pod, never another of its name. It knows no other action."""

from chatops.cluster.connection import taken
from chatops.cluster.models import Meta, Workload
from chatops.cluster.places import place
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.workload_patch import denial
from chatops.cluster.workloads import ready_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef, PodView

OWNER_KIND = "owner_kind"
OWNER_NAME = "owner_name"
"""Parameters of a plan: the workload that makes the replacement, to follow it once the pod is gone."""


def preview(reader: Reader, ref: ObjectRef, params: dict[str, str]) -> Preview:
    """What the pod's deletion would mean."""
    pod = reader.fetch(ref, Pod)
    view = pod_view(pod, reader.name)
    above = reader.workload_above(pod.metadata)
    owner = {OWNER_KIND: above.kind, OWNER_NAME: above.name} if above else {}
    plan = Plan("delete_pod", pod_ref(pod, reader.name), pod.metadata.resource_version, {**params, **owner})
    refusal = _refusal(pod.metadata) or _dry_run(reader, plan)
    if refusal is not None:
        return Preview(plan, refusal=refusal)
    return Preview(plan, changes=(Change("pods", "", "1"),), cautions=_cautions(reader, pod.metadata, view, above))


def perform(reader: Reader, plan: Plan) -> Performed:
    """Delete the pod under the precondition of its uid. What was deleted cannot be brought back: no undo.

    Permanent(REPLACED) when another pod took the name, Permanent(NOT_FOUND) when it is gone already.
    """
    try:
        answer = reader.connection.delete(place(plan.ref), _options(plan))
    except Permanent as failure:
        if failure.reason is Reason.CONFLICT:
            # The uid did not match: reading it again raises what happened (REPLACED or NOT_FOUND).
            reader.fetch(plan.ref, Pod)
        raise
    return Performed(None, taken(answer).resource_version)


def happened(reader: Reader, plan: Plan) -> bool:
    """Whether the pod is gone or going."""
    try:
        return reader.fetch(plan.ref, Pod).metadata.deletion_timestamp is not None
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
            return True
        raise


def _options(plan: Plan) -> dict[str, object]:
    if not plan.ref.uid:
        raise Permanent(Reason.REFUSED, "a pod is deleted by its uid, and the plan has none")
    return {"preconditions": {"uid": plan.ref.uid}}


def _refusal(meta: Meta) -> Caution | None:
    return Caution(cautions.GOING) if meta.deletion_timestamp is not None else None


def _dry_run(reader: Reader, plan: Plan) -> Caution | None:
    try:
        reader.connection.delete(place(plan.ref), _options(plan), dry_run=True)
    except Permanent as failure:
        if failure.reason is Reason.CONFLICT:
            reader.fetch(plan.ref, Pod)
        return denial(failure)
    return None


def _cautions(reader: Reader, meta: Meta, view: PodView, above: ObjectRef | None) -> tuple[Caution, ...]:
    if meta.controller is None:
        return (Caution(cautions.OWNERLESS),)
    if above is not None and view.health is Health.GOOD and ready_of(reader.fetch(above, Workload)) <= 1:
        return (Caution(cautions.LAST_REPLICA, f"{above.kind}/{above.name}"),)
    return ()

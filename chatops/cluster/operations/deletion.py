"""delete_pod: this very pod, never another of its name. It knows no other action."""

from datetime import datetime

from chatops.cluster.connection import taken
from chatops.cluster.models import Meta, Workload
from chatops.cluster.operations.patching import denial
from chatops.cluster.places import place
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, ready_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef, PodView

OWNER_KIND = "owner_kind"
OWNER_NAME = "owner_name"
"""Parameters of a plan: the workload that makes the replacement, to follow it once the pod is gone."""


class Deletion:
    """Deletes the pod under the precondition of its uid. What was deleted cannot be brought back: no undo."""

    needs: tuple[str, ...] = ()

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What the pod's deletion would mean."""
        pod = reader.fetch(ref, Pod)
        view = pod_view(pod, reader.name)
        above = reader.workload_above(pod.metadata)
        owner = {OWNER_KIND: above.kind, OWNER_NAME: above.name} if above else {}
        plan = Plan(action, pod_ref(pod, reader.name), pod.metadata.resource_version, {**params, **owner})
        refusal = _refusal(pod.metadata) or _dry_run(reader, plan)
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        return Preview(plan, changes=(Change("pods", "", "1"),), cautions=_cautions(reader, pod.metadata, view, above))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Permanent(REPLACED) when another pod took the name, Permanent(NOT_FOUND) when it is gone already."""
        try:
            answer = reader.connection.delete(place(plan.ref), _options(plan))
        except Permanent as failure:
            if failure.reason is Reason.CONFLICT:
                # The uid did not match: reading it again raises what happened (REPLACED or NOT_FOUND).
                reader.fetch(plan.ref, Pod)
            raise
        return Performed(None, taken(answer).resource_version)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return replaced(reader, plan)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return gone_or_going(reader, plan.ref)


def gone_or_going(reader: Reader, ref: ObjectRef) -> bool:
    """Whether the pod is gone, or on its way."""
    try:
        return reader.fetch(ref, Pod).metadata.deletion_timestamp is not None
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
            return True
        raise


def replaced(reader: Reader, plan: Plan) -> Progress:
    """The pod gone and its replacement decided: ready, or failing in its turn. Without a workload: the pod gone.

    Other pods of the workload may be broken for reasons of their own; waiting for them would never end.
    """
    gone = _gone(reader, plan.ref)
    name = plan.params.get(OWNER_NAME, "")
    if not name:
        return Progress(int(gone), 1, "" if gone else "terminating", finished=gone)
    owner = ObjectRef(plan.params[OWNER_KIND], name, plan.ref.namespace, cluster=plan.ref.cluster)
    try:
        workload = reader.fetch(owner, Workload)
    except Permanent as failure:
        if failure.reason is not Reason.NOT_FOUND:
            raise
        return Progress(int(gone), 1, f"{owner.kind} {owner.path} is gone too", finished=gone)
    ready, wanted = ready_of(workload), desired_of(workload)
    detail = f"{ready} of {wanted} ready" if gone else "terminating"
    arrived = gone and (ready >= wanted or _nothing_starts(reader, workload, wanted))
    return Progress(min(ready, wanted), wanted, detail, finished=arrived)


def _nothing_starts(reader: Reader, workload: Workload, wanted: int) -> bool:
    pods = [pod_view(pod, reader.name) for pod in reader.pods_of(workload)]
    return len(pods) >= wanted and all(pod.health in (Health.GOOD, Health.BAD) for pod in pods)


def _gone(reader: Reader, ref: ObjectRef) -> bool:
    try:
        reader.fetch(ref, Pod)
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
            return True
        raise
    return False


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

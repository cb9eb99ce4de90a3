"""delete_pod: this very pod, and what every way to be rid of a pod shares."""

from datetime import datetime

from chatops.cluster.blast import pod_cautions, unasked_budgets
from chatops.cluster.models import Workload, listed
from chatops.cluster.operations.patching import denial
from chatops.cluster.operations.removal import delete, is_leaving, performed, remaining, tried
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, ready_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef

OWNER_KIND = "owner_kind"
OWNER_NAME = "owner_name"
"""Parameters of a plan: the workload that makes the replacement, to follow it once the pod is gone."""


class Deletion:
    """Deletes the pod under the precondition of its uid. What was deleted cannot be brought back: no undo.

    Subclasses send the pod off in another way; they say what is refused, sent and minded.
    """

    needs: tuple[str, ...] = ()

    def refusal(self, reader: Reader, pod: Pod, now: datetime) -> Caution | None:
        """What makes it impossible, told before the server is asked."""
        return Caution(cautions.GOING) if pod.metadata.deletion_timestamp is not None else None

    def cautions(self, reader: Reader, pod: Pod, above: ObjectRef | None) -> tuple[Caution, ...]:
        """What to mind. `above` is the workload that in the end made the pod."""
        return pod_cautions(reader, pod, above) + unasked_budgets(reader, pod)

    def send(self, reader: Reader, ref: ObjectRef, *, dry_run: bool = False) -> bytes:
        """The request itself. Permanent(CONFLICT) when the uid is another's."""
        return delete(reader, ref, dry_run=dry_run)

    def denied(self, reader: Reader, pod: Pod, failure: Permanent) -> Caution:
        """The refusal to show for a dry run that was turned down. Raises what is no verdict on the change itself."""
        return denial(failure)

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What it would mean that the pod goes."""
        pod = reader.fetch(ref, Pod)
        above = reader.workload_above(pod.metadata)
        owner = {OWNER_KIND: above.kind, OWNER_NAME: above.name} if above else {}
        plan = Plan(action, pod_ref(pod, reader.name), pod.metadata.resource_version, {**params, **owner})
        refusal = self.refusal(reader, pod, now) or tried(
            reader,
            plan.ref,
            lambda: self.send(reader, plan.ref, dry_run=True),
            lambda failure: self.denied(reader, pod, failure),
        )
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        return Preview(plan, changes=(Change("pods", "", "1"),), cautions=self.cautions(reader, pod, above))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Permanent(REPLACED) when another pod took the name, Permanent(NOT_FOUND) when it is gone already."""
        return performed(reader, plan.ref, lambda: self.send(reader, plan.ref))

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return replaced(reader, plan)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return is_leaving(reader, plan.ref)


def replaced(reader: Reader, plan: Plan) -> Progress:
    """The pod gone and its replacement decided: ready, or failing in its turn. Without a workload: the pod gone.

    Other pods of the workload may be broken for reasons of their own; waiting for them would never end.
    """
    pod = remaining(reader, plan.ref, Pod)
    gone, going = pod is None, _going(pod)
    name = plan.params.get(OWNER_NAME, "")
    if not name:
        return Progress(int(gone), 1, going, finished=gone)
    owner = ObjectRef(plan.params[OWNER_KIND], name, plan.ref.namespace, cluster=plan.ref.cluster)
    try:
        workload = reader.fetch(owner, Workload)
    except Permanent as failure:
        if failure.reason is not Reason.NOT_FOUND:
            raise
        return Progress(int(gone), 1, f"{owner.kind} {owner.path} is gone too", finished=gone)
    ready, wanted = ready_of(workload), desired_of(workload)
    arrived = gone and (ready >= wanted or _nothing_starts(reader, workload, wanted))
    return Progress(min(ready, wanted), wanted, going or f"{ready} of {wanted} ready", finished=arrived)


def _going(pod: Pod | None) -> str:
    """How a pod that is still there goes; empty when it is gone."""
    if pod is None:
        return ""
    held = ", ".join(safe_text(each) for each in listed(pod.metadata.finalizers))
    return f"terminating, held by {held}" if held else "terminating"


def _nothing_starts(reader: Reader, workload: Workload, wanted: int) -> bool:
    pods = [pod_view(pod, reader.name) for pod in reader.pods_of(workload)]
    return len(pods) >= wanted and all(pod.health in (Health.GOOD, Health.BAD) for pod in pods)

"""evict_pod: a deletion that asks the disruption budgets first, and takes their no for an answer."""

from datetime import datetime

from chatops.cluster.blast import pod_cautions
from chatops.cluster.budgets import guards, read_budgets, told
from chatops.cluster.operations.deletion import Deletion
from chatops.cluster.operations.patching import denial
from chatops.cluster.places import place
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef


def evict(reader: Reader, ref: ObjectRef, *, dry_run: bool = False) -> bytes:
    """Ask for the eviction of this very pod.

    Permanent(BUDGET) when a budget forbids it now or several claim the pod, Permanent(CONFLICT) when the uid is
    another's. Nothing here ever deletes a pod instead.
    """
    if not ref.uid:
        raise Permanent(Reason.REFUSED, "a pod is evicted by its uid, and the plan has none")
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": ref.name, "namespace": ref.namespace},
        "deleteOptions": {"preconditions": {"uid": ref.uid}},
    }
    return reader.connection.post(place(ref, "eviction"), body, dry_run=dry_run)


class Eviction(Deletion):
    """Evicts the pod under the precondition of its uid."""

    def refusal(self, reader: Reader, pod: Pod, now: datetime) -> Caution | None:
        if pod.is_mirror:
            return Caution(cautions.STATIC_POD, pod.spec.node_name)
        return super().refusal(reader, pod, now)

    def cautions(self, reader: Reader, pod: Pod, above: ObjectRef | None) -> tuple[Caution, ...]:
        return pod_cautions(reader, pod, above)

    def send(self, reader: Reader, ref: ObjectRef, *, dry_run: bool = False) -> bytes:
        return evict(reader, ref, dry_run=dry_run)

    def denied(self, reader: Reader, pod: Pod, failure: Permanent) -> Caution:
        """A budget's no, with its name and its numbers where they can be read."""
        if failure.reason is not Reason.BUDGET:
            return denial(failure)
        guarding = guards(read_budgets(reader, pod.metadata.namespace), pod)
        if not guarding:
            return Caution(cautions.DENIED, failure.detail)
        return Caution(cautions.SEVERAL_BUDGETS if len(guarding) > 1 else cautions.BUDGET, told(guarding))

"""force_delete_pod: the record of a pod that cannot end in the ordinary way, removed without asking its node."""

from datetime import datetime

from chatops.cluster.blast import names, pod_cautions
from chatops.cluster.models import Node, listed
from chatops.cluster.nodes import node_health
from chatops.cluster.operations.deletion import Deletion
from chatops.cluster.operations.removal import delete, remaining
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef


class ForceDeletion(Deletion):
    """Deletes with no grace period, under the precondition of the uid. Kubernetes forgets the pod; nothing stops it."""

    def refusal(self, reader: Reader, pod: Pod, now: datetime) -> Caution | None:
        """Only where an ordinary deletion would not end: past its grace period, or no kubelet to confirm it."""
        due = pod.metadata.deletion_timestamp
        if due is not None and due < now:
            return None
        return None if self._node_is_lost(reader, pod.spec.node_name) else Caution(cautions.NOT_STUCK)

    def cautions(self, reader: Reader, pod: Pod, above: ObjectRef | None) -> tuple[Caution, ...]:
        found = [Caution(cautions.MAY_RUN_ON, pod.spec.node_name)] if pod.spec.node_name else []
        if above is not None and above.kind == "StatefulSet":
            found.append(Caution(cautions.TWO_WRITERS, f"{above.kind}/{above.name}"))
        if held := listed(pod.metadata.finalizers):
            found.append(Caution(cautions.FINALIZERS, names(safe_text(each) for each in held)))
        return (*found, *pod_cautions(reader, pod, above))

    def send(self, reader: Reader, ref: ObjectRef, *, dry_run: bool = False) -> bytes:
        return delete(reader, ref, {"gracePeriodSeconds": 0}, dry_run=dry_run)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """Gone, or held by nothing but finalizers: it may have been on its way before."""
        pod = remaining(reader, plan.ref, Pod)
        return pod is None or (
            pod.metadata.deletion_timestamp is not None and pod.metadata.deletion_grace_period_seconds == 0
        )

    def _node_is_lost(self, reader: Reader, name: str) -> bool:
        """Whether the node is gone or not ready. A pod that no node was chosen for ends at once when deleted."""
        if not name:
            return False
        try:
            return node_health(reader.fetch(ObjectRef("Node", name), Node)) is Health.BAD
        except Permanent as failure:
            if failure.reason is Reason.FORBIDDEN:
                return False
            if failure.reason is Reason.NOT_FOUND:
                return True
            raise

"""delete_node: the record of a machine that is not coming back. It stops no machine."""

from datetime import datetime

from chatops.cluster.connection import taken
from chatops.cluster.models import Node
from chatops.cluster.nodes import node_health
from chatops.cluster.operations.patching import denial, ref_to
from chatops.cluster.places import place
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef


class NodeDeletion:
    """Deletes the node under the precondition of its uid, only while it is not ready. A live kubelet makes it anew."""

    needs: tuple[str, ...] = ()

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What it would mean that Kubernetes forgets the node."""
        node = reader.fetch(ref, Node)
        plan = Plan(action, ref_to(node, ref, reader), node.metadata.resource_version, params)
        if node_health(node) not in (Health.BAD, Health.UNKNOWN):
            return Preview(plan, refusal=Caution(cautions.NODE_IS_READY))
        try:
            self._send(reader, plan.ref, dry_run=True)
        except Permanent as failure:
            _explain(reader, plan.ref, failure)
            return Preview(plan, refusal=denial(failure))
        pods = [pod for pod in reader.pods_on(node.metadata.name) if not pod.has_ended]
        lost = (Caution(cautions.PODS_GIVEN_UP, str(len(pods))),) if pods else ()
        return Preview(plan, changes=(Change("node", node.metadata.name, ""),), cautions=lost)

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Permanent(CONFLICT) when the node is ready by now: then its machine lives, and so do its pods."""
        if node_health(reader.fetch(plan.ref, Node)) not in (Health.BAD, Health.UNKNOWN):
            raise Permanent(Reason.CONFLICT, f"Node {plan.ref.name} is ready again")
        try:
            answer = self._send(reader, plan.ref)
        except Permanent as failure:
            _explain(reader, plan.ref, failure)
            raise
        return Performed(None, taken(answer).resource_version)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        gone = _left(reader, plan.ref) is None
        return Progress(int(gone), 1, "" if gone else "terminating", finished=gone)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        node = _left(reader, plan.ref)
        return node is None or node.metadata.deletion_timestamp is not None

    def _send(self, reader: Reader, ref: ObjectRef, *, dry_run: bool = False) -> bytes:
        if not ref.uid:
            raise Permanent(Reason.REFUSED, "a node is deleted by its uid, and the plan has none")
        return reader.connection.delete(place(ref), {"preconditions": {"uid": ref.uid}}, dry_run=dry_run)


def _left(reader: Reader, ref: ObjectRef) -> Node | None:
    try:
        return reader.fetch(ref, Node)
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
            return None
        raise


def _explain(reader: Reader, ref: ObjectRef, failure: Permanent) -> None:
    """When the uid did not match, reading the node again raises what happened: REPLACED or NOT_FOUND."""
    if failure.reason is Reason.CONFLICT:
        reader.fetch(ref, Node)

"""delete_node: the record of a machine that is not coming back. It stops no machine."""

from datetime import datetime

from chatops.cluster.models import Node
from chatops.cluster.nodes import node_health
from chatops.cluster.operations.patching import ref_to
from chatops.cluster.operations.removal import delete, departure, is_leaving, performed, tried
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
        refusal = tried(reader, plan.ref, lambda: delete(reader, plan.ref, dry_run=True))
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        pods = [pod for pod in reader.pods_on(node.metadata.name) if not pod.has_ended]
        lost = (Caution(cautions.PODS_GIVEN_UP, str(len(pods))),) if pods else ()
        return Preview(plan, changes=(Change("node", node.metadata.name, ""),), cautions=lost)

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Permanent(CONFLICT) when the node is ready by now: then its machine lives, and so do its pods."""
        if node_health(reader.fetch(plan.ref, Node)) not in (Health.BAD, Health.UNKNOWN):
            raise Permanent(Reason.CONFLICT, f"Node {plan.ref.name} is ready again")
        return performed(reader, plan.ref, lambda: delete(reader, plan.ref))

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return departure(reader, plan.ref)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return is_leaving(reader, plan.ref)

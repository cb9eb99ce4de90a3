"""Nodes and what stands on them as msgspec reads them: only what capacity and health are computed from."""

from datetime import datetime

from chatops.cluster.models import Condition, Model, Node, NodeStatusModel, Thing, empty
from chatops.cluster.pod_models import Pod, PodSpec, Resources

Amounts = dict[str, str | int | float] | None


class NodeCondition(Condition):
    last_transition_time: datetime | None = None
    last_heartbeat_time: datetime | None = None


class WatchedNodeStatus(NodeStatusModel):
    conditions: list[NodeCondition] | None = None  # type: ignore[assignment]  # a list of the narrower kind, only read


class WatchedNode(Node):
    """A node whose conditions tell since when they hold."""

    status: WatchedNodeStatus = empty(WatchedNodeStatus)


class LeaseSpec(Model):
    holder_identity: str = ""
    renew_time: datetime | None = None


class Lease(Thing):
    spec: LeaseSpec = empty(LeaseSpec)


class Asking(Model):
    """A container, as far as it takes room."""

    resources: Resources | None = None
    restart_policy: str = ""


class TenantSpec(Model):
    node_name: str = ""
    containers: list[Asking] | None = None
    init_containers: list[Asking] | None = None
    overhead: Amounts = None
    resources: Resources | None = None


class Phase(Model):
    phase: str = ""


class Tenant(Thing):
    """A pod, as far as it takes room on a node: light enough for all pods of a cluster."""

    spec: TenantSpec = empty(TenantSpec)
    status: Phase = empty(Phase)


class LodgerSpec(PodSpec):
    overhead: Amounts = None
    resources: Resources | None = None


class Lodger(Pod):
    """A pod with all that is shown of it, and the room it takes."""

    spec: LodgerSpec = empty(LodgerSpec)


class Readiness(Model):
    conditions: list[Condition] | None = None


class ReplicaSpec(Model):
    node_name: str = ""


class Replica(Thing):
    """A pod, as far as it can stand in for another: where it runs and whether it is ready."""

    spec: ReplicaSpec = empty(ReplicaSpec)
    status: Readiness = empty(Readiness)

    @property
    def ready(self) -> bool:
        return self.metadata.deletion_timestamp is None and any(
            condition.type == "Ready" and condition.status == "True" for condition in self.status.conditions or ()
        )

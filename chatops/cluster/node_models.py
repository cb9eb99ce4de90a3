"""Leases, and pods as far as they matter to nodes, as msgspec reads them.

A cluster has tens of thousands of pods: where all of them are gone through, these models are a tenth of a `Pod`'s cost.
"""

from datetime import datetime

from chatops.cluster.conditions import holds
from chatops.cluster.models import Amounts, ConditionedStatus, Model, Thing, empty
from chatops.cluster.pod_models import ENDED, Resources


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
    """A pod, as far as it takes room on a node: for going through all of a cluster."""

    spec: TenantSpec = empty(TenantSpec)
    status: Phase = empty(Phase)

    @property
    def has_ended(self) -> bool:
        return self.status.phase in ENDED


class ReplicaSpec(Model):
    node_name: str = ""


class Replica(Thing):
    """A pod, as far as it can stand in for another: where it runs and whether it is ready."""

    spec: ReplicaSpec = empty(ReplicaSpec)
    status: ConditionedStatus = empty(ConditionedStatus)

    @property
    def ready(self) -> bool:
        return self.metadata.deletion_timestamp is None and holds(self.status.conditions, "Ready")

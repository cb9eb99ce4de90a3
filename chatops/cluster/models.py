"""Kubernetes objects as msgspec reads them: only the fields used, every one optional, unknown ones ignored.

Go writes null for an empty slice, map or time in places, so those are None-able; `listed` and `mapped` read them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from chatops.core.quantities import Quantity

T = TypeVar("T")
V = TypeVar("V")

Texts = dict[str, str] | None
Amounts = dict[str, Quantity] | None

_EVER = datetime.min.replace(tzinfo=UTC)


def listed(items: Sequence[T] | None) -> Sequence[T]:
    """The items, none for null."""
    return items or ()


def mapped(items: Mapping[str, V] | None) -> Mapping[str, V]:
    """The entries, none for null."""
    return items or {}


class Model(msgspec.Struct, rename="camel"):
    """A part of an object, in Kubernetes' spelling."""


def empty(kind: type[T]) -> T:
    """A field that is an empty `kind` where the object has none."""
    value: T = msgspec.field(default_factory=kind)
    return value


class Owner(Model):
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class Meta(Model):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    deletion_grace_period_seconds: int | None = None
    finalizers: list[str] | None = None
    labels: Texts = None
    annotations: Texts = None
    owner_references: list[Owner] | None = None

    @property
    def born(self) -> datetime:
        """When it was made, for sorting: long ago where that is not known."""
        return self.creation_timestamp or _EVER

    @property
    def controller(self) -> Owner | None:
        """The owner that would make a replacement."""
        return next((owner for owner in listed(self.owner_references) if owner.controller), None)

    def annotation(self, name: str) -> str:
        return mapped(self.annotations).get(name, "")

    def label(self, name: str) -> str:
        return mapped(self.labels).get(name, "")


class Thing(Model):
    """Any object, of which only the metadata matters."""

    kind: str = ""
    metadata: Meta = empty(Meta)


class Condition(Model):
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_update_time: datetime | None = None
    last_transition_time: datetime | None = None
    last_heartbeat_time: datetime | None = None
    """Of a node's conditions only."""


class ConditionedStatus(Model):
    conditions: list[Condition] | None = None


class Conditioned(Thing):
    """Any object that reports conditions."""

    status: ConditionedStatus = empty(ConditionedStatus)


class Requirement(Model):
    key: str = ""
    operator: str = ""
    values: list[str] | None = None


class Selector(Model):
    match_labels: Texts = None
    match_expressions: list[Requirement] | None = None


class RollingUpdate(Model):
    max_unavailable: int | str | None = None
    max_surge: int | str | None = None
    partition: int | None = None


class Strategy(Model):
    type: str = ""
    rolling_update: RollingUpdate | None = None


class WorkloadSpec(Model):
    """A Deployment's, StatefulSet's, DaemonSet's or ReplicaSet's spec. The template is kept as it came."""

    replicas: int | None = None
    selector: Selector = empty(Selector)
    template: msgspec.Raw = msgspec.Raw(b"{}")
    paused: bool = False
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None


class WorkloadStatus(Model):
    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    desired_number_scheduled: int = 0
    updated_number_scheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    conditions: list[Condition] | None = None


class Workload(Thing):
    spec: WorkloadSpec = empty(WorkloadSpec)
    status: WorkloadStatus = empty(WorkloadStatus)


class ControllerRevision(Thing):
    revision: int = 0
    data: msgspec.Raw = msgspec.Raw(b"{}")


class EventSeries(Model):
    count: int = 0
    last_observed_time: datetime | None = None


class EventModel(Thing):
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None
    involved_object: Owner = empty(Owner)


class NodeStatusModel(Model):
    conditions: list[Condition] | None = None
    allocatable: Amounts = None
    addresses: list[dict[str, Any]] | None = None
    node_info: dict[str, Any] | None = None


class NodeSpec(Model):
    unschedulable: bool = False
    taints: list[dict[str, Any]] | None = None


class Node(Thing):
    spec: NodeSpec = empty(NodeSpec)
    status: NodeStatusModel = empty(NodeStatusModel)


class Version(Model):
    git_version: str = ""

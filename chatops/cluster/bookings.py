"""What all pods of a cluster request, by node and by namespace, and whether a node could be missed. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chatops.cluster.facts import node_health
from chatops.cluster.models import Node, listed, mapped
from chatops.cluster.node_models import Tenant
from chatops.cluster.quantities import percent, quantity
from chatops.cluster.reservations import ENDED, reserved
from chatops.core.resources import Health

RESOURCES = ("cpu", "memory")

BOUND = ("DaemonSet", "Node")
"""Makers whose pods go with their node: they need no room elsewhere and are not missed there."""


@dataclass(slots=True)
class Room:
    """Cores and bytes, by resource, and a count of pods."""

    amounts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RESOURCES, 0.0))
    pods: int = 0

    def add(self, amounts: dict[str, float]) -> None:
        self.pods += 1
        for resource, amount in amounts.items():
            self.amounts[resource] += amount


@dataclass(slots=True)
class Bookings:
    """What all pods of the cluster request: by node, of that what goes with the node, by namespace, and without one."""

    by_node: dict[str, Room] = field(default_factory=lambda: defaultdict(Room))
    bound: dict[str, Room] = field(default_factory=lambda: defaultdict(Room))
    by_namespace: dict[str, Room] = field(default_factory=lambda: defaultdict(Room))
    waiting: Room = field(default_factory=Room)


def book(pods: Iterator[Tenant]) -> Bookings:
    """Everything that is not over; what waits for a node is apart."""
    booked = Bookings()
    for pod in pods:
        if pod.status.phase in ENDED:
            continue
        asked = {resource: reserved(pod, resource) for resource in RESOURCES}
        booked.by_namespace[pod.metadata.namespace].add(asked)
        if not pod.spec.node_name:
            booked.waiting.add(asked)
            continue
        booked.by_node[pod.spec.node_name].add(asked)
        owner = pod.metadata.controller
        if owner is not None and owner.kind in BOUND:
            booked.bound[pod.spec.node_name].add(asked)
    return booked


def without_one(usual: Sequence[Node], open_nodes: Sequence[Node], booked: Bookings) -> tuple[str, dict[str, int]]:
    """The node that would be missed most, and how full the others would then be, in percent.

    A sum, not a packing: pods that fit in sum may still find no single node with room for them.
    """
    found: list[tuple[int, str, dict[str, int]]] = []
    for lost in usual:
        others = [node for node in open_nodes if node is not lost]
        have, asked = room_of(others), asked_of(usual, booked)
        bound = booked.bound[lost.metadata.name].amounts
        shares = {each: percent(asked[each] - bound[each], have[each]) for each in RESOURCES}
        known = {each: 999 if share is None else min(share, 999) for each, share in shares.items()}
        found.append((max(known.values()), lost.metadata.name, known))
    _, name, shares_then = max(found, key=lambda each: each[0], default=(0, "", {}))
    return name, shares_then


def takes_pods(node: Node) -> bool:
    """Ready, not cordoned, and for anybody."""
    ready = node_health(node) in (Health.GOOD, Health.WARN)
    return ready and not node.spec.unschedulable and not reserved_for_others(node)


def reserved_for_others(node: Node) -> bool:
    """A control plane's node, on whose room nothing else may count."""
    return any(
        str(taint.get("key", "")).startswith("node-role.kubernetes.io/") and taint.get("effect") != "PreferNoSchedule"
        for taint in listed(node.spec.taints)
    )


def room_of(nodes: Sequence[Node]) -> dict[str, float]:
    """Allocatable, in sum."""
    return {each: sum(quantity(mapped(node.status.allocatable).get(each)) for node in nodes) for each in RESOURCES}


def asked_of(nodes: Sequence[Node], booked: Bookings) -> dict[str, float]:
    """Requests of what stands on these nodes, in sum."""
    return {each: sum(booked.by_node[node.metadata.name].amounts[each] for node in nodes) for each in RESOURCES}

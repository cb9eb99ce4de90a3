"""What all pods of a cluster request, by node and by namespace, and whether a node could be missed. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from chatops.cluster.models import Node
from chatops.cluster.node_models import Tenant
from chatops.cluster.nodes import BOUND
from chatops.cluster.reservations import RESOURCES, reserved
from chatops.core.amounts import percent
from chatops.core.quantities import amount_in


@dataclass(slots=True)
class Booking:
    """Cores and bytes, by resource, and a count of pods."""

    amounts: dict[str, Fraction] = field(default_factory=lambda: dict.fromkeys(RESOURCES, Fraction(0)))
    pods: int = 0

    def add(self, amounts: dict[str, Fraction]) -> None:
        self.pods += 1
        for resource, amount in amounts.items():
            self.amounts[resource] += amount


@dataclass(slots=True)
class Bookings:
    """What all pods of the cluster request: by node, of that what goes with the node, by namespace, and without one."""

    by_node: dict[str, Booking] = field(default_factory=lambda: defaultdict(Booking))
    bound: dict[str, Booking] = field(default_factory=lambda: defaultdict(Booking))
    by_namespace: dict[str, Booking] = field(default_factory=lambda: defaultdict(Booking))
    waiting: Booking = field(default_factory=Booking)


def book(pods: Iterator[Tenant]) -> Bookings:
    """Everything that is not over; what waits for a node is apart."""
    booked = Bookings()
    for pod in pods:
        if pod.has_ended:
            continue
        asked = {resource: reserved(pod.spec, resource) for resource in RESOURCES}
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
        have, asked = allocatable(others), asked_of(usual, booked)
        bound = booked.bound[lost.metadata.name].amounts
        shares = {each: percent(asked[each] - bound[each], have[each]) for each in RESOURCES}
        known = {each: 999 if share is None else min(share, 999) for each, share in shares.items()}
        found.append((max(known.values()), lost.metadata.name, known))
    _, name, shares_then = max(found, key=lambda each: each[0], default=(0, "", {}))
    return name, shares_then


def allocatable(nodes: Sequence[Node]) -> dict[str, Fraction]:
    """What the nodes can give, in sum."""
    return {each: sum((amount_in(node.status.allocatable, each) for node in nodes), Fraction(0)) for each in RESOURCES}


def asked_of(nodes: Sequence[Node], booked: Bookings) -> dict[str, Fraction]:
    """Requests of what stands on these nodes, in sum."""
    on = [booked.by_node[node.metadata.name].amounts for node in nodes]
    return {each: sum((amounts[each] for amounts in on), Fraction(0)) for each in RESOURCES}

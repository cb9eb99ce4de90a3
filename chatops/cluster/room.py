"""What pods ask for and what nodes have to give: whether the pods of one node fit on the others. Pure.

It counts requests, taints and the number of pods, as the scheduler does, and knows no affinity and no volumes: what it
calls fitting may still stay pending, what it calls not fitting will.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chatops.cluster.models import Node, listed, mapped
from chatops.cluster.pod_models import Container, Pod, PodSpec
from chatops.core.quantities import parse

RESOURCES = ("cpu", "memory")

_DEFAULT_PODS = 110

Amounts = Mapping[str, str | int | float] | None


@dataclass(frozen=True, slots=True)
class Room:
    """How full the other nodes are, and will be. `shares` are percent of what they can give, by resource."""

    nodes: int
    shares: dict[str, tuple[int, int]]
    homeless: int
    """Pods that no other node has room for, when they are placed one after the other, the largest first."""


def amount(amounts: Amounts, resource: str) -> Fraction:
    """The quantity of one resource, nothing where it is not named or no quantity."""
    try:
        return parse(str(mapped(amounts).get(resource, "0")))
    except ValueError:
        return Fraction(0)


def requested(spec: PodSpec, resource: str) -> Fraction:
    """What the scheduler sets aside for a pod.

    Its containers and sidecars together, or an init container with the sidecars before it where that is more, and the
    overhead of its runtime class.
    """
    together = sum((_of(each, resource) for each in listed(spec.containers)), Fraction(0))
    sidecars, starting = Fraction(0), Fraction(0)
    for each in listed(spec.init_containers):
        if each.restart_policy == "Always":
            sidecars += _of(each, resource)
        starting = max(starting, sidecars + (0 if each.restart_policy == "Always" else _of(each, resource)))
    return max(together + sidecars, starting) + amount(spec.overhead, resource)


def takes_pods(node: Node) -> bool:
    """Whether an ordinary pod may be placed on the node: ready, open, and without a taint against it."""
    ready = any(each.type == "Ready" and each.status == "True" for each in listed(node.status.conditions))
    closed = any(taint.get("effect") in ("NoSchedule", "NoExecute") for taint in listed(node.spec.taints))
    return ready and not node.spec.unschedulable and not closed


def room_for(moving: Sequence[Pod], nodes: Iterable[Node], others: Iterable[Pod]) -> Room:
    """Whether `moving` fit on those of `nodes` that take pods, beside the `others` that are on them."""
    have = {node.metadata.name: node for node in nodes if takes_pods(node)}
    free = {name: {each: amount(node.status.allocatable, each) for each in RESOURCES} for name, node in have.items()}
    seats = {name: seats_of(node) for name, node in have.items()}
    total = {each: sum((left[each] for left in free.values()), Fraction(0)) for each in RESOURCES}
    for pod in others:
        name = pod.spec.node_name
        if name in free and not pod.has_ended:
            seats[name] -= 1
            for each in RESOURCES:
                free[name][each] -= requested(pod.spec, each)
    used = {each: total[each] - sum((left[each] for left in free.values()), Fraction(0)) for each in RESOURCES}
    asked = [{each: requested(pod.spec, each) for each in RESOURCES} for pod in moving]
    more = {each: sum((one[each] for one in asked), Fraction(0)) for each in RESOURCES}
    return Room(
        nodes=len(have),
        shares={
            each: (_percent(used[each], total[each]), _percent(used[each] + more[each], total[each]))
            for each in RESOURCES
        },
        homeless=_homeless(asked, free, seats, total),
    )


def largest(nodes: Iterable[Node], resource: str) -> str:
    """The most that any one node can give, as it says it; empty when none says."""
    said = [str(mapped(node.status.allocatable).get(resource, "")) for node in nodes]
    return max((each for each in said if each), key=lambda each: amount({resource: each}, resource), default="")


def _homeless(
    asked: list[dict[str, Fraction]],
    free: dict[str, dict[str, Fraction]],
    seats: dict[str, int],
    total: dict[str, Fraction],
) -> int:
    def weight(amounts: Mapping[str, Fraction]) -> Fraction:
        return sum((amounts[each] / total[each] for each in RESOURCES if total[each]), Fraction(0))

    homeless = 0
    for one in sorted(asked, key=weight, reverse=True):
        fits = [name for name in free if seats[name] > 0 and all(free[name][each] >= one[each] for each in RESOURCES)]
        if not fits:
            homeless += 1
            continue
        chosen = max(fits, key=lambda name: weight(free[name]))
        seats[chosen] -= 1
        for each in RESOURCES:
            free[chosen][each] -= one[each]
    return homeless


def _of(container: Container, resource: str) -> Fraction:
    resources = container.resources
    if resources is None:
        return Fraction(0)
    # A pod that names only a limit is given a request of the same size.
    asked = resources.requests if resource in mapped(resources.requests) else resources.limits
    return amount(asked, resource)


def seats_of(node: Node) -> int:
    """How many pods the node takes at all."""
    return int(amount(node.status.allocatable, "pods")) or _DEFAULT_PODS


def _percent(part: Fraction, whole: Fraction) -> int:
    return round(part * 100 / whole) if whole else 0

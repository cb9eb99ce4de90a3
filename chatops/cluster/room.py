"""Whether the pods of one node fit on the others. Pure.

It counts requests, taints and the number of pods, as the scheduler does, and knows no affinity and no volumes: what it
calls fitting may still stay pending, what it calls not fitting will.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chatops.cluster.models import Node
from chatops.cluster.nodes import seats_of, takes_pods
from chatops.cluster.pod_models import Pod
from chatops.cluster.reservations import RESOURCES, reserved
from chatops.core.quantities import amount_in


@dataclass(frozen=True, slots=True)
class Room:
    """How full the other nodes are, and will be. `shares` are percent of what they can give, by resource."""

    nodes: int
    shares: dict[str, tuple[int, int]]
    homeless: int
    """Pods that no other node has room for, when they are placed one after the other, the largest first."""


def room_for(moving: Sequence[Pod], nodes: Iterable[Node], others: Iterable[Pod]) -> Room:
    """Whether `moving` fit on those of `nodes` that take pods, beside the `others` that are on them."""
    have = {node.metadata.name: node for node in nodes if takes_pods(node)}
    free = {name: {each: amount_in(node.status.allocatable, each) for each in RESOURCES} for name, node in have.items()}
    seats = {name: seats_of(node) for name, node in have.items()}
    total = {each: sum((left[each] for left in free.values()), Fraction(0)) for each in RESOURCES}
    for pod in others:
        name = pod.spec.node_name
        if name in free and not pod.has_ended:
            seats[name] -= 1
            for each in RESOURCES:
                free[name][each] -= reserved(pod.spec, each)
    used = {each: total[each] - sum((left[each] for left in free.values()), Fraction(0)) for each in RESOURCES}
    asked = [{each: reserved(pod.spec, each) for each in RESOURCES} for pod in moving]
    more = {each: sum((one[each] for one in asked), Fraction(0)) for each in RESOURCES}
    return Room(
        nodes=len(have),
        shares={
            each: (_percent(used[each], total[each]), _percent(used[each] + more[each], total[each]))
            for each in RESOURCES
        },
        homeless=_homeless(asked, free, seats, total),
    )


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


def _percent(part: Fraction, whole: Fraction) -> int:
    """Rounded: it is a forecast, and nothing is judged by it."""
    return round(part * 100 / whole) if whole else 0

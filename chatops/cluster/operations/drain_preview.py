"""What draining a node would do, told beforehand: the pods that go, what they leave behind, where they could go."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatops.cluster.asides import aside
from chatops.cluster.blast import left_without, names, scratch_volumes
from chatops.cluster.budgets import forbids, guards, read_budgets, told
from chatops.cluster.leaving import Leaving, leaving
from chatops.cluster.models import Node
from chatops.cluster.pod_models import Pod
from chatops.cluster.policy_models import Budget
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import RESOURCES
from chatops.cluster.room import Room, room_for
from chatops.core import cautions
from chatops.core.actions import Caution, Change


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything a drain touches. `others` are the pods on all other nodes; `room` is None without the right to see."""

    leaving: Leaving
    others: tuple[Pod, ...]
    budgets: tuple[Budget, ...]
    room: Room | None


def scope_of(reader: Reader, node: str) -> Scope:
    """Read what the drain of `node` would touch, all of the cluster's pods included."""
    found = leaving(reader, node)
    others = tuple(reader.every("Pod", Pod, fields=f"spec.nodeName!={node}"))
    return Scope(found, others, tuple(read_budgets(reader)), _room(reader, node, found.pods, others))


def drain_changes(scope: Scope) -> tuple[Change, ...]:
    """How many pods go and stay, and how full the other nodes get."""
    found = scope.leaving
    makers = {owner.uid for pod in found.pods if (owner := pod.metadata.controller) is not None}
    counts = [
        ("pods evicted", len(found.pods)),
        ("workloads", len(makers)),
        ("DaemonSet pods that stay", len(found.daemons)),
        ("static pods that stay", len(found.mirrors)),
    ]
    changes = [Change(what, "", str(count)) for what, count in counts if count or what == "pods evicted"]
    if scope.room is not None and scope.room.nodes:
        for resource in RESOURCES:
            before, after = scope.room.shares[resource]
            changes.append(Change(f"{resource} of the other nodes", f"{before} %", f"{after} %"))
    return tuple(changes)


def drain_cautions(scope: Scope) -> tuple[Caution, ...]:
    """The blast radius, what cannot be undone first."""
    pods = scope.leaving.pods
    scratch = [pod for pod in pods if scratch_volumes(pod) and not pod.has_ended]
    ownerless = [pod for pod in pods if pod.metadata.controller is None and not pod.has_ended]
    found = [
        (cautions.EMPTY_DIR_PODS, _counted(_named(scratch))),
        (cautions.OWNERLESS_PODS, _counted(_named(ownerless))),
        (cautions.NONE_LEFT, _counted(left_without(pods, scope.others))),
        *_blocked(scope),
    ]
    room = scope.room
    if room is None:
        found.append((cautions.ROOM_UNKNOWN, "-"))
    elif room.homeless:
        found.append((cautions.NO_ROOM, str(room.homeless)))
    return tuple(Caution(code, "" if code == cautions.ROOM_UNKNOWN else detail) for code, detail in found if detail)


def _blocked(scope: Scope) -> list[tuple[str, str]]:
    """The budgets that stand in the way as things are now, told apart from those that always will."""
    now: dict[str, Budget] = {}
    ever: dict[str, Budget] = {}
    for pod in scope.leaving.pods:
        guarding = guards(scope.budgets, pod)
        if forbids(guarding, pod):
            (ever if len(guarding) > 1 else now).update({budget.metadata.uid: budget for budget in guarding})
    return [(cautions.BUDGETS_BLOCK, told(now.values())), (cautions.SEVERAL_BUDGETS, told(ever.values()))]


def _named(pods: Iterable[Pod]) -> list[str]:
    return [pod.metadata.name for pod in pods]


def _counted(found: Iterable[str]) -> str:
    """`2 (cache-0, relay-6f)`; empty for none."""
    several = list(found)
    return f"{len(several)} ({names(several)})" if several else ""


def _room(reader: Reader, node: str, pods: tuple[Pod, ...], others: tuple[Pod, ...]) -> Room | None:
    nodes: list[Node] | None = aside(lambda: reader.every("Node", Node), None)
    if nodes is None:
        return None
    moving = [pod for pod in pods if pod.metadata.controller is not None and not pod.has_ended]
    return room_for(moving, [each for each in nodes if each.metadata.name != node], others)

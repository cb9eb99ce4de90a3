"""A node judged by itself: whether it is well, in kubectl's words, and whether it takes pods. Pure.

What stands on it is not looked at; how full it is, is counted in `room` and `bookings`.
"""

from collections.abc import Iterable

from chatops.cluster.conditions import as_it_should, judged, status_of
from chatops.cluster.models import Node, listed, mapped
from chatops.core.quantities import amount, amount_in
from chatops.core.resources import Health

_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_ROLE = "node-role.kubernetes.io/"
_CLOSING = ("NoSchedule", "NoExecute")

_DEFAULT_PODS = 110
"""How many pods a kubelet takes that is not told otherwise."""

BOUND = ("DaemonSet", "Node")
"""Makers whose pods go with their node: they need no room elsewhere and are not missed there."""


def node_health(node: Node) -> Health:
    """BAD when not Ready, WARN when under pressure or cordoned, UNKNOWN when its kubelet never reported."""
    ready = status_of(node.status.conditions, "Ready")
    if not ready:
        return Health.UNKNOWN
    if ready != "True":
        return Health.BAD
    strained = node.spec.unschedulable or not all(map(as_it_should, listed(node.status.conditions)))
    return Health.WARN if strained else Health.GOOD


def ready_words(node: Node) -> str:
    """`Ready`, `NotReady`; `Unknown` where no kubelet has reported."""
    return {"True": "Ready", "": "Unknown"}.get(status_of(node.status.conditions, "Ready"), "NotReady")


def status_words(node: Node) -> str:
    """kubectl's STATUS column: `Ready,SchedulingDisabled`."""
    return f"{ready_words(node)},SchedulingDisabled" if node.spec.unschedulable else ready_words(node)


def pressures_of(node: Node) -> list[str]:
    """The conditions whose True is bad news, while it is."""
    found = listed(node.status.conditions)
    return [each.type for each in found if each.status == "True" and judged(each) is Health.BAD]


def taint_words(node: Node) -> str:
    """`dedicated:NoSchedule` of each taint."""
    return ", ".join(f"{each.get('key', '')}:{each.get('effect', '')}" for each in listed(node.spec.taints))


def is_control_plane(node: Node) -> bool:
    return any(role in mapped(node.metadata.labels) for role in _CONTROL_PLANE)


def is_open(node: Node) -> bool:
    """Ready and not cordoned; its taints may still be against a pod."""
    return status_of(node.status.conditions, "Ready") == "True" and not node.spec.unschedulable


def takes_pods(node: Node) -> bool:
    """Whether an ordinary pod may be placed on the node: open, and without a taint against it."""
    return is_open(node) and not any(taint.get("effect") in _CLOSING for taint in listed(node.spec.taints))


def is_for_others(node: Node) -> bool:
    """Whether it has a role of its own, as a control plane's node has, so that nothing else may count on its room."""
    return any(
        str(taint.get("key", "")).startswith(_ROLE) and taint.get("effect") != "PreferNoSchedule"
        for taint in listed(node.spec.taints)
    )


def seats_of(node: Node) -> int:
    """How many pods the node takes at all."""
    return int(amount_in(node.status.allocatable, "pods")) or _DEFAULT_PODS


def largest(nodes: Iterable[Node], resource: str) -> str:
    """The most that any one node can give, as it says it; empty when none says."""
    said = [str(mapped(node.status.allocatable).get(resource, "")) for node in nodes]
    return max((each for each in said if each), key=lambda each: amount(each) or 0, default="")

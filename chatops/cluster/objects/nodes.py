"""A node: whether it is ready, what presses it, what fills it, and what is stuck on it."""

from datetime import datetime
from decimal import Decimal

from chatops.cluster.asides import aside
from chatops.cluster.models import Node, listed, mapped
from chatops.cluster.objects.amounts import amount, in_mebibytes
from chatops.cluster.objects.views import by_type, status_of, traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef

_ROLES = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_MIRROR = "kubernetes.io/config.mirror"

_BAD = frozenset(
    {
        "MemoryPressure",
        "DiskPressure",
        "PIDPressure",
        "NetworkUnavailable",
        "KernelDeadlock",
        "ReadonlyFilesystem",
        "CorruptDockerOverlay2",
        "FrequentKubeletRestart",
        "FrequentContainerdRestart",
        "FrequentDockerRestart",
        "FrequentUnregisterNetDevice",
    }
)
"""The kubelet's and node-problem-detector's conditions whose True is bad news. Others (`EtcdIsVoter`) mean well."""

_MOST_STUCK = 20


def see_node(reader: Reader, ref: ObjectRef, now: datetime | None) -> ObjectView:
    """The node with what may be done about it: its heaviest movable pod, and pods that should be gone by `now`."""
    node = reader.fetch(ref, Node)
    pods: list[Pod] | None = aside(lambda: reader.every("Pod", Pod, fields=f"spec.nodeName={ref.name}"), None)
    pressures = pressures_of(node)
    failed = None if pods is None else sum(1 for pod in pods if pod.status.phase == "Failed")
    ready = status_of(by_type(node.status.conditions), "Ready")
    return ObjectView(
        reader.ref("Node", node.metadata),
        node_health(node),
        traits(
            ready=ready,
            unschedulable=node.spec.unschedulable,
            pressures=", ".join(pressures),
            failed_pods=failed,
            control_plane=is_control_plane(node),
            summary=words(
                status_words(node),
                *pressures,
                "" if pods is None else f"{len(pods)} pods",
                str(mapped(node.status.node_info).get("kubeletVersion", "")),
            ),
        ),
        (*_heaviest(reader, pods or []), *_stuck(reader, pods or [], now)),
        managed_by(node.metadata),
    )


def node_health(node: Node) -> Health:
    """BAD when not Ready, WARN when under pressure or cordoned, UNKNOWN when its kubelet never reported."""
    ready = status_of(by_type(node.status.conditions), "Ready")
    if not ready:
        return Health.UNKNOWN
    if ready != "True":
        return Health.BAD
    return Health.WARN if node.spec.unschedulable or pressures_of(node) else Health.GOOD


def status_words(node: Node) -> str:
    """kubectl's STATUS column: `Ready,SchedulingDisabled`."""
    ready = status_of(by_type(node.status.conditions), "Ready")
    status = {"True": "Ready", "": "Unknown"}.get(ready, "NotReady")
    return f"{status},SchedulingDisabled" if node.spec.unschedulable else status


def pressures_of(node: Node) -> list[str]:
    return [c.type for c in listed(node.status.conditions) if c.status == "True" and c.type in _BAD]


def is_control_plane(node: Node) -> bool:
    return any(role in mapped(node.metadata.labels) for role in _ROLES)


def _heaviest(reader: Reader, pods: list[Pod]) -> list[Tie]:
    weights = [(weight_of(pod), pod) for pod in pods if _movable(pod)]
    weight, pod = max(weights, key=lambda pair: pair[0], default=(Decimal(0), None))
    return [Tie(TieRole.HEAVIEST, reader.ref("Pod", pod.metadata), in_mebibytes(weight))] if pod and weight else []


def _movable(pod: Pod) -> bool:
    """Whether a controller would make it anew elsewhere; a static pod runs on whatever becomes of its mirror."""
    owner = pod.metadata.controller
    over = pod.status.phase in ("Failed", "Succeeded") or pod.metadata.deletion_timestamp is not None
    mirror = bool(pod.metadata.annotation(_MIRROR))
    return owner is not None and owner.kind not in ("DaemonSet", "Node") and not mirror and not over


def weight_of(pod: Pod) -> Decimal:
    """Bytes of memory it may take: each container's limit, or its request where that is all there is."""
    total = Decimal(0)
    for container in listed(pod.spec.containers):
        resources = container.resources
        if resources is not None:
            said = mapped(resources.limits).get("memory"), mapped(resources.requests).get("memory")
            total += max(amount(value or 0) for value in said)
    return total


def _stuck(reader: Reader, pods: list[Pod], now: datetime | None) -> list[Tie]:
    """A deletionTimestamp lies at the end of the grace period."""
    if now is None:
        return []
    over = [pod for pod in pods if (end := pod.metadata.deletion_timestamp) is not None and end < now]
    return [Tie(TieRole.STUCK, reader.ref("Pod", pod.metadata), "Terminating") for pod in over[:_MOST_STUCK]]

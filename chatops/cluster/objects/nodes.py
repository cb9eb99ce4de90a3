"""A node: whether it is ready, what presses it, what fills it, and what is stuck on it."""

from datetime import datetime
from fractions import Fraction

from chatops.cluster.asides import aside
from chatops.cluster.conditions import status_of
from chatops.cluster.models import Node, listed, mapped
from chatops.cluster.nodes import BOUND, is_control_plane, node_health, pressures_of, status_words
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import limit, request
from chatops.core.amounts import bytes_text
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import ObjectRef

_MOST_STUCK = 20


def see_node(reader: Reader, ref: ObjectRef, now: datetime | None) -> ObjectView:
    """The node with what may be done about it: its heaviest movable pod, and pods that should be gone by `now`."""
    node = reader.fetch(ref, Node)
    pods: list[Pod] | None = aside(lambda: reader.every("Pod", Pod, fields=f"spec.nodeName={ref.name}"), None)
    pressures = pressures_of(node)
    failed = None if pods is None else sum(1 for pod in pods if pod.status.phase == "Failed")
    ready = status_of(node.status.conditions, "Ready")
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


def _heaviest(reader: Reader, pods: list[Pod]) -> list[Tie]:
    weights = [(weight_of(pod), pod) for pod in pods if _movable(pod)]
    weight, pod = max(weights, key=lambda pair: pair[0], default=(Fraction(0), None))
    return [Tie(TieRole.HEAVIEST, reader.ref("Pod", pod.metadata), bytes_text(weight))] if pod and weight else []


def _movable(pod: Pod) -> bool:
    """Whether a controller would make it anew elsewhere; a static pod runs on whatever becomes of its mirror."""
    owner = pod.metadata.controller
    over = pod.has_ended or pod.metadata.deletion_timestamp is not None
    return owner is not None and owner.kind not in BOUND and not pod.is_mirror and not over


def weight_of(pod: Pod) -> Fraction:
    """Bytes of memory it may take: each container's limit, or its request where that is all there is."""
    found = (container.resources for container in listed(pod.spec.containers))
    return sum((max(limit(each, "memory"), request(each, "memory")) for each in found), Fraction(0))


def _stuck(reader: Reader, pods: list[Pod], now: datetime | None) -> list[Tie]:
    """A deletionTimestamp lies at the end of the grace period."""
    if now is None:
        return []
    over = [pod for pod in pods if (end := pod.metadata.deletion_timestamp) is not None and end < now]
    return [Tie(TieRole.STUCK, reader.ref("Pod", pod.metadata), "Terminating") for pod in over[:_MOST_STUCK]]

"""node_status: how a node says it is, how long since, when it last said so, and how full it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chatops.cluster.describe import read_events
from chatops.cluster.durations import age
from chatops.cluster.facts import as_it_should, node_health
from chatops.cluster.models import listed, mapped
from chatops.cluster.node_models import Lease, NodeCondition, Tenant, WatchedNode
from chatops.cluster.plain import safe_text
from chatops.cluster.quantities import quantity, share_words
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import ENDED, reserved
from chatops.core.failures import Failure, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_LEASES = "kube-node-lease"
_LATE = timedelta(seconds=40)
"""Four heartbeats: the node controller's own node-monitor-grace-period was this for most of its life."""

_MOST_EVENTS = 5


def node_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    node = reader.fetch(ref, WatchedNode)
    seen = ObjectRef("Node", node.metadata.name, uid=node.metadata.uid, cluster=reader.name)
    conditions = listed(node.status.conditions)
    beat = _heartbeat(reader, ref.name, conditions)
    late = beat is None or now - beat > _LATE
    info = {key: str(value) for key, value in mapped(node.status.node_info).items()}
    facts = [
        ("status", _standing(node)),
        ("heartbeat", f"{age(beat, now)} ago" if beat else "<unknown>"),
        ("taints", ", ".join(f"{each.get('key', '')}:{each.get('effect', '')}" for each in listed(node.spec.taints))),
        *_room(reader, node),
        ("kubelet", info.get("kubeletVersion", "")),
        ("runtime", info.get("containerRuntimeVersion", "")),
        ("os", info.get("osImage", "")),
    ]
    sections = [
        Section(mark("Conditions"), tuple(_condition(each, now) for each in sorted(conditions, key=as_it_should)))
    ]
    warnings = [event for event in read_events(reader, seen) if event.warning][:_MOST_EVENTS]
    if warnings:
        told = (f"{e.reason} x{e.count} {age(e.last_at, now)} ago: {e.message}" for e in warnings)
        sections.append(Section(mark("Events"), tuple(Line(text, Health.WARN) for text in told)))
    return Report(
        "node_status",
        seen,
        node_health(node),
        facts=tuple((label, safe_text(value)) for label, value in facts if value),
        sections=tuple(section for section in sections if section.lines),
        notes=(Note("heartbeat_late"),) if late else (),
    )


def _standing(node: WatchedNode) -> str:
    """As kubectl's STATUS."""
    health = node_health(node)
    word = {Health.BAD: "NotReady", Health.UNKNOWN: "Unknown"}.get(health, "Ready")
    return f"{word},SchedulingDisabled" if node.spec.unschedulable else word


def _condition(condition: NodeCondition, now: datetime) -> Line:
    since = f" {age(condition.last_transition_time, now)}" if condition.last_transition_time else ""
    text = f"{condition.type} {condition.status}{since} {condition.reason}"
    good = as_it_should(condition)
    if not good and condition.message:
        text += f": {condition.message}"
    return Line(safe_text(text), Health.GOOD if good else Health.BAD)


def _heartbeat(reader: Reader, node: str, conditions: Sequence[NodeCondition]) -> datetime | None:
    """From the lease, which a kubelet renews every ten seconds; its conditions it repeats every few minutes only."""
    try:
        lease = reader.fetch(ObjectRef("Lease", node, _LEASES), Lease)
        if lease.spec.renew_time:
            return lease.spec.renew_time
    except Failure as failure:
        if failure.reason not in (Reason.NOT_FOUND, Reason.FORBIDDEN):
            raise
    return max((each.last_heartbeat_time for each in conditions if each.last_heartbeat_time), default=None)


def _room(reader: Reader, node: WatchedNode) -> list[tuple[str, str]]:
    """Requests of what runs there, of what there is; nothing without the right to see pods."""
    have = mapped(node.status.allocatable)

    def take(pods: Iterator[Tenant]) -> tuple[float, float, int]:
        cpu = memory = 0.0
        count = 0
        for pod in pods:
            if pod.status.phase not in ENDED:
                cpu, memory, count = cpu + reserved(pod, "cpu"), memory + reserved(pod, "memory"), count + 1
        return cpu, memory, count

    try:
        cpu, memory, count = reader.fold_pods_on(node.metadata.name, Tenant, take)
    except Failure as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        return []
    return [
        ("cpu requests", share_words("cpu", cpu, quantity(have.get("cpu")))),
        ("memory requests", share_words("memory", memory, quantity(have.get("memory")))),
        ("pods", f"{count}/{have.get('pods', '?')}"),
    ]

"""node_status: how a node says it is, how long since, when it last said so, and how full it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chatops.cluster.ages import age
from chatops.cluster.asides import aside
from chatops.cluster.bookings import Booking
from chatops.cluster.conditions import as_it_should
from chatops.cluster.describe import read_events
from chatops.cluster.models import Condition, Node, listed, mapped
from chatops.cluster.node_models import Lease, Tenant
from chatops.cluster.nodes import node_health, status_words, taint_words
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import RESOURCES, reserved
from chatops.core.amounts import share_words
from chatops.core.quantities import amount_in
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_LEASES = "kube-node-lease"
_LATE = timedelta(seconds=40)
"""Four heartbeats: the node controller's own node-monitor-grace-period was this for most of its life."""

_MOST_EVENTS = 5


def node_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    node = reader.fetch(ref, Node)
    seen = reader.ref("Node", node.metadata)
    conditions = listed(node.status.conditions)
    beat = _heartbeat(reader, ref.name, conditions)
    late = beat is None or now - beat > _LATE
    info = {key: str(value) for key, value in mapped(node.status.node_info).items()}
    facts = [
        ("status", status_words(node)),
        ("heartbeat", f"{age(beat, now)} ago" if beat else "<unknown>"),
        ("taints", taint_words(node)),
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
        told = (f"{e.reason} x{e.count} {age(e.last_at, now) or '<unknown>'} ago: {e.message}" for e in warnings)
        sections.append(Section(mark("Events"), tuple(Line(text, Health.WARN) for text in told)))
    return Report(
        "node_status",
        seen,
        node_health(node),
        facts=tuple((label, safe_text(value)) for label, value in facts if value),
        sections=tuple(section for section in sections if section.lines),
        notes=(Note("heartbeat_late"),) if late else (),
    )


def _condition(condition: Condition, now: datetime) -> Line:
    since = f" {age(condition.last_transition_time, now)}" if condition.last_transition_time else ""
    text = f"{condition.type} {condition.status}{since} {condition.reason}"
    good = as_it_should(condition)
    if not good and condition.message:
        text += f": {condition.message}"
    return Line(safe_text(text), Health.GOOD if good else Health.BAD)


def _heartbeat(reader: Reader, node: str, conditions: Sequence[Condition]) -> datetime | None:
    """From the lease, which a kubelet renews every ten seconds; its conditions it repeats every few minutes only."""
    lease = aside(lambda: reader.fetch(ObjectRef("Lease", node, _LEASES), Lease), None)
    if lease is not None and lease.spec.renew_time:
        return lease.spec.renew_time
    return max((each.last_heartbeat_time for each in conditions if each.last_heartbeat_time), default=None)


def _room(reader: Reader, node: Node) -> list[tuple[str, str]]:
    """Requests of what runs there, of what there is; nothing without the right to see pods."""
    have = node.status.allocatable

    def take(pods: Iterator[Tenant]) -> Booking:
        booked = Booking()
        for pod in pods:
            if not pod.has_ended:
                booked.add({resource: reserved(pod.spec, resource) for resource in RESOURCES})
        return booked

    booked = aside(lambda: reader.fold_pods_on(node.metadata.name, Tenant, take), None)
    if booked is None:
        return []
    return [
        *((f"{each} requests", share_words(each, booked.amounts[each], amount_in(have, each))) for each in RESOURCES),
        ("pods", f"{booked.pods}/{mapped(have).get('pods', '?')}"),
    ]

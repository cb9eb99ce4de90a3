"""Descriptions and event lists: an object with what happened to it. What its fields mean is in `facts`."""

from typing import Any

from chatops.cluster.answers import decode
from chatops.cluster.belongings import belongings
from chatops.cluster.conditions import health_by
from chatops.cluster.crowds import crowd_of
from chatops.cluster.events import event_lines, events_of
from chatops.cluster.facts import condition_lines, node_facts, pod_facts, workload_facts
from chatops.cluster.fulltext import full_text
from chatops.cluster.models import Conditioned, Node, Thing, Workload, listed
from chatops.cluster.nodes import node_health
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader, same_incarnation
from chatops.cluster.standing import Standing, said
from chatops.cluster.standings import STANDINGS
from chatops.cluster.workloads import workload_health
from chatops.core.failures import Failure, Reason
from chatops.core.resources import WORKLOADS, Description, EventLine, ObjectRef


def describe(reader: Reader, ref: ObjectRef) -> Description:
    """What is known of one object, of any kind that `places` knows."""
    data = reader.connection.get(reader.place(ref))
    meta = decode(data, Thing).metadata
    same_incarnation(ref, meta)
    seen = reader.ref(ref.kind, meta)
    standing = _standing(reader, seen, data)
    events = read_events(reader, seen)
    return Description(
        ref=seen,
        health=standing.health,
        facts=standing.facts,
        conditions=condition_lines(list(standing.conditions)),
        events=events,
        full_text=full_text(seen, decode(data, dict[str, Any]), standing.facts, events),
    )


def read_events(reader: Reader, ref: ObjectRef) -> tuple[EventLine, ...]:
    """Events of the object and of what belongs to it: of a workload, a Job, a claim or an autoscaler, its pods'.

    Without the right to read events there are none: the object itself is worth showing.
    """
    try:
        return event_lines(events_of(reader.connection, belongings(reader, ref)))
    except Failure as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        return ()


def _standing(reader: Reader, seen: ObjectRef, data: bytes) -> Standing:
    if seen.kind == "Pod":
        pod = decode(data, Pod)
        return Standing(pod_view(pod, reader.name).health, pod_facts(pod), tuple(listed(pod.status.conditions)))
    if seen.kind in WORKLOADS or seen.kind == "ReplicaSet":
        workload = decode(data, Workload)
        workload.kind = seen.kind
        return Standing(
            workload_health(workload, crowd_of(reader, workload).worst),
            workload_facts(workload),
            tuple(listed(workload.status.conditions)),
        )
    if seen.kind == "Node":
        node = decode(data, Node)
        count = reader.fold_pods_on(seen.name, Thing, lambda pods: sum(1 for _ in pods))
        return Standing(node_health(node), node_facts(node, count), tuple(listed(node.status.conditions)))
    judge = STANDINGS.get(seen.kind)
    if judge is not None:
        return judge(data)
    other = decode(data, Conditioned)
    conditions = tuple(listed(other.status.conditions))
    return Standing(health_by(conditions), said(("created", other.metadata.creation_timestamp)), conditions)

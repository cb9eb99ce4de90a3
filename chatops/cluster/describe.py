"""Descriptions and event lists: an object with what happened to it. What its fields mean is in `facts`."""

from typing import Any

from chatops.cluster.connection import decode
from chatops.cluster.crowds import crowd_of
from chatops.cluster.events import event_lines, events_of
from chatops.cluster.facts import (
    Facts,
    condition_lines,
    moment,
    node_facts,
    node_health,
    pod_facts,
    workload_facts,
)
from chatops.cluster.fulltext import full_text
from chatops.cluster.models import Condition, Conditioned, Node, Thing, Workload
from chatops.cluster.places import place
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader, same_incarnation
from chatops.cluster.workloads import workload_health
from chatops.core.failures import Failure, Reason
from chatops.core.resources import WORKLOADS, Description, EventLine, Health, ObjectRef

Found = tuple[Health, Facts, list[Condition] | None]


def describe(reader: Reader, ref: ObjectRef) -> Description:
    """What is known of one object, of any kind that `places` knows."""
    data = reader.connection.get(place(ref))
    meta = decode(data, Thing).metadata
    same_incarnation(ref, meta)
    seen = ObjectRef(ref.kind, meta.name, meta.namespace, meta.uid, reader.name)
    health, facts, conditions = _found(reader, seen, data)
    events = read_events(reader, seen)
    return Description(
        ref=seen,
        health=health,
        facts=facts,
        conditions=condition_lines(conditions),
        events=events,
        full_text=full_text(seen, decode(data, dict[str, Any]), facts, events),
    )


def read_events(reader: Reader, ref: ObjectRef) -> tuple[EventLine, ...]:
    """Events of the object; of a workload also those of its ReplicaSets and pods.

    Without the right to read events there are none: the object itself is worth showing.
    """
    try:
        return event_lines(events_of(reader.connection, _about(reader, ref)))
    except Failure as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        return ()


def _found(reader: Reader, seen: ObjectRef, data: bytes) -> Found:
    if seen.kind == "Pod":
        pod = decode(data, Pod)
        return pod_view(pod, reader.name).health, pod_facts(pod), pod.status.conditions
    if seen.kind in WORKLOADS or seen.kind == "ReplicaSet":
        workload = decode(data, Workload)
        workload.kind = seen.kind
        pods = crowd_of(reader, workload).worst
        return workload_health(workload, pods), workload_facts(workload), workload.status.conditions
    if seen.kind == "Node":
        node = decode(data, Node)
        count = reader.fold_pods_on(seen.name, Thing, lambda pods: sum(1 for _ in pods))
        return node_health(node), node_facts(node, count), node.status.conditions
    other = decode(data, Conditioned)
    created = moment(other.metadata.creation_timestamp)
    return Health.UNKNOWN, (("created", created),) if created else (), other.status.conditions


def _about(reader: Reader, ref: ObjectRef) -> list[ObjectRef]:
    if ref.kind not in WORKLOADS:
        return [ref]
    workload = reader.fetch(ref, Workload)
    own = ObjectRef(ref.kind, ref.name, ref.namespace, workload.metadata.uid, reader.name)
    pods = reader.fold_pods_of(workload, Thing, lambda found: [pod.metadata for pod in found])
    sets = reader.replica_sets_of(workload) if ref.kind == "Deployment" else []
    below = [*(("Pod", meta) for meta in pods), *(("ReplicaSet", meta) for meta in sets)]
    return [own, *(ObjectRef(kind, meta.name, ref.namespace, meta.uid, reader.name) for kind, meta in below)]

"""top: what something uses now beside what it asked for and may take; without metrics the latter two alone."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from chatops.cluster.loads import Load, container_load, load_health, load_words, pod_load, sums, verdict
from chatops.cluster.models import Node, Workload, listed
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import RESOURCES
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.selectors import selector_text
from chatops.cluster.usage import node_usage, pod_usage, pods_usage
from chatops.core.amounts import percent, share_words
from chatops.core.failures import Permanent, Reason
from chatops.core.quantities import amount_in
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, Health, ObjectRef, worst
from chatops.core.texts import mark

_ON_A_SCREEN = 12


def top(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    match ref.kind:
        case "Pod":
            return _pod(reader, ref)
        case "Node":
            return _node(reader, ref)
        case "HorizontalPodAutoscaler":
            return _autoscaler(reader, ref)
        case _ if ref.kind in WORKLOADS:
            return _workload(reader, ref, ref)
    raise Permanent(Reason.REFUSED, f"{ref.kind} uses nothing by itself")


def _pod(reader: Reader, ref: ObjectRef) -> Report:
    pod = reader.fetch(ref, Pod)
    measured = pod_usage(reader, ref)
    used = measured.pods.get((ref.namespace, ref.name), {})
    sidecars = [each for each in listed(pod.spec.init_containers) if each.restart_policy == "Always"]
    containers = (*listed(pod.spec.containers), *sidecars)
    loads = [container_load(container, used.get(container.name)) for container in containers]
    return _report(pod_ref(pod, reader.name), mark("Containers"), loads, measured.note)


def _autoscaler(reader: Reader, ref: ObjectRef) -> Report:
    target = reader.fetch(ref, HorizontalPodAutoscaler).spec.scale_target_ref
    if target.kind not in WORKLOADS:
        raise Permanent(Reason.REFUSED, f"{ref.kind} {ref.path} scales a {target.kind}, which is not looked at here")
    return _workload(reader, ref, ObjectRef(target.kind, target.name, ref.namespace, cluster=reader.name))


def _workload(reader: Reader, ref: ObjectRef, scaled: ObjectRef) -> Report:
    workload = reader.fetch(scaled, Workload)
    pods = reader.fold_pods_of(workload, Pod, lambda found: [pod_load(pod, reader.name) for pod in found])
    known = {load.name for load in pods}
    query = {"labelSelector": selector_text(workload.spec.selector) or ""}
    measured = pods_usage(reader, scaled.namespace, query, lambda key: key[1] in known)
    loads = [load.measured(measured.pod(scaled.namespace, load.name)) for load in pods]
    above = (reader.ref(scaled.kind, workload.metadata),)
    return _report(ref, mark("Pods"), loads, measured.note, related=above if ref != scaled else ())


def _node(reader: Reader, ref: ObjectRef) -> Report:
    node = reader.fetch(ref, Node)
    used, note = node_usage(reader, ref.name)
    loads = reader.fold_pods_on(ref.name, Pod, lambda found: _running(found, reader.name))
    if note is None:
        by_place = {(load.ref.namespace, load.ref.name): load for load in loads if load.ref}
        measured = pods_usage(reader, "", {}, by_place.__contains__)
        note = measured.note
        loads = [load.measured(measured.pod(*place)) for place, load in by_place.items()]
    room = {resource: amount_in(node.status.allocatable, resource) for resource in RESOURCES}
    facts = []
    for resource in RESOURCES:
        if used is not None:
            facts.append((resource, share_words(resource, used.of(resource), room[resource])))
        asked = sum((load.asked.of(resource) for load in loads), Fraction(0))
        facts.append((f"{resource} requests", share_words(resource, asked, room[resource])))
    shares = [percent(used.of(resource), room[resource]) for resource in RESOURCES] if used else []
    return _report(ref, mark("Pods"), loads, note, facts=tuple(facts), health=worst(map(verdict, shares)))


def _running(pods: Iterator[Pod], cluster: str) -> list[Load]:
    return [pod_load(pod, cluster, whole_name=True) for pod in pods if not pod.has_ended]


def _report(
    ref: ObjectRef,
    title: str,
    loads: list[Load],
    note: Note | None,
    *,
    facts: tuple[tuple[str, str], ...] = (),
    health: Health | None = None,
    related: tuple[ObjectRef, ...] = (),
) -> Report:
    loads = sorted(loads, key=lambda load: (load.weight, load.name))
    lines = tuple(Line(load_words(load), load_health(load)) for load in loads)
    by_lines = worst(line.health for line in lines if line.health)
    heavy = tuple(load.ref for load in loads if load.ref)[:4]
    return Report(
        "top",
        ref,
        health or by_lines,
        facts=facts or sums(loads),
        sections=(Section(title, lines),) if lines else (),
        notes=(note,) if note else (),
        related=(*related, *heavy),
        file_name=f"top-{ref.short_kind}-{ref.name}.txt",
        full_text="\n".join(line.text for line in lines) + "\n" if len(lines) > _ON_A_SCREEN else "",
    )

"""target_health: what there is to scrape, as Kubernetes sees it: the endpoints of a Service, the pods of a workload.

Why a scrape failed only Prometheus knows; this is what can be told without it.
"""

from datetime import datetime

from chatops.cluster.crowds import quick_crowd_of
from chatops.cluster.endpoints import Answering, backing
from chatops.cluster.models import Node, Thing, Workload, listed
from chatops.cluster.nodes import node_health
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.sections import conditions
from chatops.cluster.workloads import desired_of, ready_of, workload_health
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, Health, ObjectRef
from chatops.core.texts import mark

_MOST = 50


def target_health(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    match ref.kind:
        case "Service":
            return _service(reader, ref)
        case "Node":
            return _node(reader, ref, now)
        case _ if ref.kind in WORKLOADS:
            return _workload(reader, ref)
    raise Permanent(Reason.REFUSED, f"nothing scrapes a {ref.kind}")


def _service(reader: Reader, ref: ObjectRef) -> Report:
    meta = reader.fetch(ref, Thing).metadata
    found = backing(reader, ref)
    lines = tuple(Line(_words(each), Health.GOOD if each.ready else Health.BAD) for each in found.answering)
    pods = [each.target for each in found.answering if each.target is not None and each.target.kind == "Pod"]
    return Report(
        "target_health",
        reader.ref("Service", meta),
        found.health,
        facts=(("endpoints", found.words), ("ports", safe_text(", ".join(found.ports)))),
        sections=(Section(mark("Endpoints"), lines),) if lines else (),
        notes=(Note("no_prometheus"), *(() if found.answering else (Note("no_endpoints"),))),
        related=tuple(pods)[:6],
    )


def _words(each: Answering) -> str:
    state = "ready" if each.ready else "not ready"
    if each.terminating:
        state += ", terminating"
    name = each.target.name if each.target is not None else ""
    return safe_text(" ".join(filter(None, (name, ",".join(each.addresses), state, each.node))))


def _workload(reader: Reader, ref: ObjectRef) -> Report:
    workload = reader.fetch(ref, Workload)
    crowd = quick_crowd_of(reader, workload)
    lines = tuple(
        Line(safe_text(f"{pod.ref.name} {pod.status} {pod.ready}/{pod.total} {pod.node}".rstrip()), pod.health)
        for pod in crowd.worst[:_MOST]
    )
    return Report(
        "target_health",
        ref,
        workload_health(workload, crowd.worst),
        facts=(("ready", f"{ready_of(workload)}/{desired_of(workload)}"),),
        sections=(Section(mark("Pods"), lines),) if lines else (),
        notes=(Note("no_prometheus"),),
        related=tuple(pod.ref for pod in crowd.worst[:4] if pod.health is not Health.GOOD),
    )


def _node(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    node = reader.fetch(ref, Node)
    addresses = ", ".join(f"{entry.get('address', '')}" for entry in listed(node.status.addresses))
    return Report(
        "target_health",
        ref,
        node_health(node),
        facts=(("addresses", safe_text(addresses)),) if addresses else (),
        sections=conditions(listed(node.status.conditions), now),
        notes=(Note("no_prometheus"),),
    )

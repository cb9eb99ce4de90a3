"""target_health: what there is to scrape, as Kubernetes sees it: the endpoints of a Service, the pods of a workload.

Why a scrape failed only Prometheus knows; this is what can be told without it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chatops.cluster.crowds import quick_crowd_of
from chatops.cluster.facts import condition_lines, node_health
from chatops.cluster.models import Model, Node, Thing, Workload, listed
from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, ready_of, workload_health
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, Health, ObjectRef
from chatops.core.texts import mark

_OF_SERVICE = "kubernetes.io/service-name"
_MOST = 50


class _Conditions(Model):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class _Target(Model):
    kind: str = ""
    name: str = ""
    namespace: str = ""
    uid: str = ""


class _Endpoint(Model):
    addresses: list[str] | None = None
    conditions: _Conditions | None = None
    target_ref: _Target | None = None
    node_name: str = ""

    @property
    def ready(self) -> bool:
        """An unset condition means ready (discovery/v1)."""
        return self.conditions is None or self.conditions.ready is not False


class _Slice(Thing):
    endpoints: list[_Endpoint] | None = None
    ports: list[dict[str, Any]] | None = None


def target_health(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    match ref.kind:
        case "Service":
            return _service(reader, ref)
        case "Node":
            return _node(reader, ref)
        case _ if ref.kind in WORKLOADS:
            return _workload(reader, ref)
    raise Permanent(Reason.REFUSED, f"nothing scrapes a {ref.kind}")


def _service(reader: Reader, ref: ObjectRef) -> Report:
    seen = reader.fetch(ref, Thing).metadata
    query = {"labelSelector": f"{_OF_SERVICE}={ref.name}"}
    slices = reader.connection.list(collection("EndpointSlice", ref.namespace), _Slice, query)
    # A dual-stack Service has each pod once per address family.
    found = {_key(endpoint): endpoint for each in slices for endpoint in listed(each.endpoints)}
    endpoints = sorted(found.values(), key=lambda endpoint: (endpoint.ready, _key(endpoint)))
    ready = sum(1 for endpoint in endpoints if endpoint.ready)
    ports = sorted({f"{port.get('name') or ''}:{port.get('port')}" for each in slices for port in listed(each.ports)})
    health = Health.GOOD if ready == len(endpoints) else Health.WARN if ready else Health.BAD
    lines = tuple(Line(_words(each), Health.GOOD if each.ready else Health.BAD) for each in endpoints)
    return Report(
        "target_health",
        ObjectRef("Service", seen.name, seen.namespace, seen.uid, reader.name),
        health if endpoints else Health.BAD,
        facts=(("endpoints", f"{ready}/{len(endpoints)} ready"), ("ports", safe_text(", ".join(ports)))),
        sections=(Section(mark("Endpoints"), lines),) if lines else (),
        notes=(Note("no_prometheus"), *(() if endpoints else (Note("no_endpoints"),))),
        related=tuple(_pods(endpoints, reader.name))[:6],
    )


def _key(endpoint: _Endpoint) -> str:
    target = endpoint.target_ref
    return f"{target.namespace}/{target.name}" if target and target.name else ",".join(listed(endpoint.addresses))


def _words(endpoint: _Endpoint) -> str:
    target, conditions = endpoint.target_ref, endpoint.conditions
    state = "ready" if endpoint.ready else "not ready"
    if conditions and conditions.terminating:
        state += ", terminating"
    name = target.name if target and target.name else ""
    return safe_text(" ".join(filter(None, (name, ",".join(listed(endpoint.addresses)), state, endpoint.node_name))))


def _pods(endpoints: list[_Endpoint], cluster: str) -> Iterator[ObjectRef]:
    for endpoint in endpoints:
        target = endpoint.target_ref
        if target and target.kind == "Pod":
            yield ObjectRef("Pod", target.name, target.namespace, target.uid, cluster)


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


def _node(reader: Reader, ref: ObjectRef) -> Report:
    node = reader.fetch(ref, Node)
    addresses = ", ".join(f"{entry.get('address', '')}" for entry in listed(node.status.addresses))
    lines = tuple(
        Line(f"{type} {reason}".rstrip(), Health.GOOD if good else Health.BAD)
        for good, type, reason in condition_lines(node.status.conditions)
    )
    return Report(
        "target_health",
        ref,
        node_health(node),
        facts=(("addresses", safe_text(addresses)),) if addresses else (),
        sections=(Section(mark("Conditions"), lines),) if lines else (),
        notes=(Note("no_prometheus"),),
    )

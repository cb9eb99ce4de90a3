"""A Service: what it leads to, and how much of that is ready."""

from functools import partial

from chatops.cluster.asides import aside
from chatops.cluster.endpoints import SERVICE_NAME
from chatops.cluster.models import listed
from chatops.cluster.network_models import EndpointSlice, Service
from chatops.cluster.objects.views import sleeping_workloads, traits, words, workload_ties
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.standings.network import selector_words
from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef

_MOST_FETCHED = 10
"""Pods of a Service without a selector that are looked at one by one."""


def see_service(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD without a ready pod, WARN when some are not ready, UNKNOWN where it leads to no pods of this cluster."""
    service = reader.fetch(ref, Service)
    spec, meta = service.spec, service.metadata
    pods = pods_behind(reader, service)
    ready = sum(1 for pod in pods if pod.is_ready)
    ties = workload_ties(reader, pods)
    if not pods and spec.selector:
        ties = sleeping_workloads(reader, meta.namespace, spec.selector)
    ports = [f"{port.port}/{port.protocol}" for port in listed(spec.ports)]
    return ObjectView(
        reader.ref(ref.kind, meta),
        _health(service, ready, len(pods)),
        traits(
            summary=words(
                spec.type,
                spec.external_name,
                *ports,
                f"{ready}/{len(pods)} pods ready" if pods or spec.selector else "",
            )
        ),
        ties,
        managed_by(meta),
    )


def _health(service: Service, ready: int, pods: int) -> Health:
    if not pods and not service.spec.selector:
        return Health.UNKNOWN
    if not ready:
        return Health.BAD
    return Health.GOOD if ready == pods else Health.WARN


def pods_behind(reader: Reader, service: Service) -> list[Pod]:
    """By its selector, which also finds pods that are no endpoints yet; else the pods that its EndpointSlices name."""
    meta = service.metadata
    if selector := selector_words(service):
        return aside(partial(reader.every, "Pod", Pod, meta.namespace, labels=selector), [])
    if service.spec.type == "ExternalName":
        return []
    label = f"{SERVICE_NAME}={meta.name}"
    slices: list[EndpointSlice] = aside(
        lambda: reader.every("EndpointSlice", EndpointSlice, meta.namespace, labels=label), []
    )
    targets = [end.target_ref for each in slices for end in listed(each.endpoints) if end.target_ref is not None]
    refs = [ObjectRef("Pod", target.name, meta.namespace) for target in targets if target.kind == "Pod"]
    found = [aside(partial(reader.fetch, ref, Pod), None) for ref in refs[:_MOST_FETCHED]]
    return [pod for pod in found if pod is not None]

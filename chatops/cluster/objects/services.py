"""A Service: what it leads to, and how much of that is ready."""

from functools import partial

from chatops.cluster.asides import aside
from chatops.cluster.models import Model, Owner, Texts, Thing, empty, listed, mapped
from chatops.cluster.objects.views import by_type, sleeping_workloads, status_of, traits, words, workload_ties
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef

_MOST_FETCHED = 10
"""Pods of a Service without a selector that are looked at one by one."""


class ServicePort(Model):
    port: int = 0
    protocol: str = "TCP"


class ServiceSpec(Model):
    type: str = "ClusterIP"
    selector: Texts = None
    ports: list[ServicePort] | None = None
    external_name: str = ""


class ServiceModel(Thing):
    spec: ServiceSpec = empty(ServiceSpec)


class Endpoint(Model):
    target_ref: Owner | None = None


class Slice(Thing):
    endpoints: list[Endpoint] | None = None


def see_service(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD without a ready pod, WARN when some are not ready, UNKNOWN where it leads to no pods of this cluster."""
    service = reader.fetch(ref, ServiceModel)
    spec, meta = service.spec, service.metadata
    pods = pods_behind(reader, service)
    ready = sum(1 for pod in pods if status_of(by_type(pod.status.conditions), "Ready") == "True")
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


def _health(service: ServiceModel, ready: int, pods: int) -> Health:
    if not pods and not service.spec.selector:
        return Health.UNKNOWN
    if not ready:
        return Health.BAD
    return Health.GOOD if ready == pods else Health.WARN


def pods_behind(reader: Reader, service: ServiceModel) -> list[Pod]:
    """By its selector, which also finds pods that are no endpoints yet; else the pods that its EndpointSlices name."""
    meta = service.metadata
    selector = ",".join(f"{key}={value}" for key, value in sorted(mapped(service.spec.selector).items()))
    if selector:
        return aside(partial(reader.every, "Pod", Pod, meta.namespace, labels=selector), [])
    if service.spec.type == "ExternalName":
        return []
    label = f"kubernetes.io/service-name={meta.name}"
    slices: list[Slice] = aside(lambda: reader.every("EndpointSlice", Slice, meta.namespace, labels=label), [])
    targets = [end.target_ref for each in slices for end in listed(each.endpoints) if end.target_ref is not None]
    refs = [ObjectRef("Pod", target.name, meta.namespace) for target in targets if target.kind == "Pod"]
    found = [aside(partial(reader.fetch, ref, Pod), None) for ref in refs[:_MOST_FETCHED]]
    return [pod for pod in found if pod is not None]

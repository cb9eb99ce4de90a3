"""How much of a node a pod reserves, and how much it may take: the sums the scheduler makes. Pure.

The rules are those of k8s.io/component-helpers/resource (PodRequests, PodLimits): containers and sidecars together, or
the largest init container with the sidecars started before it, whichever is more; then the overhead. What the pod
itself is given as a whole stands before all of that.
"""

from collections.abc import Callable, Mapping, Sequence

from chatops.cluster.models import listed, mapped
from chatops.cluster.node_models import Asking, Lodger, Tenant
from chatops.cluster.pod_models import Container, Resources
from chatops.cluster.quantities import quantity

ENDED = ("Succeeded", "Failed")
"""Phases in which a pod takes no room any more."""


def reserved(pod: Tenant | Lodger, resource: str) -> float:
    """Requests, in cores or bytes; a limit counts as the request that is missing, as the API server has it."""
    whole = pod.spec.resources
    if whole is not None and resource in mapped(whole.requests):
        return quantity(mapped(whole.requests)[resource]) + _overhead(pod, resource)
    asked, _ = _sum(pod.spec.containers, pod.spec.init_containers, resource, _request)
    return asked + _overhead(pod, resource)


def allowed(pod: Tenant | Lodger, resource: str) -> float:
    """Limits, in cores or bytes; 0 where a container has none, for then nothing bounds the pod."""
    whole = pod.spec.resources
    if whole is not None and resource in mapped(whole.limits):
        return quantity(mapped(whole.limits)[resource]) + _overhead(pod, resource)
    most, bounded = _sum(pod.spec.containers, pod.spec.init_containers, resource, limit)
    return most + _overhead(pod, resource) if bounded else 0.0


def _request(resources: Resources | None, resource: str) -> float:
    if resources is None:
        return 0.0
    found = mapped(resources.requests).get(resource, mapped(resources.limits).get(resource))
    return quantity(found)


def limit(resources: Resources | None, resource: str) -> float:
    """A container's own limit, 0 where it has none."""
    return quantity(mapped(resources.limits).get(resource)) if resources is not None else 0.0


def request(resources: Resources | None, resource: str) -> float:
    """A container's own request, 0 where it has none."""
    return quantity(mapped(resources.requests).get(resource)) if resources is not None else 0.0


def _sum(
    containers: Sequence[Asking | Container] | None,
    init_containers: Sequence[Asking | Container] | None,
    resource: str,
    of: Callable[[Resources | None, str], float],
) -> tuple[float, bool]:
    """(the sum, whether each long-lived container has a share in it)."""
    shares = [of(container.resources, resource) for container in listed(containers)]
    sidecars = most = 0.0
    for container in listed(init_containers):
        share = of(container.resources, resource)
        if container.restart_policy == "Always":
            sidecars += share
            shares.append(share)
            most = max(most, sidecars)
        else:
            most = max(most, sidecars + share)
    return max(sum(shares), most), bool(shares) and all(shares)


def _overhead(pod: Tenant | Lodger, resource: str) -> float:
    overhead: Mapping[str, object] = mapped(pod.spec.overhead)
    return quantity(overhead.get(resource))

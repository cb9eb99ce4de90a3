"""What a pod asks for: how much of a node it reserves and may take, as the scheduler sums it up, and of a quota. Pure.

The rules are those of k8s.io/component-helpers/resource (PodRequests, PodLimits): containers and sidecars together, or
the largest init container with the sidecars started before it, whichever is more; then the overhead. What the pod
itself is given as a whole stands before all of that. A ResourceQuota counts by the same rules.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction

from chatops.cluster.models import listed, mapped
from chatops.cluster.node_models import Asking, TenantSpec
from chatops.cluster.pod_models import Container, Pod, PodSpec, Resources
from chatops.core.quantities import NOTHING, amount_in

RESOURCES = ("cpu", "memory")
"""What nodes and pods are compared by."""

_PLAIN = ("cpu", "memory", "ephemeral-storage")
"""Resources whose requests a quota may name without saying `requests.`."""


def reserved(spec: PodSpec | TenantSpec, resource: str) -> Fraction:
    """Requests, in cores or bytes; a limit counts as the request that is missing, as the API server has it."""
    whole = spec.resources
    if whole is not None and resource in mapped(whole.requests):
        return amount_in(whole.requests, resource) + amount_in(spec.overhead, resource)
    asked, _ = _sum(spec, lambda resources: _request_or_limit(resources, resource))
    return asked + amount_in(spec.overhead, resource)


def allowed(spec: PodSpec | TenantSpec, resource: str) -> Fraction:
    """Limits, in cores or bytes; 0 where a container has none, for then nothing bounds the pod."""
    most, bounded = _limits(spec, resource)
    return most if bounded else NOTHING


def request(resources: Resources | None, resource: str) -> Fraction:
    """A container's own request, 0 where it has none."""
    return amount_in(resources.requests, resource) if resources is not None else NOTHING


def limit(resources: Resources | None, resource: str) -> Fraction:
    """A container's own limit, 0 where it has none."""
    return amount_in(resources.limits, resource) if resources is not None else NOTHING


def is_asked_by_pods(line: str) -> bool:
    """Whether a quota's line is of what pods take: not storage of claims, not a count of other objects."""
    return line in ("pods", "count/pods") or _named(line) is not None


def counted(pod: Pod, line: str) -> Fraction:
    """How much of a quota's line (`requests.cpu`, `limits.memory`, `pods`) the pod takes.

    A pod that has ended takes nothing but a `count/pods`.
    """
    if line == "count/pods":
        return Fraction(1)
    if pod.has_ended:
        return NOTHING
    if line == "pods":
        return Fraction(1)
    named = _named(line)
    if named is None:
        return NOTHING
    of_limits, resource = named
    return _limits(pod.spec, resource)[0] if of_limits else reserved(pod.spec, resource)


def _named(line: str) -> tuple[bool, str] | None:
    """(of the limits, the container's word for it); None for what no container asks for."""
    if line in _PLAIN:
        return False, line
    kind, _, resource = line.partition(".")
    if resource == "storage" or kind not in ("requests", "limits") or not resource:
        return (False, line) if line.startswith("hugepages-") else None
    return kind == "limits", resource


def _request_or_limit(resources: Resources | None, resource: str) -> Fraction:
    named = resources is not None and resource in mapped(resources.requests)
    return request(resources, resource) if named else limit(resources, resource)


def _limits(spec: PodSpec | TenantSpec, resource: str) -> tuple[Fraction, bool]:
    """(all limits together, whether they bound the pod)."""
    whole = spec.resources
    if whole is not None and resource in mapped(whole.limits):
        return amount_in(whole.limits, resource) + amount_in(spec.overhead, resource), True
    most, bounded = _sum(spec, lambda resources: limit(resources, resource))
    return (most + amount_in(spec.overhead, resource) if most else most), bounded


def _sum(spec: PodSpec | TenantSpec, of: Callable[[Resources | None], Fraction]) -> tuple[Fraction, bool]:
    """(the sum, whether each long-lived container has a share in it)."""
    containers: Iterable[Container | Asking] = listed(spec.containers)
    starting: Iterable[Container | Asking] = listed(spec.init_containers)
    shares = [of(container.resources) for container in containers]
    sidecars = most = NOTHING
    for container in starting:
        share = of(container.resources)
        if container.restart_policy == "Always":
            sidecars += share
            shares.append(share)
            most = max(most, sidecars)
        else:
            most = max(most, sidecars + share)
    return max(sum(shares, NOTHING), most), bool(shares) and all(shares)

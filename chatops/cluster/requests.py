"""What pods ask for, counted as a ResourceQuota counts it. Pure."""

from decimal import Decimal

from chatops.cluster.amounts import amount
from chatops.cluster.models import listed, mapped
from chatops.cluster.pod_models import Container, Pod

_PLAIN = ("cpu", "memory", "ephemeral-storage")
"""Resources whose requests a quota may name without saying `requests.`."""

_ENDED = ("Succeeded", "Failed")


def is_asked_by_pods(resource: str) -> bool:
    """Whether it is a resource that pods take: not storage of claims, not a count of other objects."""
    return resource in ("pods", "count/pods") or _named(resource) is not None


def asked(pod: Pod, resource: str) -> Decimal:
    """How much of `resource` (a quota's word: `requests.cpu`, `limits.memory`, `pods`) the pod takes.

    A pod that has ended takes nothing but a `count/pods`. Init containers run before the others, so the larger of both
    counts; those that stay (restartPolicy Always) run beside them.
    """
    if resource == "count/pods":
        return Decimal(1)
    if pod.status.phase in _ENDED:
        return Decimal(0)
    if resource == "pods":
        return Decimal(1)
    named = _named(resource)
    if named is None:
        return Decimal(0)
    limits, name = named
    running = sum((_of(each, limits, name) for each in listed(pod.spec.containers)), Decimal(0))
    starting = Decimal(0)
    for each in listed(pod.spec.init_containers):
        if each.restart_policy == "Always":
            running += _of(each, limits, name)
        else:
            starting = max(starting, _of(each, limits, name))
    return max(running, starting)


def _named(resource: str) -> tuple[bool, str] | None:
    """(of the limits, the container's word for it); None for what no container asks for."""
    if resource in _PLAIN:
        return False, resource
    kind, _, name = resource.partition(".")
    if name == "storage" or kind not in ("requests", "limits") or not name:
        return (False, resource) if resource.startswith("hugepages-") else None
    return kind == "limits", name


def _of(container: Container, limits: bool, name: str) -> Decimal:
    resources = container.resources
    if resources is None:
        return Decimal(0)
    given = mapped(resources.limits if limits else resources.requests).get(name)
    return amount(given) or Decimal(0)

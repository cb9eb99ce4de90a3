"""A container's or a pod's use beside its requests and limits: in words, judged, summed up. Pure."""

from dataclasses import dataclass, replace
from fractions import Fraction

from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Container, Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.reservations import RESOURCES, allowed, limit, request, reserved
from chatops.cluster.usage import Usage
from chatops.core.amounts import percent, share_words, words_of
from chatops.core.resources import Health, ObjectRef, worst

_SHORT = {"cpu": "cpu", "memory": "mem"}

_BOUNDED = (80, 95)
"""Percent of a limit from which it is worth a warning, and from which memory is about to end in an OOM kill."""


@dataclass(frozen=True, slots=True)
class Load:
    """One container, or one pod: usage (None where it is not measured), requests and limits (0 where there is none)."""

    name: str
    used: Usage | None
    asked: Usage
    bound: Usage
    ref: ObjectRef | None = None

    @property
    def weight(self) -> tuple[Fraction, Fraction]:
        said = self.used or self.asked
        return -said.memory, -said.cpu

    def measured(self, used: Usage | None) -> "Load":
        return replace(self, used=used)


def container_load(container: Container, used: Usage | None) -> Load:
    resources = container.resources
    asked = Usage(*(request(resources, resource) for resource in RESOURCES))
    return Load(container.name, used, asked, Usage(*(limit(resources, resource) for resource in RESOURCES)))


def pod_load(pod: Pod, cluster: str, *, whole_name: bool = False) -> Load:
    """Not measured yet; `whole_name` has its namespace in it."""
    ref = pod_ref(pod, cluster)
    asked = Usage(*(reserved(pod.spec, resource) for resource in RESOURCES))
    bound = Usage(*(allowed(pod.spec, resource) for resource in RESOURCES))
    return Load(ref.path if whole_name else ref.name, None, asked, bound, ref)


def load_words(load: Load) -> str:
    """`app cpu 0.41/1 41% · mem 498Mi/512Mi 97%`; against the request, and so named, where there is no limit."""
    parts = []
    for resource in RESOURCES:
        bound, asked = load.bound.of(resource), load.asked.of(resource)
        if load.used is None:
            part = f"-/{words_of(resource, bound)}" if bound else "-"
        else:
            part = share_words(resource, load.used.of(resource), bound)
        if asked and (not bound or load.used is None):
            part += f" (request {words_of(resource, asked)})"
        parts.append(f"{_SHORT[resource]} {part}")
    return safe_text(f"{load.name} {' · '.join(parts)}")


def load_health(load: Load) -> Health | None:
    """By its limits; None where nothing is measured."""
    if load.used is None:
        return None
    memory = verdict(percent(load.used.memory, load.bound.memory))
    cpu = verdict(percent(load.used.cpu, load.bound.cpu))
    # At its cpu limit a container is slowed, at its memory limit it is killed.
    return worst((memory, Health.WARN if cpu is Health.BAD else cpu))


def verdict(share: int | None) -> Health:
    """Of a percentage of what there is; GOOD where nothing bounds it."""
    if share is None or share < _BOUNDED[0]:
        return Health.GOOD
    return Health.BAD if share >= _BOUNDED[1] else Health.WARN


def sums(loads: list[Load]) -> tuple[tuple[str, str], ...]:
    """Of all loads together, as facts."""
    facts = []
    for resource in RESOURCES:
        measured = [load.used.of(resource) for load in loads if load.used]
        asked = sum((load.asked.of(resource) for load in loads), Fraction(0))
        used = words_of(resource, sum(measured, Fraction(0))) if measured else "-"
        facts.append((resource, f"{used}, requests {words_of(resource, asked)}"))
    return tuple(facts)

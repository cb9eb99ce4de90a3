"""What pods and nodes use now, as metrics.k8s.io tells it. It judges nothing; without metrics it says why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from chatops.cluster.answers import decode
from chatops.cluster.models import Amounts, Model, Thing, listed
from chatops.cluster.places import base
from chatops.cluster.reader import Reader
from chatops.core.failures import Failure, Reason
from chatops.core.quantities import amount_in
from chatops.core.reports import Note
from chatops.core.resources import ObjectRef

_BASE = base("metrics.k8s.io")
_UNSERVED = "could not find the requested resource"
"""The API server's words for a path nobody serves; an object that is not there is named instead."""

T = TypeVar("T")

PodKey = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Cores, bytes of working set."""

    cpu: Fraction = Fraction(0)
    memory: Fraction = Fraction(0)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu + other.cpu, self.memory + other.memory)

    def of(self, resource: str) -> Fraction:
        return self.cpu if resource == "cpu" else self.memory


@dataclass(frozen=True, slots=True)
class Measured:
    """Usage by pod and container. `note` says why there is none."""

    pods: Mapping[PodKey, Mapping[str, Usage]] = field(default_factory=dict)
    note: Note | None = None

    def pod(self, namespace: str, name: str) -> Usage | None:
        containers = self.pods.get((namespace, name))
        return None if containers is None else sum(containers.values(), Usage())


class _Container(Model):
    name: str = ""
    usage: Amounts = None


class _PodMetrics(Thing):
    containers: list[_Container] | None = None


class _NodeMetrics(Thing):
    usage: Amounts = None


def pod_usage(reader: Reader, ref: ObjectRef) -> Measured:
    """Of one pod; nothing measured yet of one that has just begun."""

    def read() -> Measured:
        data = reader.connection.get(f"{_BASE}/namespaces/{ref.namespace}/pods/{ref.name}")
        return Measured({(ref.namespace, ref.name): _containers(decode(data, _PodMetrics))})

    return _unless_absent(read, lambda note: Measured(note=note))


def pods_usage(reader: Reader, namespace: str, query: Mapping[str, str], wanted: Callable[[PodKey], bool]) -> Measured:
    """Of the pods `wanted`, in one namespace or (empty) in all."""
    path = f"{_BASE}/namespaces/{namespace}/pods" if namespace else f"{_BASE}/pods"

    def take(found: Iterator[_PodMetrics]) -> Measured:
        keyed = (((each.metadata.namespace, each.metadata.name), each) for each in found)
        return Measured({key: _containers(each) for key, each in keyed if wanted(key)})

    return _unless_absent(
        lambda: reader.connection.fold(path, _PodMetrics, take, query), lambda note: Measured(note=note)
    )


def node_usage(reader: Reader, node: str) -> tuple[Usage | None, Note | None]:
    """Of a node, or why it is not known."""

    def read() -> tuple[Usage | None, Note | None]:
        return _usage(decode(reader.connection.get(f"{_BASE}/nodes/{node}"), _NodeMetrics).usage), None

    return _unless_absent(read, lambda note: (None, note))


def _unless_absent(read: Callable[[], T], without: Callable[[Note | None], T]) -> T:
    """Metrics are an extra: their absence hides nothing that is known without them."""
    try:
        return read()
    except Failure as failure:
        match failure.reason:
            case Reason.NOT_FOUND if _UNSERVED not in failure.detail:
                return without(Note("not_measured"))
            case Reason.NOT_FOUND | Reason.SERVER_ERROR | Reason.TIMEOUT:
                return without(Note("no_metrics"))
            case Reason.FORBIDDEN:
                return without(Note("metrics_denied"))
            case _:
                raise


def _containers(metrics: _PodMetrics) -> dict[str, Usage]:
    return {container.name: _usage(container.usage) for container in listed(metrics.containers)}


def _usage(amounts: Amounts) -> Usage:
    return Usage(amount_in(amounts, "cpu"), amount_in(amounts, "memory"))

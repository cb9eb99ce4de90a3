"""Who answers behind a Service: the addresses in its EndpointSlices, and the pods its selector means."""

from dataclasses import dataclass

from chatops.cluster.models import Selector
from chatops.cluster.network_models import Endpoint, EndpointPort, EndpointSlice, Service
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.core.resources import Health, ObjectRef, PodView

SERVICE_NAME = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class Answering:
    """One pod, machine or other target behind a Service, with all its addresses (one for each IP family)."""

    addresses: tuple[str, ...]
    ready: bool
    terminating: bool
    node: str = ""
    target: ObjectRef | None = None


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind one Service."""

    answering: tuple[Answering, ...]
    ports: tuple[str, ...]

    @property
    def ready(self) -> int:
        return sum(each.ready for each in self.answering)

    @property
    def health(self) -> Health:
        """BAD when nobody answers, WARN when some do not."""
        if not self.ready:
            return Health.BAD
        # One that is on its way out is not ready, and that is how it should be.
        waiting = any(not each.ready and not each.terminating for each in self.answering)
        return Health.WARN if waiting else Health.GOOD

    @property
    def words(self) -> str:
        return f"{self.ready}/{len(self.answering)} ready"


def backing(reader: Reader, service: ObjectRef) -> Backing:
    """What the Service's own EndpointSlices say."""
    label = f"{SERVICE_NAME}={service.name}"
    slices = reader.every("EndpointSlice", EndpointSlice, service.namespace, labels=label)
    return backing_of(slices, reader.name)


def backings(reader: Reader, namespace: str) -> dict[str, Backing]:
    """What stands behind each Service of the namespace, by its name."""
    by_service: dict[str, list[EndpointSlice]] = {}
    for each in reader.every("EndpointSlice", EndpointSlice, namespace):
        by_service.setdefault(each.metadata.label(SERVICE_NAME), []).append(each)
    return {name: backing_of(slices, reader.name) for name, slices in by_service.items() if name}


def backing_of(slices: list[EndpointSlice], cluster: str) -> Backing:
    """The slices as one: large Services have many, and one in two IP families has each pod twice."""
    found: dict[str, list[Endpoint]] = {}
    for each in slices:
        for endpoint in each.endpoints or ():
            target = endpoint.target_ref
            key = f"{target.kind}/{target.name}" if target is not None else ",".join(endpoint.addresses or ())
            found.setdefault(key, []).append(endpoint)
    ports = dict.fromkeys(_port_words(port) for each in slices for port in each.ports or ())
    answering = [_answering(endpoints, cluster) for endpoints in found.values()]
    answering.sort(key=lambda each: (each.ready, each.terminating, each.addresses))
    return Backing(tuple(answering), tuple(ports))


def selected_pods(reader: Reader, service: Service) -> tuple[PodView, ...]:
    """The living pods its selector means, worst first; none for a Service whose endpoints are made by hand."""
    selector = selector_text(Selector(match_labels=service.spec.selector))
    if selector is None:
        return ()
    pods = reader.every("Pod", Pod, service.metadata.namespace, labels=selector)
    views = [pod_view(pod, reader.name) for pod in pods if not pod.has_ended]
    return tuple(sorted(views, key=lambda view: (view.health.rank, -view.restarts, view.ref.name)))


def _port_words(port: EndpointPort) -> str:
    protocol = "" if port.protocol in (None, "TCP") else f"/{port.protocol}"
    return f"{port.name or ''} {port.port or '*'}{protocol}".strip()


def _answering(endpoints: list[Endpoint], cluster: str) -> Answering:
    first = endpoints[0]
    target = first.target_ref
    return Answering(
        tuple(dict.fromkeys(address for each in endpoints for address in each.addresses or ())),
        all(each.is_ready for each in endpoints),
        any(bool(each.conditions.terminating) for each in endpoints),
        first.node_name or "",
        ObjectRef(target.kind, target.name, target.namespace, target.uid, cluster) if target is not None else None,
    )

"""Alerts about traffic: the Service, the Ingress or the outside address that requests go to."""

from chatops.core.resources import ObjectRef
from chatops.core.victims.addresses import Address
from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.messengers import is_exporter
from chatops.core.victims.named import any_workload
from chatops.core.victims.reading import reading

_TARGETS = ("instance", "target", "url", "server", "addr", "address", "host", "hostname")
"""Labels of exporters that measure what they are pointed at."""

_NOWHERE = ("unknown", "PassthroughCluster", "InboundPassthroughCluster", "BlackHoleCluster")
"""Istio's words for a destination that is none of the mesh's."""

_MOST_SPLITS = 12


@reading("instance", "target")
def probed(labels: Labels) -> Clue | None:
    """A prober's or exporter's target: `instance` (or `target`) is a URL, where a scraped pod's is host and port."""
    for label in _TARGETS[:2]:
        address = Address.of(labels.get(label))
        if address.scheme and address.host:
            return _at(labels, address)
    return None


@reading(*_TARGETS)
def pointed_at(labels: Labels) -> Clue | None:
    """A name of the cluster's DNS under a label that says what was measured; software's own pods call others so too."""
    if labels.own_pod and not is_exporter(labels) and "exported_namespace" not in labels:
        return None
    for label in _TARGETS:
        address = Address.of(labels.get(label))
        if address.service:
            return _at(labels, address)
    return None


@reading("destination_service_name", "destination_service", "dst_service", "destination_workload")
def mesh(labels: Labels) -> Clue | None:
    """Istio's and Linkerd's destination. The pod beside it may be either end's."""
    name, within = (
        labels.get("destination_service_name"),
        labels.first("destination_service_namespace", "destination_workload_namespace"),
    )
    if is_name(name) and name not in _NOWHERE and within:
        found = Address.of(name).service
        return Clue(labels.ref("Service", *(reversed(found) if found else (name, within))))
    if found := Address.of(labels.get("destination_service")).service:
        return Clue(labels.ref("Service", found[1], found[0]))
    if is_name(labels.get("dst_service")) and "dst_namespace" in labels:
        return Clue(labels.ref("Service", labels.get("dst_service"), labels.get("dst_namespace")))
    workload = labels.get("destination_workload")
    if is_name(workload) and workload not in _NOWHERE:
        return any_workload(labels, workload, labels.get("destination_workload_namespace") or labels.namespace)
    return None


@reading("service", "exported_service", "ingress", "exported_ingress")
def proxied(labels: Labels) -> Clue | None:
    """What an ingress controller calls the Service behind it: Traefik's `<namespace>-<name>-<port>@kubernetes`."""
    value, at, provider = labels.victim("service").partition("@")
    if at and provider.startswith("kubernetes"):
        found = [labels.ref("Service", name, namespace) for namespace, name in splits(value)]
        if found:
            return Clue(found[0], tuple(found[1:]))
    if is_name(name := labels.get("exported_service")):
        return Clue(labels.ref("Service", name))
    if is_name(name := labels.victim("ingress")):
        service = labels.get("service_name") or ("" if labels.own_pod else labels.get("service"))
        if is_name(service):
            return Clue(labels.ref("Service", service), (labels.ref("Ingress", name),))
        return Clue(labels.ref("Ingress", name))
    return None


def splits(value: str) -> list[tuple[str, str]]:
    """The ways to read `shop-checkout-8080` as namespace, name and port, the likeliest first.

    All three may hold dashes; most namespaces and ports do not.
    """
    parts = value.split("-")
    found = [
        ("-".join(parts[:first]), "-".join(parts[first:last]))
        for last in range(len(parts) - 1, 1, -1)
        for first in range(1, last)
    ]
    return [pair for pair in found if is_name(pair[0]) and is_name(pair[1])][:_MOST_SPLITS]


def hosted(labels: Labels) -> ObjectRef | None:
    """The Ingress that may serve a host, on an alert that names no pod. Other software's hosts are no Ingress's."""
    host = labels.get("host")
    if "." not in host or not is_name(host) or Address.of(host).numeric or Address.of(host).service:
        return None
    return None if labels.own_pod or "exported_pod" in labels else labels.ref("Ingress", host, "")


@reading("host")
def acme(labels: Labels) -> Clue | None:
    """A certificate authority's host, as cert-manager's ACME client labels its requests."""
    host = labels.get("host")
    if "." in host and is_name(host) and ("acme" in host or "cert-manager" in labels.job):
        return Clue(labels.ref("Issuer", host, ""))
    return None


def _at(labels: Labels, address: Address) -> Clue | None:
    if found := address.service:
        service = labels.ref("Service", found[1], found[0])
        if pod := address.pod:
            return Clue(labels.ref("Pod", pod[1], pod[0]), (service,))
        return Clue(service)
    if address.numeric or not is_name(address.host):
        return None
    return Clue(labels.ref("External", address.host), path=address.path)


@reading("instance")
def outside(labels: Labels) -> Clue | None:
    """An instance with a name that no pod and no node would have."""
    address = labels.instance
    if "." in address.host and not address.numeric and not labels.own_pod:
        return _at(labels, address)
    return None

"""Objects by the address they have instead of their name: nodes, pods, issuers."""

from functools import partial
from ipaddress import ip_address

from chatops.cluster.asides import aside
from chatops.cluster.certificate_models import Issuer
from chatops.cluster.models import Node, listed
from chatops.cluster.network_models import Ingress
from chatops.cluster.objects.ingresses import serves
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.core.resources import ObjectRef

_OVER = ("Failed", "Succeeded")


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def node_at(reader: Reader, address: str) -> ObjectRef | None:
    """The node with this address (an IP, or a host name in full), or called like the name's first part."""
    nodes = reader.every("Node", Node)
    found = next((node for node in nodes if address in _addresses(node)), None)
    if found is None and not is_address(address):
        short = address.partition(".")[0]
        found = next((node for node in nodes if node.metadata.name.partition(".")[0] == short), None)
    return reader.ref("Node", found.metadata) if found else None


def _addresses(node: Node) -> set[str]:
    return {str(entry.get("address", "")) for entry in listed(node.status.addresses)}


def pod_at(reader: Reader, address: str) -> ObjectRef | None:
    """The one pod with this IP. Pods on the host's network share the node's, so that it says nothing of them."""
    found = reader.every("Pod", Pod, fields=f"status.podIP={address}")
    living = [pod for pod in found if pod.status.phase not in _OVER and pod.metadata.deletion_timestamp is None]
    return reader.ref("Pod", living[0].metadata) if len(living) == 1 else None


def issuers_at(reader: Reader, host: str) -> list[ObjectRef]:
    """The issuers that order at an ACME server of this host."""
    found: list[ObjectRef] = []
    for kind in ("ClusterIssuer", "Issuer"):
        issuers: list[Issuer] = aside(partial(reader.every, kind, Issuer), [])
        found += [
            reader.ref(kind, issuer.metadata)
            for issuer in issuers
            if issuer.spec.acme and _host(issuer.spec.acme.server) == host
        ]
    return found


def ingresses_for(reader: Reader, host: str) -> list[ObjectRef]:
    """The Ingresses with a rule for this host."""
    ingresses: list[Ingress] = aside(partial(reader.every, "Ingress", Ingress), [])
    return [reader.ref("Ingress", each.metadata) for each in ingresses if serves(each, host)]


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()

"""Alerts about machines: node-exporter's, the kubelet's, and others' that name a node."""

import re

from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.messengers import labelled_by_victim, victim_pod
from chatops.core.victims.reading import reading
from chatops.core.victims.words import names_of

HARDWARE = ("device", "mountpoint", "fstype", "master", "chip", "disk")
"""Labels of a machine's parts. Mostly node-exporter's; others' too, so that the node has to be there."""

_NODE_LABELS = ("node", "nodename", "kubernetes_node", "node_name", "k8s_node_name")
_HOST_LABELS = ("Hostname", "hostname")

_NODE_EXPORTER = re.compile(r"(^|[-_])(node|windows)[-_]?exporter($|[-_])")

_PORTS = ("10250", "10255", "10249", "10256", "9100")
"""Kubelet, kube-proxy and node-exporter: what listens there is the machine itself."""


def machine(labels: Labels) -> Clue | None:
    """The Node by its label, else by the instance's name or address, else the one that the exporter's pod runs on."""
    certain = _certainly(labels)
    if not certain and not _probably(labels):
        return None
    pod = labels.own_pod
    carrier = labels.ref("Pod", pod, labels.own_namespace) if pod else None
    name = labels.first(*_NODE_LABELS) or labels.instance.host
    if not is_name(name) and not labels.instance.numeric:
        return Clue(labels.whole_cluster, carrier=carrier) if certain and carrier else None
    node = labels.ref("Node", name)
    if certain:
        return Clue(node, carrier=carrier)
    # What other software calls a node, or a device, may be something of its own.
    others = (carrier,) if carrier else (labels.whole_cluster,)
    return Clue(node, others, names=() if carrier else names_of(labels), namespace=labels.own_namespace)


@reading(*_NODE_LABELS, *_HOST_LABELS)
def node_named(labels: Labels) -> Clue | None:
    """A label that can only be the name of a node, on an alert that names nothing smaller."""
    name = labels.first(*_NODE_LABELS, *_HOST_LABELS)
    return Clue(labels.ref("Node", name)) if is_name(name) else None


def _certainly(labels: Labels) -> bool:
    """By who measured: node-exporter always, and what watches nodes and pods alike where no pod is named."""
    if "exported_pod" in labels:
        return False
    if _NODE_EXPORTER.search(labels.job) or _NODE_EXPORTER.search(labels.own_pod) or labels.job == "node":
        return True
    if victim_pod(labels):
        return False
    trusted = labelled_by_victim(labels) or not labels.job
    return labels.instance.port in _PORTS or (trusted and is_name(labels.first(*_NODE_LABELS)))


def _probably(labels: Labels) -> bool:
    """By labels that mostly mean a machine, and by the alert's own word for what it is about."""
    if "exported_pod" in labels or (labelled_by_victim(labels) and labels.own_pod):
        return False
    if any(label in labels for label in HARDWARE) or labels.alertname.startswith(("Node", "Host")):
        return True
    if not is_name(labels.first(*_NODE_LABELS)):
        return False
    return not labels.own_pod or ("Node" in labels.alertname and "Pod" not in labels.alertname)

"""Alerts about machines: node-exporter's, the kubelet's, and others' that name a node."""

import re

from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.messengers import labelled_by_victim

HARDWARE = ("device", "mountpoint", "fstype", "master", "chip")
"""Labels that only node-exporter's own metrics carry: the alert is about a machine."""

_NODE_LABELS = ("node", "nodename", "kubernetes_node", "node_name")
_HOST_LABELS = ("Hostname", "hostname")

_NODE_EXPORTER = re.compile(r"(^|[-_])(node|windows)[-_]?exporter($|[-_])")

_PORTS = ("10250", "10255", "10249", "10256", "9100")
"""Kubelet, kube-proxy and node-exporter: what listens there is the machine itself."""


def machine(labels: Labels) -> Clue | None:
    """The Node by its label, else by the instance's name or address, else the one that the exporter's pod runs on."""
    certain = _certainly(labels)
    if not certain and not _probably(labels):
        return None
    own_pod = labels.own_pod
    carrier = labels.ref("Pod", own_pod, labels.own_namespace) if own_pod else None
    name = labels.first(*_NODE_LABELS) or labels.instance.host
    if not is_name(name) and not labels.instance.numeric:
        return Clue(labels.whole_cluster, carrier=carrier) if certain and carrier else None
    # Whoever else carries such a label is told by its instance being no node's.
    others = () if certain or carrier is None else (carrier,)
    return Clue(labels.ref("Node", name), others, carrier=carrier if certain else None)


def node_named(labels: Labels) -> Clue | None:
    """A label that can only be the name of a node, on an alert that names nothing smaller."""
    name = labels.first(*_NODE_LABELS, *_HOST_LABELS)
    return Clue(labels.ref("Node", name)) if is_name(name) else None


def _certainly(labels: Labels) -> bool:
    if labelled_by_victim(labels) and labels.own_pod:
        return False
    if _NODE_EXPORTER.search(labels.job) or _NODE_EXPORTER.search(labels.own_pod) or labels.job == "node":
        return "exported_pod" not in labels
    small = labels.own_pod or "exported_pod" in labels
    return not small and bool(is_name(labels.first(*_NODE_LABELS)) or labels.instance.port in _PORTS)


def _probably(labels: Labels) -> bool:
    if "exported_pod" in labels or (labelled_by_victim(labels) and labels.own_pod):
        return False
    if any(label in labels for label in HARDWARE) or labels.alertname.startswith(("Node", "Host")):
        return True
    return "Node" in labels.alertname and "Pod" not in labels.alertname and is_name(labels.first(*_NODE_LABELS))

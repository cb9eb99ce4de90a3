"""Alerts about what was scraped: the pod or Service of the labels itself, unless it measures something else."""

import re

from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.machines import node_named
from chatops.core.victims.messengers import is_exporter, labelled_by_victim
from chatops.core.victims.reading import reading
from chatops.core.victims.words import names_of, subjects_of

_MEMBER = re.compile(r"[a-z0-9][-a-z0-9]*-\d+")
"""A StatefulSet's pod, which clustered software takes for its own name (`name` of Elasticsearch's exporter)."""


def pod(labels: Labels) -> Clue | None:
    """The pod, `exported_pod` first. An exporter's pod is a messenger: what it measures is looked for before it."""
    if name := labels.get("exported_pod"):
        return Clue(labels.ref("Pod", name))
    name, within = labels.own_pod, labels.own_namespace
    if not name:
        return None
    suspect = labels.ref("Pod", name, within)
    if labelled_by_victim(labels):
        if "exported_namespace" in labels:
            return None
        # Labelled by the victim; where it has no pod, the exporter's own is left, beside another's namespace.
        own = "kube-state-metrics" in name
        return Clue(suspect, (labels.whole_cluster,) if own else ())
    if is_exporter(labels):
        if "Hostname" in labels and (node := node_named(labels)):
            return node
        member = labels.get("name")
        if _MEMBER.fullmatch(member):
            return Clue(labels.ref("Pod", member, within), (suspect,), names=subjects_of(labels), namespace=within)
        return Clue(suspect, names=subjects_of(labels), namespace=within, messenger=True)
    service = labels.get("service")
    others = (labels.ref("Service", service, within),) if is_name(service) and within else ()
    return Clue(suspect, others)


@reading("service")
def service(labels: Labels) -> Clue | None:
    """The Service whose targets were scraped."""
    name, within = labels.get("service"), labels.own_namespace
    if not is_name(name) or not within:
        return None
    if labelled_by_victim(labels):
        if "exported_namespace" in labels:
            return None
        return Clue(labels.ref("Service", name, within), (labels.whole_cluster,))
    return Clue(labels.ref("Service", name, within))


@reading("instance")
def address(labels: Labels) -> Clue | None:
    """Nothing but where it was scraped: the pod, or else the node, that has this address."""
    instance = labels.instance
    if not instance.numeric or labelled_by_victim(labels):
        return None
    found = labels.ref("Pod", instance.host, ""), labels.ref("Node", instance.host)
    first, second = found if instance.port else found[::-1]
    subjects = subjects_of(labels) if is_exporter(labels) else ()
    within = labels.own_namespace
    # An address is no name to show, and names of pods are; so these come last and the cluster stands for them.
    names = subjects or names_of(labels)
    return Clue(labels.whole_cluster, (first, second), names=names, namespace=within, messenger=bool(subjects))

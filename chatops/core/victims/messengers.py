"""Scrapes that measure something else than what was scraped, by the names that exporters go by."""

import re

from chatops.core.victims.labels import Labels

METRICS_OF_OTHERS = re.compile(r"kube-state-metrics|kubelet|cadvisor|kubernetes-nodes|resource-metrics")
"""Scrape jobs that measure other objects: there `pod` is the victim, as these exporters label by what they watch."""

_EXPORTER = re.compile(r"(^|[-_])exporter($|[-_0-9])")


def labelled_by_victim(labels: Labels) -> bool:
    return METRICS_OF_OTHERS.search(labels.job) is not None


def victim_pod(labels: Labels) -> str:
    """The plain `pod` where it may be the victim: kube-state-metrics' own stands beside nodes and the like, too."""
    pod = labels.own_pod
    return "" if labelled_by_victim(labels) and "kube-state-metrics" in pod else pod


def is_exporter(labels: Labels) -> bool:
    """An exporter of its own. One beside the software, in the same pod, is told by that pod's name not to be."""
    names = (labels.own_pod,) if labels.own_pod else (labels.job, labels.get("container"))
    return any(_EXPORTER.search(name) for name in names)

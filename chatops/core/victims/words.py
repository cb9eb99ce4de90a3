"""Names that a workload may have, from the words of an alert that names no object. Good for a guess, no more."""

import re

from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.messengers import METRICS_OF_OTHERS

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MOST_WORDS = 4

_NAME_LABELS = ("app_kubernetes_io_name", "app", "k8s_app", "kubernetes_name", "release")
"""What scrape configurations that copy the pods' labels call the software."""

_GENERAL = """
alert api app application blackbox client cluster config container controller cpu cron daemon daemonset deployment disk
endpoint error errors exporter high host hpa http https ingress instance job k8s kube kubelet kubernetes low memory
metrics missing monitoring namespace network no node out persistent pod probe pv pvc quota scrape server service slow
ssl stateful statefulset storage system target tls too uptime volume website
"""
TOO_GENERAL = frozenset(_GENERAL.split())
"""First words of alerts that are no software's name."""

_AROUND_EXPORTER = re.compile(r"(^|-)(prometheus|metrics|exporter)(?=-|$)")


def names_of(labels: Labels) -> tuple[str, ...]:
    """What labels call the scraped software, then the alert's leading words, longest first."""
    given = [labels.job, *labels.victim("service").split("@")[:1], *(labels.get(label) for label in _NAME_LABELS)]
    given.append("" if labels.instance.numeric else labels.instance.host)
    told = [name.lower() for name in given if not METRICS_OF_OTHERS.search(name)]
    return _distinct([name for name in told if name not in TOO_GENERAL] + leading_words(labels.alertname))


def subjects_of(labels: Labels) -> tuple[str, ...]:
    """What an exporter measures, by the exporter's own name: `prometheus-redis-exporter` -> `redis`."""
    # A pod's name ends in what its controllers add.
    pod = labels.own_pod
    own = pod[: pod.find("exporter") + len("exporter")] if "exporter" in pod else ""
    given = [own, labels.job, labels.get("container"), labels.get("service")]
    exporters = [name.lower() for name in given if "exporter" in name]
    found = [_AROUND_EXPORTER.sub("", name).strip("-") for name in exporters]
    subjects = [name for name in found if name and name not in TOO_GENERAL]
    return _distinct(subjects + leading_words(labels.alertname)[-1:])


def leading_words(alertname: str) -> list[str]:
    """`PrometheusOperatorListErrors` -> `prometheus-operator-list-errors`, ..., `prometheus-operator`, `prometheus`."""
    words = [word.lower() for word in _WORDS.findall(alertname)][:_MOST_WORDS]
    found = ["-".join(words[:count]) for count in range(len(words), 0, -1)]
    return [name for name in found if name not in TOO_GENERAL]


def _distinct(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if is_name(name)))

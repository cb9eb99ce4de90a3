"""What an alert talks about, in a few words: memory, latency, certificates. It never says which object is broken.

The words are those of the field and not of any rule set: the parts of the alert's name, and the labels that name a
resource or a reason.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Topic(StrEnum):
    """What the trouble is about. An alert can have several, or none."""

    MEMORY = "memory"
    CPU = "cpu"
    DISK = "disk"
    LOAD = "load"
    """Too much work for too few: latency, throttling, queues, error rates."""
    IDLE = "idle"
    """More than is needed."""
    CERTIFICATE = "certificate"
    ROLLOUT = "rollout"
    """A new version that does not get through."""
    HARDWARE = "hardware"
    """A machine that cannot be trusted: disks, network, clock, kernel."""


_WORDS = {
    Topic.MEMORY: ("memory", "mem", "oom", "oomkilled", "oomkiller", "heap", "memorypressure", "swap"),
    Topic.CPU: ("cpu", "throttle", "throttling", "throttled"),
    Topic.DISK: ("disk", "filesystem", "space", "inodes", "volume", "storage", "diskpressure", "tsdb", "wal"),
    Topic.LOAD: (
        "latency",
        "slow",
        "load",
        "saturation",
        "saturated",
        "throttle",
        "throttling",
        "throttled",
        "queue",
        "backlog",
        "lag",
        "behind",
        "requests",
        "errors",
        "error",
        "5xx",
        "4xx",
        "rate",
        "high",
        "maxed",
        "utilization",
        "usage",
        "throughput",
    ),
    Topic.IDLE: ("underutilized", "underutilised", "idle", "low", "unused", "overprovisioned"),
    Topic.CERTIFICATE: (
        "certificate",
        "certificates",
        "cert",
        "certs",
        "ssl",
        "tls",
        "expiring",
        "expired",
        "expiration",
    ),
    Topic.ROLLOUT: ("rollout", "rolled", "generation", "revision", "deploy", "upgrade", "updated"),
    Topic.HARDWARE: (
        "raid",
        "network",
        "interface",
        "bond",
        "bonding",
        "clock",
        "temperature",
        "overtemperature",
        "edac",
        "hardware",
        "systemd",
        "kernel",
        "conntrack",
    ),
}

_TOPIC_OF = {
    word: [topic for topic, words in _WORDS.items() if word in words] for words in _WORDS.values() for word in words
}

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]+")

_TELLING_LABELS = ("resource", "reason", "condition", "eviction_signal")


def topics_of(labels_of_alerts: Iterable[Mapping[str, str]]) -> frozenset[Topic]:
    """The topics of all these alerts together."""
    found: set[Topic] = set()
    for labels in labels_of_alerts:
        texts = [labels.get("alertname", ""), *(labels.get(name, "") for name in _TELLING_LABELS)]
        for part in (part.lower() for text in texts for part in _PARTS.findall(text)):
            found.update(_TOPIC_OF.get(part, ()))
    return frozenset(found)

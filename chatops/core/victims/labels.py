"""An alert's labels, read by what they stand for. A scrape without honorLabels renames the victim's to `exported_X`."""

import re
from collections.abc import Mapping
from functools import cached_property

from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.core.victims.addresses import Address

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")

_POD_LABELS = (
    "k8s_pod_name",
    "pod",
    "pod_name",
    "kubernetes_pod_name",
    "kubernetes_pod",
    "container_label_io_kubernetes_pod_name",
)
_NAMESPACE_LABELS = (
    "k8s_namespace_name",
    "k8s_ns_name",
    "namespace",
    "kubernetes_namespace",
    "namespace_name",
    "container_label_io_kubernetes_pod_namespace",
)
"""Spellings of different scrape configurations and ages. A watcher's `k8s_` is the victim's beside its own `pod`."""


class Labels:
    """The labels of one alert. Everything is a string, empty where the label is absent."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def __contains__(self, label: str) -> bool:
        return bool(self._labels.get(label))

    def without(self, names: frozenset[str]) -> bool:
        """Whether it has none of these labels, not even an empty one."""
        return self._labels.keys().isdisjoint(names)

    def get(self, label: str) -> str:
        return self._labels.get(label, "")

    def first(self, *labels: str) -> str:
        """The first of these labels that is there."""
        get = self._labels.get
        for label in labels:
            if value := get(label):
                return value
        return ""

    def victim(self, label: str) -> str:
        """`exported_X` before `X`."""
        get = self._labels.get
        return get(f"exported_{label}") or get(label, "")

    @property
    def alertname(self) -> str:
        return self.get("alertname")

    @property
    def cluster(self) -> str:
        return self.get("cluster")

    @property
    def namespace(self) -> str:
        """The namespace of what labels of one kind name."""
        return self.get("exported_namespace") or self.own_namespace

    @cached_property
    def own_namespace(self) -> str:
        """The namespace of the plain `pod` and `service`, which are not `exported_`."""
        return self.first(*_NAMESPACE_LABELS)

    @cached_property
    def own_pod(self) -> str:
        return self.first(*_POD_LABELS)

    @cached_property
    def job(self) -> str:
        """The scrape job without the namespace that some put before it (`monitoring/node-exporter`)."""
        return self.get("job").rpartition("/")[2]

    @property
    def job_namespace(self) -> str:
        return self.get("job").rpartition("/")[0]

    @cached_property
    def instance(self) -> Address:
        return Address.of(self.get("instance"))

    def ref(self, kind: str, name: str, namespace: str | None = None) -> ObjectRef:
        """A reference in this alert's cluster; its namespace is the victim's where none is given."""
        within = self.namespace if namespace is None else namespace
        return ObjectRef(kind, name, "" if kind in CLUSTER_WIDE else within, cluster=self.cluster)

    @property
    def whole_cluster(self) -> ObjectRef:
        return self.ref("Cluster", self.cluster)


def is_name(text: str) -> bool:
    """Whether an object can be called so: what other systems call a node or a service often cannot be one's name."""
    return _NAME.fullmatch(text) is not None

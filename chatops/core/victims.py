"""Which objects an alert is about, from its labels alone. General rules; no alert name decides an object.

The `pod`, `namespace` and `job` labels often name the exporter that measured, not the victim. The order below is that
of specificity: the label that can only mean the victim wins, and labels that may mean the messenger come last.
"""

from collections.abc import Iterable, Mapping

from chatops.core.resources import CLUSTER_WIDE, ObjectRef

NAMED_KINDS = {
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
    "hpa": "HorizontalPodAutoscaler",
    "poddisruptionbudget": "PodDisruptionBudget",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "cronjob": "CronJob",
    "job_name": "Job",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
    "deployment": "Deployment",
    "replicaset": "ReplicaSet",
    "resourcequota": "ResourceQuota",
    "persistentvolume": "PersistentVolume",
}
"""Labels that name an object of exactly one kind. `job` is not among them: it is the scrape job."""

NODE_HARDWARE = ("device", "mountpoint", "fstype", "master", "chip")
"""Labels that only node-exporter's own metrics carry: the alert is about a machine."""

NODE_JOBS = ("node-exporter", "node_exporter", "node")

METRICS_OF_OTHERS = ("kube-state-metrics", "kubelet", "cadvisor")
"""Scrape jobs that measure other objects: there `pod` is the victim, as these exporters label by what they watch."""


CUSTOM_KIND = "customresource_kind"
"""Names the kind that `name` is of, where kube-state-metrics watches custom resources (Flux)."""


def suspects_of(labels_of_alerts: Iterable[Mapping[str, str]]) -> tuple[ObjectRef, ...]:
    """The distinct suspects of several alerts, in the order first met."""
    found: dict[ObjectRef, None] = {}
    for labels in labels_of_alerts:
        suspect = suspect_of(labels)
        if suspect:
            found.setdefault(suspect)
    return tuple(found)


def suspect_of(labels: Mapping[str, str]) -> ObjectRef | None:
    """The object these labels are about, or None when they name none. Whether it exists is for the cluster to say."""
    cluster = labels.get("cluster", "")
    namespace = labels.get("exported_namespace") or labels.get("namespace", "")

    def ref(kind: str, name: str, within: str = namespace) -> ObjectRef:
        return ObjectRef(kind, name, "" if kind in CLUSTER_WIDE else within, cluster=cluster)

    custom = _custom_resource(labels)
    if custom:
        return ref(*custom)
    for label, kind in NAMED_KINDS.items():
        name = _victim_label(labels, label)
        if name:
            return ref(kind, name)
    if _about_a_machine(labels):
        name = labels.get("node") or labels.get("nodename") or _host(labels.get("instance", ""))
        return ref("Node", name) if name else None
    workload = labels.get("destination_workload", "")
    if workload:
        return ref("Deployment", workload, labels.get("destination_workload_namespace", "") or namespace)
    pod = _victim_label(labels, "pod") or labels.get("pod_name", "")
    if pod:
        return ref("Pod", pod)
    if labels.get("node"):
        return ref("Node", labels["node"])
    service = _victim_label(labels, "service")
    if service and namespace and not _about_the_api(labels):
        return ref("Service", service)
    return None


def _custom_resource(labels: Mapping[str, str]) -> tuple[str, str] | None:
    """Controllers measure their own objects: `pod` and `service` beside these names are the controller's."""
    name = labels.get("name", "")
    if name and labels.get(CUSTOM_KIND):
        return labels[CUSTOM_KIND], name
    if name and labels.get("dest_namespace"):
        return "Application", name
    return None


def _about_the_api(labels: Mapping[str, str]) -> bool:
    """The API server is scraped through its own Service, which has no pods behind it to look at."""
    return labels.get("job") == "apiserver" or (labels.get("service"), labels.get("namespace")) == (
        "kubernetes",
        "default",
    )


def _victim_label(labels: Mapping[str, str], label: str) -> str:
    """`exported_X` is the victim's where a scrape without honorLabels put the exporter's own under `X`."""
    return labels.get(f"exported_{label}") or labels.get(label, "")


def _about_a_machine(labels: Mapping[str, str]) -> bool:
    job = labels.get("job", "")
    if job in METRICS_OF_OTHERS and labels.get("pod"):
        return False
    if job in NODE_JOBS or (labels.get("node") and not labels.get("pod") and not labels.get("exported_pod")):
        return True
    if any(labels.get(label) for label in NODE_HARDWARE):
        return not labels.get("persistentvolumeclaim")
    return labels.get("alertname", "").startswith(("Node", "Host")) and not labels.get("exported_pod")


def _host(instance: str) -> str:
    """`worker-3:9100` -> `worker-3`; an address stays one and is matched against node addresses by the cluster."""
    if instance.startswith("["):
        return instance[1:].partition("]")[0]
    return instance.rpartition(":")[0] if instance.count(":") == 1 else instance

"""Labels and values that can only mean an object of one kind."""

import re

from chatops.core.permissions import RESOURCES
from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels, is_name
from chatops.core.victims.reading import reading

NAMED_KINDS = {
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
    "hpa": "HorizontalPodAutoscaler",
    "poddisruptionbudget": "PodDisruptionBudget",
    "pdb": "PodDisruptionBudget",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "pvc": "PersistentVolumeClaim",
    "cronjob": "CronJob",
    "job_name": "Job",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
    "deployment": "Deployment",
    "replicaset": "ReplicaSet",
    "resourcequota": "ResourceQuota",
    "persistentvolume": "PersistentVolume",
    "certificatesigningrequest": "CertificateSigningRequest",
}
"""Labels that name an object of exactly one kind. `job` is not among them: it is the scrape job."""

_NAMED = tuple((label, f"exported_{label}", kind) for label, kind in NAMED_KINDS.items())

CUSTOM_KIND = "customresource_kind"
"""Names the kind that `name` is of, where kube-state-metrics watches custom resources (Flux)."""

_OF_ARGO = ("dest_namespace", "dest_server", "sync_status", "health_status", "autosync_enabled")
_OF_CERT_MANAGER = ("issuer_name", "issuer_kind", "issuer_group")
"""Labels that stand beside `name` in the metrics of one controller, and in no other's."""

_PAIRS = tuple(
    (f"{prefix}_kind", f"{prefix}_name", f"{prefix}_namespace")
    for prefix in ("resource", "involved_object", "target", "object", "k8s_object")
)
"""What stands before `_kind`, `_name` and `_namespace` where a watcher of objects names one by all three."""

_BY_OPENTELEMETRY = {
    "k8s_deployment_name": "Deployment",
    "k8s_statefulset_name": "StatefulSet",
    "k8s_daemonset_name": "DaemonSet",
    "k8s_cronjob_name": "CronJob",
    "k8s_job_name": "Job",
}
"""OpenTelemetry's resource attributes; they stand beside each other and a pod's own, from owner to owned."""

_KEDA = ("scaledObject", "scaledobject", "exported_scaledObject")

_NAMING_LABELS = (
    *(name for label, exported, _ in _NAMED for name in (label, exported)),
    *("workload", "exported_workload"),
    *(of_name for _, of_name, _ in _PAIRS),
    *_BY_OPENTELEMETRY,
    *_KEDA,
)

_WORKLOAD_TYPES = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}

_API_SERVICE = re.compile(r"v\d+((alpha|beta)\d+)?\.[a-z0-9.-]*")
_CONTAINER = re.compile(r"k8s_(?P<container>[^_]+)_(?P<pod>[^_]+)_(?P<namespace>[^_]+)_(?P<uid>[^_]+)_\d+")
"""`k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`: how the kubelet called containers in Docker."""

_VOLUME = re.compile(r"pvc-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What provisioners call the volume they make for a claim."""


@reading("name", "exported_name")
def custom_resource(labels: Labels) -> Clue | None:
    """Controllers measure their own objects: `pod` and `service` beside these names are the controller's."""
    name = labels.victim("name")
    if not name:
        return None
    kind = labels.get(CUSTOM_KIND)
    if not kind and RESOURCES.get(labels.get("kind")):
        kind = labels.get("kind")
    if kind:
        return Clue(labels.ref(kind, name))
    if labels.first(*_OF_ARGO):
        return Clue(labels.ref("Application", name))
    if labels.first(*_OF_CERT_MANAGER):
        return Clue(labels.ref("Certificate", name))
    return None


@reading(*_NAMING_LABELS)
def named_kind(labels: Labels) -> Clue | None:
    """The label says the kind and its value the name."""
    for label, exported, kind in _NAMED:
        if name := labels.first(exported, label):
            return Clue(labels.ref(kind, name, labels.get(f"{label}_namespace") or None))
    if name := labels.victim("workload"):
        if kind := _WORKLOAD_TYPES.get(labels.get("workload_type").lower(), ""):
            return Clue(labels.ref(kind, name))
        if is_name(name) and labels.namespace:
            return any_workload(labels, name, labels.namespace)
    for of_kind, of_name, of_namespace in _PAIRS:
        kind, name = labels.get(of_kind), labels.get(of_name)
        if name and kind in RESOURCES:
            return Clue(labels.ref(kind, name, labels.get(of_namespace) or None))
    for label, kind in _BY_OPENTELEMETRY.items():
        if label in labels and not labels.own_pod:
            return Clue(labels.ref(kind, labels.get(label), labels.own_namespace))
    if name := labels.first(*_KEDA):
        # KEDA calls the autoscaler that it keeps for a ScaledObject so.
        return Clue(labels.ref("HorizontalPodAutoscaler", f"keda-hpa-{name}"))
    return None


@reading("name", "volume")
def shaped_name(labels: Labels) -> Clue | None:
    """The value's own shape says the kind."""
    name = labels.get("name")
    if _API_SERVICE.fullmatch(name):
        return Clue(labels.ref("APIService", name))
    if found := _CONTAINER.fullmatch(name):
        return Clue(labels.ref("Pod", found["pod"], found["namespace"]))
    if _VOLUME.fullmatch(labels.get("volume")):
        return Clue(labels.ref("PersistentVolume", labels.get("volume")))
    return None


@reading("name")
def measured_elsewhere(labels: Labels) -> Clue | None:
    """`name` of a namespace that is not the exporter's: an object of a controller that does not say its kind.

    cert-manager's certificates are the common case, then a workload's custom resource; else the controller is left.
    """
    name = labels.get("name")
    if not is_name(name) or "exported_namespace" not in labels or "exported_pod" in labels:
        return None
    within, pod = labels.get("exported_namespace"), labels.own_pod
    own = (labels.ref("Pod", pod, labels.own_namespace),) if pod else ()
    workloads = any_workload(labels, name, within).candidates
    return Clue(labels.ref("Certificate", name, within), (*workloads, *own))


def any_workload(labels: Labels, name: str, namespace: str) -> Clue:
    """A workload whose kind is not said."""
    kinds = ("Deployment", "StatefulSet", "DaemonSet")
    first, *rest = (labels.ref(kind, name, namespace) for kind in kinds)
    return Clue(first, tuple(rest))

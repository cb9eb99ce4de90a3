"""Where each kind of object lives in the API. It builds paths and sends nothing."""

import re
from urllib.parse import quote

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

_GROUPS = {
    "Deployment": ("/apis/apps/v1", "deployments"),
    "StatefulSet": ("/apis/apps/v1", "statefulsets"),
    "DaemonSet": ("/apis/apps/v1", "daemonsets"),
    "ReplicaSet": ("/apis/apps/v1", "replicasets"),
    "ControllerRevision": ("/apis/apps/v1", "controllerrevisions"),
    "Pod": ("/api/v1", "pods"),
    "Event": ("/api/v1", "events"),
    "Service": ("/api/v1", "services"),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims"),
    "PersistentVolume": ("/api/v1", "persistentvolumes"),
    "Node": ("/api/v1", "nodes"),
    "Namespace": ("/api/v1", "namespaces"),
    "ResourceQuota": ("/api/v1", "resourcequotas"),
    "Job": ("/apis/batch/v1", "jobs"),
    "CronJob": ("/apis/batch/v1", "cronjobs"),
    "HorizontalPodAutoscaler": ("/apis/autoscaling/v2", "horizontalpodautoscalers"),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets"),
}

CLUSTER_WIDE = frozenset({"Node", "Namespace", "PersistentVolume"})
"""Kinds without a namespace."""

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?")
"""A DNS-1123 subdomain; the colon is for the few system objects that carry one."""


def known(kind: str) -> bool:
    """Whether objects of this kind can be looked at here."""
    return kind in _GROUPS


def named(text: str) -> bool:
    """Whether `text` can be the name of an object at all (labels are written by strangers)."""
    return _NAME.fullmatch(text) is not None


def collection(kind: str, namespace: str = "") -> str:
    """The path of all objects of `kind`, in one namespace or (empty) in all. Raises Permanent(REFUSED)."""
    try:
        base, plural = _GROUPS[kind]
    except KeyError:
        raise Permanent(Reason.REFUSED, f"{kind or 'nothing'} is not a kind this service looks at") from None
    if not namespace or kind in CLUSTER_WIDE:
        return f"{base}/{plural}"
    return f"{base}/namespaces/{_checked(namespace)}/{plural}"


def place(ref: ObjectRef, part: str = "") -> str:
    """The path of one object, or of its subresource `part` (scale, log). Raises Permanent(REFUSED)."""
    if not ref.namespace and ref.kind not in CLUSTER_WIDE:
        raise Permanent(Reason.REFUSED, f"{ref.kind} {ref.name} without a namespace")
    path = f"{collection(ref.kind, ref.namespace)}/{_checked(ref.name)}"
    return f"{path}/{part}" if part else path


def _checked(name: str) -> str:
    if not named(name):
        raise Permanent(Reason.REFUSED, f"{name!r} cannot be the name of an object")
    return quote(name, safe="")

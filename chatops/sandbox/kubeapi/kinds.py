"""Which resources the API serves: one row per kind, with its words and its subresources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Obj: TypeAlias = dict[str, Any]

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One served resource; `custom` ones refuse strategic merge patches, as CRDs do."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    custom: bool = False
    has_generation: bool = field(default=False)

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """`deployments.apps`, as error messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """`Deployment.apps`, as validation messages name it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def key(self) -> str:
        """What the store files it under."""
        return self.qualified


def _row(
    api_version: str,
    plural: str,
    kind: str,
    *,
    short: str = "",
    sub: str = "",
    cluster: bool = False,
    everything: bool = False,
    custom: bool = False,
    generation: bool = False,
    verbs: tuple[str, ...] = ALL_VERBS,
) -> Resource:
    group, _, version = api_version.rpartition("/")
    return Resource(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=not cluster,
        short=tuple(short.split()),
        categories=("all",) if everything else (),
        subresources=tuple(sub.split()),
        verbs=verbs,
        custom=custom,
        has_generation=generation,
    )


_CREATE_ONLY = ("create",)
_WORKLOAD_SUBS = "scale status"

BUILT_IN: tuple[Resource, ...] = (
    _row("v1", "pods", "Pod", short="po", sub="eviction exec log status", everything=True),
    _row("v1", "nodes", "Node", short="no", sub="status proxy", cluster=True),
    _row("v1", "namespaces", "Namespace", short="ns", sub="status", cluster=True),
    _row("v1", "events", "Event", short="ev"),
    _row("v1", "services", "Service", short="svc", sub="status", everything=True),
    _row("v1", "endpoints", "Endpoints", short="ep"),
    _row("v1", "configmaps", "ConfigMap", short="cm"),
    _row("v1", "secrets", "Secret"),
    _row("v1", "serviceaccounts", "ServiceAccount", short="sa"),
    _row("v1", "persistentvolumeclaims", "PersistentVolumeClaim", short="pvc", sub="status"),
    _row("v1", "persistentvolumes", "PersistentVolume", short="pv", sub="status", cluster=True),
    _row("v1", "resourcequotas", "ResourceQuota", short="quota", sub="status"),
    _row("v1", "limitranges", "LimitRange", short="limits"),
    _row(
        "v1",
        "replicationcontrollers",
        "ReplicationController",
        short="rc",
        sub=_WORKLOAD_SUBS,
        everything=True,
        generation=True,
    ),
    _row(
        "apps/v1",
        "deployments",
        "Deployment",
        short="deploy",
        sub=_WORKLOAD_SUBS,
        everything=True,
        generation=True,
    ),
    _row(
        "apps/v1",
        "replicasets",
        "ReplicaSet",
        short="rs",
        sub=_WORKLOAD_SUBS,
        everything=True,
        generation=True,
    ),
    _row(
        "apps/v1",
        "statefulsets",
        "StatefulSet",
        short="sts",
        sub=_WORKLOAD_SUBS,
        everything=True,
        generation=True,
    ),
    _row("apps/v1", "daemonsets", "DaemonSet", short="ds", sub="status", everything=True, generation=True),
    _row("apps/v1", "controllerrevisions", "ControllerRevision"),
    _row("batch/v1", "jobs", "Job", sub="status", everything=True, generation=True),
    _row("batch/v1", "cronjobs", "CronJob", short="cj", sub="status", everything=True, generation=True),
    _row(
        "autoscaling/v2",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        short="hpa",
        sub="status",
        everything=True,
    ),
    _row(
        "policy/v1",
        "poddisruptionbudgets",
        "PodDisruptionBudget",
        short="pdb",
        sub="status",
        generation=True,
    ),
    _row("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", generation=True),
    _row("coordination.k8s.io/v1", "leases", "Lease"),
    _row("storage.k8s.io/v1", "storageclasses", "StorageClass", short="sc", cluster=True),
    _row("networking.k8s.io/v1", "ingresses", "Ingress", short="ing", sub="status", generation=True),
    _row("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", short="netpol", generation=True),
    _row("apiregistration.k8s.io/v1", "apiservices", "APIService", sub="status", cluster=True),
    _row(
        "certificates.k8s.io/v1",
        "certificatesigningrequests",
        "CertificateSigningRequest",
        short="csr",
        sub="approval status",
        cluster=True,
    ),
    _row(
        "authorization.k8s.io/v1",
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        cluster=True,
        verbs=_CREATE_ONLY,
    ),
    _row(
        "authorization.k8s.io/v1",
        "selfsubjectrulesreviews",
        "SelfSubjectRulesReview",
        cluster=True,
        verbs=_CREATE_ONLY,
    ),
    _row(
        "authorization.k8s.io/v1",
        "subjectaccessreviews",
        "SubjectAccessReview",
        cluster=True,
        verbs=_CREATE_ONLY,
    ),
    _row(
        "authentication.k8s.io/v1",
        "selfsubjectreviews",
        "SelfSubjectReview",
        cluster=True,
        verbs=_CREATE_ONLY,
    ),
    _row("rbac.authorization.k8s.io/v1", "roles", "Role"),
    _row("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
    _row("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", cluster=True),
    _row("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", cluster=True),
)

METRICS: tuple[Resource, ...] = (
    _row("metrics.k8s.io/v1beta1", "nodes", "NodeMetrics", cluster=True, verbs=("get", "list")),
    _row("metrics.k8s.io/v1beta1", "pods", "PodMetrics", verbs=("get", "list")),
)


def custom_resource(
    api_version: str,
    plural: str,
    kind: str,
    *,
    short: str = "",
    sub: str = "",
    cluster: bool = False,
) -> Resource:
    """A resource such as a CRD would define; `short` and `sub` are words parted by spaces."""
    return _row(api_version, plural, kind, short=short, sub=sub, cluster=cluster, custom=True, generation=True)


class Kinds:
    """The served resources, found by path or by kind."""

    def __init__(self, resources: tuple[Resource, ...] = BUILT_IN) -> None:
        self._by_path: dict[tuple[str, str, str], Resource] = {}
        self._by_kind: dict[tuple[str, str], Resource] = {}
        for resource in resources:
            self.add(resource)

    def add(self, resource: Resource) -> None:
        """Serve one more resource."""
        self._by_path[resource.group, resource.version, resource.plural] = resource
        self._by_kind[resource.api_version, resource.kind] = resource

    def remove_group(self, group: str) -> None:
        """Stop serving a whole API group, as when its aggregated API server is gone."""
        for key in [key for key in self._by_path if key[0] == group]:
            resource = self._by_path.pop(key)
            del self._by_kind[resource.api_version, resource.kind]

    def at(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource served under /apis/group/version/plural."""
        return self._by_path.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> Resource | None:
        """The resource whose objects carry this apiVersion and kind."""
        return self._by_kind.get((api_version, kind))

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._by_path.values()))


def builtin(plural: str, group: str = "") -> Resource:
    """A built-in resource by name; KeyError when there is none."""
    for resource in BUILT_IN:
        if resource.plural == plural and resource.group == group:
            return resource
    raise KeyError(f"{plural}.{group}")


PODS = builtin("pods")
NODES = builtin("nodes")
NAMESPACES = builtin("namespaces")
EVENTS = builtin("events")
SERVICES = builtin("services")
CLAIMS = builtin("persistentvolumeclaims")
VOLUMES = builtin("persistentvolumes")
QUOTAS = builtin("resourcequotas")
DEPLOYMENTS = builtin("deployments", "apps")
REPLICA_SETS = builtin("replicasets", "apps")
STATEFUL_SETS = builtin("statefulsets", "apps")
DAEMON_SETS = builtin("daemonsets", "apps")
CONTROLLER_REVISIONS = builtin("controllerrevisions", "apps")
JOBS = builtin("jobs", "batch")
CRON_JOBS = builtin("cronjobs", "batch")
AUTOSCALERS = builtin("horizontalpodautoscalers", "autoscaling")
BUDGETS = builtin("poddisruptionbudgets", "policy")
ENDPOINT_SLICES = builtin("endpointslices", "discovery.k8s.io")
STORAGE_CLASSES = builtin("storageclasses", "storage.k8s.io")
REQUESTS = builtin("certificatesigningrequests", "certificates.k8s.io")
LEASES = builtin("leases", "coordination.k8s.io")

"""Kubernetes objects as the rest of the house names them: a reference, and what was seen of one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Health(StrEnum):
    """How an object is doing, worst first when sorted by `rank`."""

    BAD = "bad"
    WARN = "warn"
    UNKNOWN = "unknown"
    GOOD = "good"

    @property
    def rank(self) -> int:
        return list(Health).index(self)


def worst(found: Iterable[Health], otherwise: Health = Health.UNKNOWN) -> Health:
    """The worst of several; `otherwise` of none."""
    return min(found, key=lambda health: health.rank, default=otherwise)


SHORT_KINDS = {
    "Deployment": "deploy",
    "StatefulSet": "sts",
    "DaemonSet": "ds",
    "ReplicaSet": "rs",
    "Pod": "pod",
    "Node": "node",
    "Job": "job",
    "CronJob": "cronjob",
    "Service": "svc",
    "HorizontalPodAutoscaler": "hpa",
    "PersistentVolumeClaim": "pvc",
    "PersistentVolume": "pv",
    "PodDisruptionBudget": "pdb",
    "ResourceQuota": "quota",
    "Ingress": "ing",
    "Namespace": "ns",
    "CertificateSigningRequest": "csr",
    "Certificate": "cert",
    "Application": "app",
    "HelmRelease": "hr",
    "Kustomization": "ks",
    "GitRepository": "gitrepo",
    "HelmRepository": "helmrepo",
    "StorageClass": "sc",
}
"""kubectl's own short names, as people type them."""

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
"""The kinds that own pods and can be restarted and rolled back."""

FLUX_KINDS = (
    "Kustomization",
    "HelmRelease",
    "GitRepository",
    "OCIRepository",
    "HelmRepository",
    "HelmChart",
    "Bucket",
    "ImageRepository",
    "ImagePolicy",
    "ImageUpdateAutomation",
)
"""What Flux reconciles, each in its own API group."""

CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "Cluster",
        "ClusterIssuer",
        "External",
        "Namespace",
        "Node",
        "PersistentVolume",
        "StorageClass",
    }
)
"""Kinds without a namespace. `Cluster` (all of it) and `External` (an address outside) are no objects of the API."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """One object, or where to look for it. `uid` is empty until it has been seen in the cluster."""

    kind: str
    name: str
    namespace: str = ""
    uid: str = ""
    cluster: str = ""

    @property
    def path(self) -> str:
        """`namespace/name`, or the bare name of a cluster-wide object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def short_kind(self) -> str:
        return SHORT_KINDS.get(self.kind, self.kind.lower())

    def same_place(self, other: "ObjectRef") -> bool:
        """Whether both name the same object, leaving aside which incarnation (uid) was seen."""
        return replace(self, uid="") == replace(other, uid="")


@dataclass(frozen=True, slots=True)
class LastExit:
    """How a container ended the last time it ended."""

    reason: str
    exit_code: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container of a pod. `state` is running, waiting or terminated; `reason` is Kubernetes' own word."""

    name: str
    state: str
    reason: str = ""
    message: str = ""
    ready: bool = False
    init: bool = False
    restarts: int = 0
    exit_code: int | None = None
    since: datetime | None = None
    last_exit: LastExit | None = None
    image: str = ""
    memory_limit: str = ""
    cpu_limit: str = ""


@dataclass(frozen=True, slots=True)
class PodView:
    """One pod as kubectl's list shows it. `status` is the STATUS column, computed as kubectl does."""

    ref: ObjectRef
    status: str
    health: Health
    ready: int
    total: int
    restarts: int
    node: str = ""
    created_at: datetime | None = None
    qos: str = ""
    containers: tuple[ContainerView, ...] = ()
    owner: ObjectRef | None = None
    """The direct controller (a ReplicaSet for a Deployment's pod); None means nobody recreates it."""
    deleting_since: datetime | None = None
    """Its deletionTimestamp: when the grace period of its deletion has passed. None when nobody deletes it."""
    denied: tuple[str, ...] = ()
    """Ids of actions that the bot's own credentials may not perform here."""

    @property
    def failing(self) -> ContainerView | None:
        """The container most worth reading the logs of: broken before restarted, most restarts first."""
        broken = [c for c in self.containers if not c.ready and (c.state != "running" or not c.init)]
        suspects = [c for c in broken if c.restarts or c.state != "running"] or broken
        return max(suspects, key=lambda c: (c.restarts, c.state != "running"), default=None)


@dataclass(frozen=True, slots=True)
class ImageChange:
    """One container's image in two revisions of a workload; empty where the container did not exist."""

    container: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """What one container of a template may use, as Kubernetes quantities; empty where nothing limits it."""

    name: str
    memory: str = ""
    cpu: str = ""


RESTART = "restart"
"""The part of a template that a rollout restart changes: nothing that runs."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where a workload's rollout stands. Revision numbers are the controller's own."""

    revision: int
    since: datetime | None
    previous: int | None = None
    """The revision a rollback would go to; None when there is nothing to go back to."""
    changes: tuple[ImageChange, ...] = ()
    paused: bool = False
    parts: tuple[str, ...] = ()
    """What of the template differs from the previous revision, images left out: `app env`, `volumes`, or RESTART."""


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """A Deployment, StatefulSet or DaemonSet with what its pods say together."""

    ref: ObjectRef
    health: Health
    ready: int
    desired: int
    updated: int = 0
    rollout: Rollout | None = None
    pods: tuple[PodView, ...] = ()
    managed_by: str = ""
    """Who will revert a change made by hand, in words ("Argo CD app shop-checkout"); empty when nobody."""
    autoscaler: str = ""
    """The HorizontalPodAutoscaler that owns the replica count; empty when none does."""
    on_delete: bool = False
    """updateStrategy OnDelete: a restart would change nothing until pods are deleted."""
    limits: tuple[ContainerLimits, ...] = ()
    """Of the pod template, so what the next pods get."""
    denied: tuple[str, ...] = ()
    """Ids of actions that the bot's own credentials may not perform here."""
    pod_count: int = 0
    """Of all its pods. `pods` holds only the worst of very many; 0 means it holds all there are."""
    failing_count: int = 0
    """How many of all its pods are failing, where `pods` does not hold all."""
    failing_restarts: int = 0
    """Restarts of all failing pods, where `pods` does not hold all."""

    @property
    def pods_in_all(self) -> int:
        return max(self.pod_count, len(self.pods))

    @property
    def failing_in_all(self) -> tuple[int, int]:
        """Failing pods and their restarts, also of those that `pods` does not hold."""
        failing = self.failing_pods
        return max(self.failing_count, len(failing)), max(self.failing_restarts, sum(p.restarts for p in failing))

    @property
    def failing_pods(self) -> tuple[PodView, ...]:
        return tuple(pod for pod in self.pods if pod.health is Health.BAD)

    @property
    def restarts(self) -> int:
        return sum(pod.restarts for pod in self.pods)


@dataclass(frozen=True, slots=True)
class EventLine:
    """Events of one reason whose messages say the same, merged: how often and when last, in the latest's words."""

    reason: str
    message: str
    warning: bool
    count: int
    last_at: datetime | None
    about: str = ""
    """`kind/name` of the object the event is about; of several, the one it happened to last."""
    objects: int = 1
    """How many objects it happened to."""


@dataclass(frozen=True, slots=True)
class LogText:
    """Part of a container's log, oldest line first, control characters already removed."""

    pod: ObjectRef
    container: str
    previous: bool
    lines: tuple[str, ...]
    fell_back: bool = False
    """Previous logs were asked for and there are none, so these are the current ones."""
    older: bool = False
    """There are lines before the first one, in what was asked for, that were not fetched."""
    earlier_run: bool = False
    """The container ran before: there are previous logs to ask for."""
    containers: int = 1
    """How many the pod has, init containers among them."""
    chosen: str = ""
    """Why this pod, where a workload's logs were asked for: failing, newest or only."""
    above: ObjectRef | None = None
    """What the pod was chosen of."""


@dataclass(frozen=True, slots=True)
class Description:
    """The phone-sized summary of an object and its full text for a file."""

    ref: ObjectRef
    health: Health
    facts: tuple[tuple[str, str], ...]
    """Label and value, most telling first. Labels are kubectl's own words."""
    conditions: tuple[tuple[bool, str, str], ...]
    """(as it should be, type, reason)."""
    events: tuple[EventLine, ...]
    full_text: str

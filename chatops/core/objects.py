"""What was seen of an object that is neither a pod nor a workload: its state in a few traits, and what hangs on it."""

from dataclasses import dataclass, field
from enum import StrEnum

from chatops.core.resources import Health, ObjectRef


class Trait(StrEnum):
    """What is known of an object, by kind. Values are strings; a trait that could not be read is absent.

    Yes is "yes", no is "" (absent); counts are decimal; names are separated by ", ".
    """

    SUMMARY = "summary"
    """One line for a list of objects, in kubectl's words (`at 5/5, cpu 91%/70%`)."""

    # Node
    UNSCHEDULABLE = "unschedulable"
    READY = "ready"
    """`True`, `False` or `Unknown`, as the condition says (nodes, certificates, Flux)."""
    PRESSURES = "pressures"
    """Node conditions that are bad: `MemoryPressure, DiskPressure`."""
    FAILED_PODS = "failed_pods"
    """How many pods of phase Failed lie around: on a node, in a quota's namespace, in the cluster."""
    CONTROL_PLANE = "control_plane"
    """Whether the node runs the control plane: nothing is drained there by a button."""

    # HorizontalPodAutoscaler
    MIN = "min"
    MAX = "max"
    CURRENT = "current"
    DESIRED = "desired"
    SCALING_ACTIVE = "scaling_active"
    """`False` when the autoscaler cannot read its metrics."""

    # PersistentVolumeClaim
    PHASE = "phase"
    SIZE = "size"
    EXPANDABLE = "expandable"
    RESIZE_PENDING = "resize_pending"
    """The file system grows once its pod restarts."""

    # Job, CronJob
    FAILED = "failed"
    """The Job gave up: it tries no more."""
    COMPLETE = "complete"
    ACTIVE = "active"
    """How many pods of a Job, or Jobs of a CronJob, are under way."""
    SUSPENDED = "suspended"
    """Of a Job, a CronJob, a Flux object."""
    SCHEDULE = "schedule"

    # ResourceQuota
    RESOURCE = "resource"
    """The line of the quota that is fullest: `requests.cpu`."""
    HARD = "hard"
    USED = "used"

    # PodDisruptionBudget
    ALLOWED = "allowed"

    # Argo CD Application
    SYNC = "sync"
    HEALTH = "health"

    # APIService
    AVAILABLE = "available"


class TieRole(StrEnum):
    """How an object is tied to another one."""

    TARGET = "target"
    """What an autoscaler scales, a service or a budget selects."""
    OWNER = "owner"
    """What made it and will make it again (the CronJob of a Job)."""
    CLAIM = "claim"
    """The PersistentVolumeClaim of a PersistentVolume."""
    MOUNTS = "mounts"
    """A pod that mounts it."""
    POD = "pod"
    """A pod that belongs to it and nothing better tells it."""
    HEAVIEST = "heaviest"
    """The pod that takes most of a node and that another node could take."""
    STUCK = "stuck"
    """A pod that should be gone and is not: Terminating past its grace period."""
    FAILED_JOB = "failed_job"
    """The newest failed Job of a CronJob."""
    CORDONED = "cordoned"
    """A node that takes no new pods."""
    PENDING_CSR = "pending_csr"
    """A certificate request that waits for approval."""
    IDLE_AUTOSCALER = "idle_autoscaler"
    """An autoscaler that keeps more replicas than it needs because of its minimum."""
    SOURCE = "source"
    """Where a GitOps object takes its content from."""
    CERTIFICATE = "certificate"
    """cert-manager's Certificate that is served at an outside address."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Another object that matters to this one. `detail` is what is worth knowing of it: a number, a status."""

    role: TieRole
    ref: ObjectRef
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ObjectView:
    """One object, or the cluster as a whole, as the ranking and the lists need it."""

    ref: ObjectRef
    health: Health = Health.UNKNOWN
    traits: dict[Trait, str] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    managed_by: str = ""
    """Who will revert a change made by hand, in words; empty when nobody."""
    denied: tuple[str, ...] = ()
    """Ids of actions that the bot's own credentials may not perform here."""

    def trait(self, name: Trait) -> str:
        return self.traits.get(name, "")

    def count(self, name: Trait) -> int:
        """A trait as a number; 0 where it is absent or none."""
        text = self.traits.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def tied(self, role: TieRole) -> tuple[ObjectRef, ...]:
        return tuple(tie.ref for tie in self.ties if tie.role is role)

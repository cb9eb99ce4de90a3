"""Which value of a condition is the good one, for every kind that is looked at. Pure.

`Ready: False` is bad and `DiskPressure: False` is good: the API has no rule for it, so the types are known here.
"""

from collections.abc import Iterable

from chatops.cluster.models import Condition
from chatops.cluster.plain import safe_text
from chatops.core.resources import Health

_BAD_WHEN_TRUE = frozenset(
    {
        "ArtifactOutdated",
        "BuildFailed",
        "ControllerResizeError",
        "CorruptDockerOverlay2",
        "Denied",
        "DiskPressure",
        "DisruptionTarget",
        "Failed",
        "FailureTarget",
        "FetchFailed",
        "FrequentContainerdRestart",
        "FrequentDockerRestart",
        "FrequentKubeletRestart",
        "FrequentUnregisterNetDevice",
        "IncludeUnavailable",
        "InvalidRequest",
        "KernelDeadlock",
        "LoadBalancerPortsError",
        "MemoryPressure",
        "ModifyVolumeError",
        "NetworkUnavailable",
        "NodeResizeError",
        "PIDPressure",
        "ReadonlyFilesystem",
        "ReplicaFailure",
        "Stalled",
        "StorageOperationFailed",
    }
)
"""Condition types whose True is bad news, node-problem-detector's among them; of all others False is."""

_PASSING = frozenset({"FileSystemResizePending", "Issuing", "ModifyingVolume", "Reconciling", "Resizing", "Suspended"})
"""Types whose True says that something is under way or held up on purpose, and whose absence is the usual state."""

_MEANT = frozenset({"ScalingDisabled", "DependencyNotReady", "Progressing", "ProgressingWithRetry", "DoesNotExist"})
"""Reasons of a False that is a step on the way, or somebody's own will."""


_LONGEST = 160
"""Characters of a message that still fit a line of a list."""


def judged(condition: Condition) -> Health:
    """GOOD, WARN (on its way, or limited) or BAD. Unknown, from whoever went silent, is BAD."""
    is_true = condition.status == "True"
    match condition.type:
        case "ScalingLimited":
            # At the minimum there is simply little to do; rate limits are steps on the way.
            return Health.WARN if is_true and condition.reason == "TooManyReplicas" else Health.GOOD
        case "Remediated":
            # Helm went back to the release before: that worked, and the new one did not.
            return Health.WARN if is_true else Health.BAD
        case "Suspended" if condition.status == "False":
            return Health.GOOD
        case "DisruptionAllowed" if not is_true:
            return Health.WARN
        case type if type in _PASSING and is_true:
            return Health.WARN
        case type if type in _BAD_WHEN_TRUE:
            return Health.GOOD if condition.status == "False" else Health.BAD
        case type if not condition.status:
            # Argo CD's conditions have no status: being there is the news.
            return Health.WARN if type.endswith("Warning") else Health.BAD
        case _ if is_true:
            return Health.GOOD
    return Health.WARN if condition.reason in _MEANT else Health.BAD


def as_it_should(condition: Condition) -> bool:
    """Whether the condition's status is the good one. Unknown (a node that went silent) never is."""
    return judged(condition) is Health.GOOD


def found(conditions: Iterable[Condition] | None, type: str) -> Condition | None:
    """The condition of this type, None where there is none."""
    return next((condition for condition in conditions or () if condition.type == type), None)


def holds(conditions: Iterable[Condition] | None, type: str) -> bool:
    """Whether the condition of this type is there and True."""
    condition = found(conditions, type)
    return condition is not None and condition.status == "True"


def status_of(conditions: Iterable[Condition] | None, type: str) -> str:
    """`True`, `False` or `Unknown`; empty where the condition is not reported."""
    condition = found(conditions, type)
    return condition.status if condition is not None else ""


def trouble(conditions: Iterable[Condition] | None, type: str) -> str:
    """The reason and message of a condition that is there and not True, for a line of a list."""
    condition = found(conditions, type)
    if condition is None or condition.status == "True":
        return ""
    return safe_text(": ".join(part for part in (condition.reason, condition.message) if part))[:_LONGEST]


def health_by(conditions: Iterable[Condition] | None) -> Health:
    """The health of an object of which only conditions are known: its Failed, Ready, Available or Complete decides."""
    known = list(conditions or ())
    for type in ("Failed", "Ready", "Available", "Complete"):
        condition = found(known, type)
        if condition is not None and (type in ("Ready", "Available") or condition.status == "True"):
            return Health.WARN if condition.status == "Unknown" else judged(condition)
    return Health.UNKNOWN

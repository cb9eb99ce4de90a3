"""Which value of a condition is the good one."""

import pytest

from chatops.cluster.conditions import health_by, judged
from chatops.cluster.models import Condition
from chatops.core.resources import Health

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN

KNOWN = [
    ("Ready", "True", "", GOOD),
    ("Ready", "False", "Expired", BAD),
    ("Ready", "False", "DependencyNotReady", WARN),
    ("Ready", "Unknown", "Progressing", WARN),
    ("Ready", "Unknown", "NodeStatusUnknown", BAD),
    ("MemoryPressure", "False", "", GOOD),
    ("MemoryPressure", "True", "", BAD),
    ("MemoryPressure", "Unknown", "NodeStatusUnknown", BAD),
    ("Progressing", "True", "ReplicaSetUpdated", GOOD),
    ("Progressing", "False", "ProgressDeadlineExceeded", BAD),
    ("ScalingLimited", "True", "TooManyReplicas", WARN),
    ("ScalingLimited", "True", "TooFewReplicas", GOOD),
    ("ScalingLimited", "True", "ScaleUpLimit", GOOD),
    ("ScalingLimited", "False", "DesiredWithinRange", GOOD),
    ("ScalingActive", "False", "FailedGetResourceMetric", BAD),
    ("ScalingActive", "False", "ScalingDisabled", WARN),
    ("AbleToScale", "False", "FailedGetScale", BAD),
    ("Failed", "True", "BackoffLimitExceeded", BAD),
    ("Complete", "True", "CompletionsReached", GOOD),
    ("Suspended", "True", "JobSuspended", WARN),
    ("Suspended", "False", "JobResumed", GOOD),
    ("DisruptionAllowed", "False", "InsufficientPods", WARN),
    ("Issuing", "True", "Renewing", WARN),
    ("Issuing", "False", "Failed", BAD),
    ("Stalled", "True", "RetriesExceeded", BAD),
    ("Stalled", "False", "", GOOD),
    ("Reconciling", "True", "Progressing", WARN),
    ("Remediated", "True", "RollbackSucceeded", WARN),
    ("Remediated", "False", "RollbackFailed", BAD),
    ("Denied", "True", "", BAD),
    ("FileSystemResizePending", "True", "", WARN),
    ("SyncError", "", "", BAD),
    ("SharedResourceWarning", "", "", WARN),
]


@pytest.mark.parametrize(("type", "status", "reason", "verdict"), KNOWN)
def test_each_condition_has_its_good_value(type: str, status: str, reason: str, verdict: Health) -> None:
    assert judged(Condition(type, status, reason)) is verdict


@pytest.mark.parametrize(
    ("conditions", "health"),
    [
        ([], UNKNOWN),
        ([Condition("Synced", "True")], UNKNOWN),
        ([Condition("Ready", "True")], GOOD),
        ([Condition("Ready", "Unknown")], WARN),
        ([Condition("Available", "False", "MissingEndpoints")], BAD),
        ([Condition("Ready", "True"), Condition("Failed", "True")], BAD),
        ([Condition("Failed", "False"), Condition("Ready", "True")], GOOD),
        ([Condition("Complete", "True")], GOOD),
    ],
)
def test_an_object_is_as_well_as_its_telling_condition(conditions: list[Condition], health: Health) -> None:
    assert health_by(conditions) is health

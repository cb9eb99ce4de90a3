"""Work for the pools in front of the clusters and of what stands beside them, and its answers."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from chatops.actors.addresses import Address
from chatops.actors.upstream_messages import UpstreamWork
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.log_asks import TAIL
from chatops.core.objects import ObjectView
from chatops.core.reports import Report
from chatops.core.resources import Description, EventLine, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.roll_call import Rolls
from chatops.core.silences import Counted, SilencePlace, SilenceWatch, StandingSilences
from chatops.core.surveys import Survey
from chatops.core.victims import Suspicion

LOG_BYTES = 256 * 1024
"""The most of a container's log that is read for one screen."""


@dataclass(frozen=True, slots=True)
class TakeSurvey:
    suspects: tuple[Suspicion, ...]


@dataclass(frozen=True, slots=True)
class ReadPods:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadPod:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadWorkload:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadLogs:
    """The last `tail` lines of a container, at most `limit_bytes` of them; an empty `container` is the failing one.

    `ref` is a pod, or what makes pods: then the most telling of them. `since` is in seconds, 0 for no limit.
    """

    ref: ObjectRef
    container: str = ""
    previous: bool = False
    tail: int = TAIL
    since: int = 0
    limit_bytes: int = LOG_BYTES


@dataclass(frozen=True, slots=True)
class ReadDescription:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadEvents:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadReport:
    """Look at an object in the way `action` (an investigation's id) names; `params` narrow it."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadYaml:
    """The object as text for a file."""

    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadObject:
    """One object that is neither pod nor workload, with what can be done to it."""

    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class MakePreview:
    """Try an action without effect; `params` are what the person chose."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PerformPlan:
    """Make the change, once."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class ProceedPlan:
    """Make the next changes of a plan that takes many (a drain). It changes the cluster, as PerformPlan does."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class FollowPlan:
    """How far has the performed plan come?"""

    plan: Plan


@dataclass(frozen=True, slots=True)
class LookUpPlan:
    """Is this plan's change in the cluster? Asked when the answer to it was lost."""

    plan: Plan


Work = (
    TakeSurvey
    | ReadPods
    | ReadPod
    | ReadWorkload
    | ReadLogs
    | ReadDescription
    | ReadEvents
    | ReadReport
    | ReadYaml
    | ReadObject
    | MakePreview
    | PerformPlan
    | ProceedPlan
    | FollowPlan
    | LookUpPlan
)


Result = (
    Survey
    | tuple[PodView, ...]
    | PodView
    | WorkloadView
    | LogText
    | Description
    | tuple[EventLine, ...]
    | Report
    | ObjectView
    | str
    | Preview
    | Performed
    | Progress
    | Counted
    | SilencePlace
    | SilenceWatch
    | StandingSilences
    | Rolls
    | bool
)


@dataclass(frozen=True, slots=True)
class Submit:
    """Have an executor do this work and tell `reply_to` the result under `tag`.

    `by` is the person who asked for it, whom the cluster may be told; 0 is the bot of its own accord.
    """

    work: Work | UpstreamWork
    reply_to: Address
    tag: Hashable
    by: int = 0


@dataclass(frozen=True, slots=True)
class WorkDone:
    tag: Hashable
    result: Result


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """The door said no. `reason` is a failures.Reason value, `temporary` whether trying later may help."""

    tag: Hashable
    reason: str
    detail: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class WorkInterrupted:
    """The executor died on it: for a change, nobody knows whether it happened."""

    tag: Hashable

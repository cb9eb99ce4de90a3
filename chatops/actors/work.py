"""Work for the pools in front of the clusters and of what stands beside them, and its answers."""

from collections.abc import Hashable

from msgspec import Struct, field

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


class TakeSurvey(Struct, frozen=True):
    suspects: tuple[Suspicion, ...]


class ReadPods(Struct, frozen=True):
    ref: ObjectRef


class ReadPod(Struct, frozen=True):
    ref: ObjectRef


class ReadWorkload(Struct, frozen=True):
    ref: ObjectRef


class ReadLogs(Struct, frozen=True):
    """The last `tail` lines of a container, at most `limit_bytes` of them; an empty `container` is the failing one.

    `ref` is a pod, or what makes pods: then the most telling of them. `since` is in seconds, 0 for no limit.
    """

    ref: ObjectRef
    container: str = ""
    previous: bool = False
    tail: int = TAIL
    since: int = 0
    limit_bytes: int = LOG_BYTES


class ReadDescription(Struct, frozen=True):
    ref: ObjectRef


class ReadEvents(Struct, frozen=True):
    ref: ObjectRef


class ReadReport(Struct, frozen=True):
    """Look at an object in the way `action` (an investigation's id) names; `params` narrow it."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


class ReadYaml(Struct, frozen=True):
    """The object as text for a file."""

    ref: ObjectRef


class ReadObject(Struct, frozen=True):
    """One object that is neither pod nor workload, with what can be done to it."""

    ref: ObjectRef


class MakePreview(Struct, frozen=True):
    """Try an action without effect; `params` are what the person chose."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


class PerformPlan(Struct, frozen=True):
    """Make the change, once."""

    plan: Plan


class ProceedPlan(Struct, frozen=True):
    """Make the next changes of a plan that takes many (a drain). It changes the cluster, as PerformPlan does."""

    plan: Plan


class FollowPlan(Struct, frozen=True):
    """How far has the performed plan come?"""

    plan: Plan


class LookUpPlan(Struct, frozen=True):
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


class Submit(Struct, frozen=True):
    """Have an executor do this work and tell `reply_to` the result under `tag`.

    `by` is the person who asked for it, whom the cluster may be told; 0 is the bot of its own accord.
    """

    work: Work | UpstreamWork
    reply_to: Address
    tag: Hashable
    by: int = 0


class WorkDone(Struct, frozen=True):
    tag: Hashable
    result: Result


class WorkFailed(Struct, frozen=True):
    """The door said no. `reason` is a failures.Reason value, `temporary` whether trying later may help."""

    tag: Hashable
    reason: str
    detail: str
    temporary: bool


class WorkInterrupted(Struct, frozen=True):
    """The executor died on it: for a change, nobody knows whether it happened."""

    tag: Hashable

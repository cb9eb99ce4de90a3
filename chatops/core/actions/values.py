"""The values that carry an action from a choice to its outcome. What can be done at all is in `repertoire`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chatops.core.resources import ObjectRef


class Danger(StrEnum):
    """read: no confirm; low: reversible; disrupt: restarts or moves work; destroy: cannot be undone."""

    READ = "read"
    LOW = "low"
    DISRUPT = "disrupt"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to perform an action once, chosen before it starts so that no attempt chooses again.

    `params` holds strings only: what was chosen (`replicas`, `revision`, `memory`), what was seen (`seen`), and
    `action_id`, by which the change is found again. `resource_version` and `ref.uid` are the preconditions: the object
    the person saw.
    """

    action: str
    ref: ObjectRef
    resource_version: str = ""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> dict[str, str]:
        """The parameters with which the same thing is chosen again."""
        return {name: value for name, value in self.params.items() if name in CHOSEN}

    def same_change(self, other: "Plan") -> bool:
        """Whether both do the same to the same object, whenever and by whomever they were chosen."""
        return (self.action, self.ref, self.chosen) == (other.action, other.ref, other.chosen)


CHOSEN = frozenset(
    {
        "replicas",
        "revision",
        "container",
        "memory",
        "cpu",
        "max",
        "min",
        "size",
        "resource",
        "value",
        "count",
        "back",
    }
)
"""Parameters that a person chooses, or that a suggestion promises; all others are a plan's own bookkeeping."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a preview's diff."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the person should know before confirming. `code` names a sentence in screens; `detail` fills it."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do. `refusal` is a Caution that makes it impossible; then there is nothing to confirm."""

    plan: Plan
    changes: tuple[Change, ...] = ()
    cautions: tuple[Caution, ...] = ()
    refusal: Caution | None = None


@dataclass(frozen=True, slots=True)
class Performed:
    """The cluster took a plan. `undo` is the inverse where one exists; `resource_version` is the object's after."""

    undo: Plan | None
    resource_version: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a performed action has come. `failed` says in Kubernetes' words why it will not arrive."""

    done: int
    total: int
    detail: str = ""
    finished: bool = False
    failed: str = ""


class ActionState(StrEnum):
    """requested: audited, not yet sent; performed: the cluster took it and it is being followed; then the outcomes."""

    REQUESTED = "requested"
    PERFORMED = "performed"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def running(self) -> bool:
        return self in (ActionState.REQUESTED, ActionState.PERFORMED)


@dataclass(frozen=True, slots=True)
class ActionRun:
    """One confirmed action, from request to outcome."""

    id: str
    plan: Plan
    by_id: int
    by_name: str
    requested_at: datetime
    state: ActionState
    chat_id: int = 0
    message_id: int = 0
    progress: Progress | None = None
    finished_at: datetime | None = None
    problem: str = ""
    """A failures.Reason value when it failed at the door; empty otherwise."""
    detail: str = ""
    undo: Plan | None = None
    """The inverse, filled once performed, where one exists."""
    after_version: str = ""
    """The object's resourceVersion right after the change, once performed."""

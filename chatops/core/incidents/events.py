"""What can happen to an incident. Commands are imperative, events past tense."""

from dataclasses import dataclass

from chatops.core.actions import ActionState, Plan, Progress
from chatops.core.alerts import Notification
from chatops.core.incidents.values import Person
from chatops.core.surveys import Survey


@dataclass(frozen=True, slots=True)
class AlertsReceived:
    """A webhook told the state of the group. `home` is False when only some of its alerts belong to this incident."""

    notification: Notification
    home: bool = True


@dataclass(frozen=True, slots=True)
class Press:
    """Where a person pressed: for the audit row and the answer."""

    by: Person
    chat_id: int
    message_id: int = 0
    callback_id: str = ""
    language: str = ""
    """The presser's, for the toast."""


@dataclass(frozen=True, slots=True)
class Take:
    press: Press


@dataclass(frozen=True, slots=True)
class Release:
    press: Press


@dataclass(frozen=True, slots=True)
class Resolve:
    press: Press


@dataclass(frozen=True, slots=True)
class Reject:
    press: Press
    reason: str


@dataclass(frozen=True, slots=True)
class RunAction:
    """A confirmed action. `run_id` was chosen with the confirm button, so a repeated press is recognised.

    `asked_by` is who chose it where somebody else had to confirm; None where the presser did both.
    """

    press: Press
    run_id: str
    plan: Plan
    asked_by: Person | None = None


@dataclass(frozen=True, slots=True)
class StopAction:
    """Begin no further step of the running action. What is under way in the cluster goes on."""

    press: Press


@dataclass(frozen=True, slots=True)
class ActionPerformed:
    """The cluster took the change. `undo` is its inverse where one exists."""

    run_id: str
    undo: Plan | None
    resource_version: str = ""


@dataclass(frozen=True, slots=True)
class ActionProgressed:
    run_id: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class ActionEnded:
    """The action failed at the door or was interrupted; successes and failed rollouts come as progress."""

    run_id: str
    state: ActionState
    problem: str
    detail: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """An interrupted action was looked up in the cluster by its id: whether the change is there."""

    run_id: str
    happened: bool


@dataclass(frozen=True, slots=True)
class Surveyed:
    survey: Survey


Event = (
    AlertsReceived
    | Take
    | Release
    | Resolve
    | Reject
    | RunAction
    | StopAction
    | ActionPerformed
    | ActionProgressed
    | ActionEnded
    | LookedUp
    | Surveyed
)

"""What can happen to an incident. Commands are imperative, events past tense."""

from datetime import datetime, timedelta

from msgspec import Struct

from chatops.core.actions import ActionState, Plan, Progress
from chatops.core.alerts import Notification
from chatops.core.incidents.brought import Merge
from chatops.core.incidents.targets import Target
from chatops.core.incidents.values import Person
from chatops.core.maintenance import Window
from chatops.core.silences import Matcher, SilenceWatch
from chatops.core.standing import Standing
from chatops.core.surveys import Survey


class AlertsReceived(Struct, frozen=True):
    """A webhook told the state of the group. `home` is False when only some of its alerts belong to this incident.

    `windows` are those of maintenance, for an incident that is not open yet.
    """

    notification: Notification
    home: bool = True
    windows: tuple[Window, ...] = ()


class Press(Struct, frozen=True):
    """Where a person pressed: for the audit row and the answer."""

    by: Person
    chat_id: int
    message_id: int = 0
    callback_id: str = ""
    language: str = ""
    """The presser's, for the toast."""
    quiet: bool = False
    """One press for many incidents: whoever asked them answers for all of them."""
    asked: str = ""
    """Under which number the API waits for the answer; empty for a press in a chat. Without a chat `chat_id` is 0."""
    via: str = ""
    """How it was asked for, for the log, where it was not in a chat."""


class Take(Struct, frozen=True):
    press: Press


class Release(Struct, frozen=True):
    press: Press


class Resolve(Struct, frozen=True):
    press: Press


class Reject(Struct, frozen=True):
    press: Press
    reason: str


class HandOver(Struct, frozen=True):
    """Give it to somebody else. Whether `to` may act here was asked at the press."""

    press: Press
    to: Person


class Reopen(Struct, frozen=True):
    """It is not over: a person says so."""

    press: Press


class Judge(Struct, frozen=True):
    """Whether it was a real incident or noise, in the opinion of one person."""

    press: Press
    real: bool


class MergeInto(Struct, frozen=True):
    """It is the same trouble as `into`, the number of another incident: it goes on there."""

    press: Press
    into: int


class TakeIn(Struct, frozen=True):
    """Another incident was merged into this one."""

    merge: Merge


class RunAction(Struct, frozen=True):
    """A confirmed action. `run_id` was chosen with the confirm button, so a repeated press is recognised.

    `asked_by` is who chose it where somebody else had to confirm; None where the presser did both.
    """

    press: Press
    run_id: str
    plan: Plan
    asked_by: Person | None = None


class StopAction(Struct, frozen=True):
    """Begin no further step of the running action. What is under way in the cluster goes on."""

    press: Press


class ActionPerformed(Struct, frozen=True):
    """The cluster took the change. `undo` is its inverse where one exists."""

    run_id: str
    undo: Plan | None
    resource_version: str = ""


class ActionProgressed(Struct, frozen=True):
    run_id: str
    progress: Progress


class ActionEnded(Struct, frozen=True):
    """The action failed at the door or was interrupted; successes and failed rollouts come as progress."""

    run_id: str
    state: ActionState
    problem: str
    detail: str


class LookedUp(Struct, frozen=True):
    """An interrupted action was looked up in the cluster by its id: whether the change is there."""

    run_id: str
    happened: bool


class Surveyed(Struct, frozen=True):
    survey: Survey


class RequestSilence(Struct, frozen=True):
    """Silence it for `length`, or until `ends_at`. `key` is chosen here, so that a lost answer can be looked up by it.

    `matchers` are those of the scope as it was seen; without any it is the whole incident.
    """

    press: Press
    key: str
    length: timedelta
    until_resolved: bool = False
    matchers: tuple[Matcher, ...] = ()
    scope: str = ""
    ends_at: datetime | None = None


class Silenced(Struct, frozen=True):
    """Alertmanager made the silence: `id` is its own, `instance` which Alertmanager it was."""

    key: str
    id: str
    instance: int


class SilenceFailed(Struct, frozen=True):
    """It was not made, for certain."""

    key: str
    problem: str
    detail: str


class Unsilence(Struct, frozen=True):
    """End it; with a `key`, only the very silence that was shown."""

    press: Press
    key: str = ""


class SilenceLifted(Struct, frozen=True):
    """Alertmanager let go of it, or does not know it any more."""

    key: str


class LiftFailed(Struct, frozen=True):
    """It still stands. `temporary`: it is tried again."""

    key: str
    problem: str
    detail: str
    temporary: bool


class SilenceExpired(Struct, frozen=True):
    """Its time is over."""

    key: str


class SilenceSeen(Struct, frozen=True):
    """Alertmanager was asked about a silence that stands."""

    key: str
    watch: SilenceWatch


class SilenceEnding(Struct, frozen=True):
    """It may be about to end."""

    key: str


class ExtendSilence(Struct, frozen=True):
    """Have the silence of this key end an hour later than `seen`, the end that whoever pressed was shown."""

    press: Press
    key: str
    seen: datetime


class SilenceExtended(Struct, frozen=True):
    """Alertmanager did: `id` may be another than before, `ends_at` is its own word for the end, where it was asked."""

    key: str
    id: str
    instance: int
    ends_at: datetime | None = None


class ExtendFailed(Struct, frozen=True):
    """It was not extended, for all that is known."""

    key: str
    problem: str
    detail: str


class Escalate(Struct, frozen=True):
    """Ask for help: the next of the chain, as it is at this moment, or everybody where there is none."""

    press: Press
    chain: tuple[Target, ...] = ()


class Unanswered(Struct, frozen=True):
    """Nobody took it for long enough, counted from `seen`. `chain` is whom to call, as it is at this moment."""

    seen: datetime
    chain: tuple[Target, ...] = ()


class Noted(Struct, frozen=True):
    """Somebody wrote a note: `press` says who and where, `text` is as it was written."""

    press: Press
    text: str


class Stands(Struct, frozen=True):
    """Alertmanager's list was looked at."""

    standing: Standing


class Settled(Struct, frozen=True):
    """The card of an incident that is flapping may change again."""


class MaintenanceOver(Struct, frozen=True):
    """The window that it began inside is over, or was ended."""


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
    | RequestSilence
    | Silenced
    | SilenceFailed
    | Unsilence
    | SilenceLifted
    | LiftFailed
    | SilenceExpired
    | SilenceSeen
    | SilenceEnding
    | ExtendSilence
    | SilenceExtended
    | ExtendFailed
    | Escalate
    | Unanswered
    | Noted
    | Stands
    | HandOver
    | Reopen
    | Judge
    | Settled
    | MaintenanceOver
    | MergeInto
    | TakeIn
)


Pressed = (
    Take
    | Release
    | Resolve
    | Reject
    | RunAction
    | StopAction
    | RequestSilence
    | Unsilence
    | ExtendSilence
    | Escalate
    | Noted
    | HandOver
    | Reopen
    | Judge
    | MergeInto
)
"""What a person asked for."""


def press_of(event: Event) -> Press | None:
    """The press it came from; None for what nobody pressed."""
    return event.press if isinstance(event, Pressed) else None

"""What an incident teaches: which action succeeded while its alert fired, and whether the alert ended soon after."""

from datetime import datetime

from chatops.core.actions import ActionRun, ActionState
from chatops.core.incidents.values import Incident, Status
from chatops.core.remedies.experience import HELPED_WITHIN, Trial


def lessons(before: Incident, after: Incident) -> tuple[Trial, ...]:
    """The trials that the step from `before` to `after` makes or completes.

    An incident closed by hand proves nothing.
    """
    run, lead = after.run, after.lead
    if run is None or run.state is not ActionState.SUCCEEDED or run.finished_at is None or lead is None:
        return ()
    succeeded_now = before.run != run
    ended_now = before.open and not after.open
    if not (succeeded_now or ended_now):
        return ()
    helped = _ended_by_itself(after) and _soon(run, after.closed_at)
    if not succeeded_now and not helped:
        return ()
    return (Trial(run.id, lead.name, run.plan.action, run.finished_at, helped),)


def _ended_by_itself(incident: Incident) -> bool:
    return incident.status is Status.RESOLVED and incident.closed_by is None


def _soon(run: ActionRun, closed_at: datetime | None) -> bool:
    """The alert may end while a rollout is still being followed: then that is what ended it."""
    return closed_at is not None and run.requested_at <= closed_at and closed_at - _done(run) <= HELPED_WITHIN


def _done(run: ActionRun) -> datetime:
    return run.finished_at or run.requested_at

"""`decide`: what an event makes of an incident.

Pure; the caller brings the time, stores the result in one transaction and carries out the effects after it.
"""

from dataclasses import replace
from datetime import datetime

from chatops.core.incidents.acting import action_moved, looked_up, run_action, stop_action
from chatops.core.incidents.alerting import alerts_received
from chatops.core.incidents.asking import asked_how
from chatops.core.incidents.closing import close, release, take
from chatops.core.incidents.effects import Decision
from chatops.core.incidents.escalation import attended, escalate, unanswered
from chatops.core.incidents.events import (
    ActionEnded,
    ActionPerformed,
    ActionProgressed,
    AlertsReceived,
    Escalate,
    Event,
    ExtendFailed,
    ExtendSilence,
    HandOver,
    Judge,
    LiftFailed,
    LookedUp,
    MaintenanceOver,
    MergeInto,
    Noted,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    RunAction,
    Settled,
    Silenced,
    SilenceEnding,
    SilenceExpired,
    SilenceExtended,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
    Stands,
    StopAction,
    Surveyed,
    Take,
    TakeIn,
    Unanswered,
    Unsilence,
    press_of,
)
from chatops.core.incidents.flapping import damped
from chatops.core.incidents.handing import hand_over, held
from chatops.core.incidents.hindsight import judge, reopen
from chatops.core.incidents.merging import merge_into, merged_away, take_in
from chatops.core.incidents.notes import note
from chatops.core.incidents.refusing import witnessed
from chatops.core.incidents.silencing import (
    extend_failed,
    extend_silence,
    lift_failed,
    lift_when_over,
    request_silence,
    silence_ended,
    silence_ending,
    silence_extended,
    silence_failed,
    silence_seen,
    silenced,
    unsilence,
)
from chatops.core.incidents.standing import stands
from chatops.core.incidents.values import Incident, Status
from chatops.core.surveys import Survey


def decide(incident: Incident, event: Event, *, now: datetime) -> Decision:
    """The incident after the event, what is audited of it, and what is to be done. `now` is aware, in UTC."""
    decision = held(incident, _decided(incident, event, now=now), now=now)
    decision = attended(incident, lift_when_over(decision), now=now)
    decision = witnessed(incident, damped(incident, decision, event, now=now), event, now=now)
    press = press_of(event)
    return replace(decision, entries=asked_how(decision.entries, press)) if press else decision


def _decided(incident: Incident, event: Event, *, now: datetime) -> Decision:
    away = merged_away(incident, event)
    if away is not None:
        return away
    match event:
        case AlertsReceived(notification=notification, home=home, windows=windows):
            return alerts_received(incident, notification, home=home, windows=windows, now=now)
        case Take(press):
            return take(incident, press, now)
        case Release(press):
            return release(incident, press, now)
        case Resolve(press):
            return close(incident, press, Status.RESOLVED, "", now)
        case Reject(press, reason):
            return close(incident, press, Status.REJECTED, reason, now)
        case HandOver(press, to):
            return hand_over(incident, press, to, now)
        case MergeInto():
            return merge_into(incident, event, now=now)
        case TakeIn():
            return take_in(incident, event, now=now)
        case Reopen(press):
            return reopen(incident, press, now)
        case Judge(press, real):
            return judge(incident, press, now, real=real)
        case RunAction():
            return run_action(incident, event, now=now)
        case StopAction(press):
            return stop_action(incident, press, now=now)
        case ActionPerformed() | ActionProgressed() | ActionEnded():
            return action_moved(incident, event, now=now)
        case LookedUp():
            return looked_up(incident, event, now=now)
        case Surveyed(survey):
            return _surveyed(incident, survey)
        case RequestSilence():
            return request_silence(incident, event, now=now)
        case Silenced():
            return silenced(incident, event, now=now)
        case SilenceFailed():
            return silence_failed(incident, event, now=now)
        case Unsilence():
            return unsilence(incident, event, now=now)
        case SilenceLifted() | SilenceExpired():
            return silence_ended(incident, event, now=now)
        case LiftFailed():
            return lift_failed(incident, event, now=now)
        case SilenceSeen():
            return silence_seen(incident, event, now=now)
        case SilenceEnding():
            return silence_ending(incident, event, now=now)
        case ExtendSilence():
            return extend_silence(incident, event, now=now)
        case SilenceExtended():
            return silence_extended(incident, event, now=now)
        case ExtendFailed():
            return extend_failed(incident, event, now=now)
        case Escalate():
            return escalate(incident, event, now)
        case Unanswered():
            return unanswered(incident, event, now=now)
        case Noted():
            return note(incident, event, now=now)
        case Stands():
            return stands(incident, event, now=now)
        case Settled():
            return Decision(incident)
        case MaintenanceOver():
            over = incident.maintenance is not None
            return Decision(replace(incident, maintenance=None, revision=incident.revision + over))


def _surveyed(incident: Incident, survey: Survey) -> Decision:
    """A look that found the same as before is no reason to edit a message."""
    known = incident.current_survey
    if known and replace(known, taken_at=survey.taken_at) == survey:
        return Decision(incident)
    return Decision(replace(incident, survey=survey, revision=incident.revision + 1))

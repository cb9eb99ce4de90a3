"""A press or a note that came to nothing at its incident: it leaves a line of the audit log all the same."""

from dataclasses import replace
from datetime import datetime

from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Verb
from chatops.core.incidents.effects import Answer, Decision
from chatops.core.incidents.events import (
    Escalate,
    Event,
    ExtendSilence,
    HandOver,
    Judge,
    MergeInto,
    Noted,
    Press,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    RunAction,
    StopAction,
    Take,
    Unsilence,
    press_of,
)
from chatops.core.incidents.values import Incident
from chatops.core.resources import ObjectRef

TRIES: dict[type, str] = {
    Take: Verb.TAKE,
    Release: Verb.RELEASE,
    Resolve: Verb.RESOLVE,
    Reject: Verb.REJECT,
    StopAction: Verb.STOP,
    RequestSilence: Verb.DO_SILENCE,
    Unsilence: Verb.UNSILENCE,
    ExtendSilence: Verb.EXTEND_SILENCE,
    Escalate: Verb.ESCALATE,
    Noted: "note",
    HandOver: Verb.HAND_OVER,
    Reopen: Verb.REOPEN,
    Judge: Verb.JUDGE,
    MergeInto: Verb.MERGE,
}
"""What an event tries, as a denied line has it; of a RunAction it is the action."""

_REASONS = {"unsilencing": "already_asked", "extending": "already_asked"}
"""Toasts that say what goes on, where it goes on for an earlier press."""

_NOTHING = "nothing_said"


def witnessed(incident: Incident, decision: Decision, event: Event, *, now: datetime) -> Decision:
    """The decision with a denied line where somebody pressed and nothing was written down of it.

    The reason is the toast's. `incident` is as it was before.
    """
    press = press_of(event)
    if press is None or decision.entries:
        return decision
    told = next((each.toast for each in decision.effects if isinstance(each, Answer)), _NOTHING)
    return replace(decision, entries=(refused(incident, event, press, _REASONS.get(told, told), now=now),))


def refused(incident: Incident, event: Event, press: Press, why: str, *, now: datetime) -> Entry:
    """The denied line of this press."""
    what, ref, aimed = _aim(incident, event)
    detail = {"what": what, "why": why, **aimed}
    return Entry(
        EntryType.DENIED,
        press.by.subject,
        now,
        incident_id=incident.id,
        object=ref,
        chat_id=press.chat_id or None,
        message_id=press.message_id or None,
        detail={name: value for name, value in detail.items() if value},
    )


def _aim(incident: Incident, event: Event) -> tuple[str, ObjectRef | None, dict[str, str]]:
    """What was tried, on which object, and the run or silence it was about."""
    match event:
        case RunAction(run_id=run_id, plan=plan):
            return plan.action, plan.ref, {"run": run_id, "before_version": plan.resource_version}
        case StopAction() if incident.run:
            run = incident.run
            return Verb.STOP, run.plan.ref, {"run": run.id, "before_version": run.plan.resource_version}
        case Unsilence() | ExtendSilence() if incident.silence:
            return TRIES[type(event)], None, {"run": incident.silence.key, "silence": incident.silence.id}
        case MergeInto(into=into):
            return Verb.MERGE, None, {"into": str(into)}
        case _:
            return TRIES[type(event)], None, {}

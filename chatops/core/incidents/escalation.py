"""Asking for help, by somebody or because nobody takes it: the chats are reminded, then the chain is gone through.

Where it stands is part of the incident, so that a take and the next call can never both be true.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.alerts import Severity
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.incidents.effects import Answer, Call, CallForHelp, Decision, StopCalling
from chatops.core.incidents.events import Escalate, Unanswered
from chatops.core.incidents.flapping import times_lately
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.incidents.values import Escalation, Incident

QUIET = timedelta(minutes=5)
"""Help that was called is on its way: the next call of the same incident counts only after this."""

REMINDED = 1
"""The step at which the chats were reminded; each one after it calls somebody."""


def waits(incident: Incident) -> bool:
    """Whether somebody has to take it: critical, nobody's, expected by nobody, and hidden by no silence or alert."""
    silenced = incident.silence is not None and incident.silence.standing
    hidden = silenced or incident.standing.muted_until is not None or incident.standing.inhibited
    hidden = hidden or incident.maintenance is not None
    critical = incident.severity is Severity.CRITICAL and incident.revision > 0
    return incident.open and critical and incident.taken_by is None and not hidden


def attended(before: Incident, decision: Decision, *, now: datetime) -> Decision:
    """The decision with the waiting begun or ended: by whatever came, a take, an end, a silence, a release.

    Which begins it anew: of an incident that was given back nobody was called yet. Only of one that is flapping the
    times in which it fires add up: each alone may be too short for anybody to be called.
    """
    after = decision.incident
    if waits(after) == waits(before):
        return decision
    if waits(after):
        return replace(decision, incident=replace(after, escalation=_begun(before, now)))
    ended = not after.open and after.closed_by is None
    stopped = after.escalation.since if ended else None
    rests = replace(after, escalation=replace(after.escalation, since=None, stopped=stopped))
    stop = (StopCalling(),) if before.escalation.step else ()
    return replace(decision, incident=rests, effects=(*decision.effects, *stop))


def _begun(before: Incident, now: datetime) -> Escalation:
    known = before.escalation
    if known.stopped is None or before.open or before.closed_at is None or not times_lately(before, now):
        return Escalation(since=now)
    gap = max(timedelta(0), now - before.closed_at)
    uncounted = known.uncounted + gap if known.at else timedelta(0)
    return replace(known, since=known.stopped + gap, stopped=None, uncounted=uncounted)


def escalate(incident: Incident, event: Escalate, now: datetime) -> Decision:
    """Somebody asks for help. With a chain its next is called; the automatic calls go on from there."""
    press = event.press
    if not incident.open:
        return Decision(incident, effects=(Answer(press, f"already_{incident.status}", {"name": ""}),))
    # By its distance: a clock that was set back must not keep help away.
    if incident.escalated_at and abs(now - incident.escalated_at) < QUIET:
        return Decision(incident, effects=(Answer(press, "help_called_lately"),))
    called = replace(incident, escalated_at=now, revision=incident.revision + 1)
    target, answer = EVERYBODY, Answer(press, "help_called")
    if event.chain:
        target = _next(event.chain, incident.escalation.step)
        step = max(incident.escalation.step, REMINDED) + 1
        waiting = replace(incident.escalation, uncounted=timedelta(0))
        called = replace(called, escalation=replace(waiting, step=step, at=now, target=target))
        answer = Answer(press, "help_called_next", {"name": target.name}) if target.name else answer
    entry = Entry(
        EntryType.ESCALATED,
        press.by.subject,
        now,
        incident_id=incident.id,
        chat_id=press.chat_id,
        message_id=press.message_id or None,
        detail=_detail(target),
    )
    return Decision(called, (entry,), (answer, CallForHelp(press, target)))


def unanswered(incident: Incident, event: Unanswered, *, now: datetime) -> Decision:
    """The next step, unless it was taken meanwhile or another step came first.

    Without a chain all admins are called, once; with one it is gone round until somebody takes it.
    """
    waiting = incident.escalation
    if not waits(incident) or waiting.since is None or waiting.waits_since != event.seen:
        return Decision(incident)
    step = waiting.step + 1
    target = _next(event.chain, waiting.step) if step > REMINDED else None
    last = target is not None and target.everybody
    moved = Escalation(None if last else waiting.since, step, now, target)
    type = EntryType.CALLED if target else EntryType.REMINDED
    minutes = str(int((now - waiting.since).total_seconds() // 60))
    detail = {"minutes": minutes, **(_detail(target) if target else {})}
    entry = Entry(type, SYSTEM, now, incident_id=incident.id, detail=detail)
    # Who was called stands on the card; a reminder says itself all there is.
    revision = incident.revision + (target is not None)
    return Decision(replace(incident, escalation=moved, revision=revision), (entry,), (Call(step, target),))


def _next(chain: tuple[Target, ...], step: int) -> Target:
    return chain[(max(step, REMINDED) - REMINDED) % len(chain)] if chain else EVERYBODY


def _detail(target: Target) -> dict[str, str]:
    named = {"user": str(target.user_id or ""), "name": target.name, "chat": str(target.chat_id or "")}
    return {name: value for name, value in named.items() if value}


def target_of(detail: dict[str, str]) -> Target:
    """Whom a line of the log says was called."""
    return Target(int(detail.get("user", "0")), detail.get("name", ""), int(detail.get("chat", "0")))

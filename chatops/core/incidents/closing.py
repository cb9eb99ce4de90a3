"""What people decide about an incident: take it, give it back, close it."""

from dataclasses import replace
from datetime import datetime

from chatops.core.audit import Entry, EntryType
from chatops.core.incidents.effects import Answer, Decision
from chatops.core.incidents.events import Press
from chatops.core.incidents.values import Incident, Status


def take(incident: Incident, press: Press, now: datetime) -> Decision:
    """Acknowledge. Whoever had it before loses it, and is named in the audit entry."""
    if not incident.open:
        return closed_already(incident, press)
    if incident.taken_by and incident.taken_by.id == press.by.id:
        return Decision(incident, effects=(Answer(press, "already_yours"),))
    previous = incident.taken_by.name if incident.taken_by else ""
    taken = replace(incident, taken_by=press.by, taken_at=now, revision=incident.revision + 1)
    entry = line_of(EntryType.ACKNOWLEDGED, incident, press, now, {"from": previous} if previous else {})
    return Decision(taken, (entry,), (Answer(press, "taken", {"number": str(incident.id)}),))


def release(incident: Incident, press: Press, now: datetime) -> Decision:
    """Give it back, for anybody to take; not only its holder may."""
    if not incident.open:
        return closed_already(incident, press)
    if incident.taken_by is None:
        return Decision(incident, effects=(Answer(press, "nobody_has_it"),))
    freed = replace(incident, taken_by=None, taken_at=None, revision=incident.revision + 1)
    entry = line_of(EntryType.RELEASED, incident, press, now, {"from": incident.taken_by.name})
    return Decision(freed, (entry,), (Answer(press, "released", {"number": str(incident.id)}),))


def close(incident: Incident, press: Press, status: Status, reason: str, now: datetime) -> Decision:
    """Resolve or reject by hand. A first close also counts as having taken it."""
    if not incident.open:
        return closed_already(incident, press)
    closed = replace(
        incident,
        status=status,
        reason=reason,
        closed_at=now,
        closed_by=press.by,
        taken_by=incident.taken_by or press.by,
        taken_at=incident.taken_at or now,
        revision=incident.revision + 1,
    )
    rejected = status is Status.REJECTED
    entry = line_of(
        EntryType.REJECTED if rejected else EntryType.RESOLVED,
        incident,
        press,
        now,
        {"reason": reason} if reason else {},
    )
    toast = "rejected" if rejected else "resolved"
    return Decision(closed, (entry,), (Answer(press, toast, {"number": str(incident.id)}),))


def closed_already(incident: Incident, press: Press) -> Decision:
    """What is pressed on an incident that is not open any more changes nothing."""
    by = incident.closed_by.name if incident.closed_by else ""
    toast = f"already_{incident.status}" + ("_by" if by else "")
    return Decision(incident, effects=(Answer(press, toast, {"name": by}),))


def line_of(type: EntryType, incident: Incident, press: Press, now: datetime, detail: dict[str, str]) -> Entry:
    """The line of the audit log for what a person decided."""
    return Entry(
        type,
        press.by.subject,
        now,
        incident_id=incident.id,
        chat_id=press.chat_id,
        message_id=press.message_id or None,
        detail=detail,
    )

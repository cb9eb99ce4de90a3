"""Asking for help: one loud message to whoever may come, and not again for a while."""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.audit import Entry, EntryType
from chatops.core.incidents.effects import Answer, CallForHelp, Decision
from chatops.core.incidents.events import Press
from chatops.core.incidents.values import Incident

QUIET = timedelta(minutes=5)
"""Help that was called is on its way: the next call of the same incident counts only after this."""


def escalate(incident: Incident, press: Press, now: datetime) -> Decision:
    if not incident.open:
        return Decision(incident, effects=(Answer(press, f"already_{incident.status}", {"name": ""}),))
    # By its distance: a clock that was set back must not keep help away.
    if incident.escalated_at and abs(now - incident.escalated_at) < QUIET:
        return Decision(incident, effects=(Answer(press, "help_called_lately"),))
    called = replace(incident, escalated_at=now, revision=incident.revision + 1)
    entry = Entry(
        EntryType.ESCALATED,
        press.by.subject,
        now,
        incident_id=incident.id,
        chat_id=press.chat_id,
        message_id=press.message_id or None,
    )
    return Decision(called, (entry,), (Answer(press, "help_called"), CallForHelp(press)))

"""A note: what somebody wants remembered of an incident, in the audit log and the timeline and nowhere else."""

from datetime import datetime

from chatops.core.audit import Entry, EntryType
from chatops.core.incidents.effects import Answer, Decision
from chatops.core.incidents.events import Noted
from chatops.core.incidents.values import Incident
from chatops.core.masking import mask
from chatops.core.texts import one_line

LONGEST = 500
"""Characters of a note; a longer one is cut, visibly."""


def note(incident: Incident, event: Noted, *, now: datetime) -> Decision:
    """Secrets are masked before the cut, which could halve one beyond recognition. The card reads the same.

    In a chat nobody is told that they said nothing.
    """
    text, press = one_line(mask(event.text), LONGEST), event.press
    if not text:
        return Decision(incident, effects=(Answer(press, "nothing_said"),) if press.asked else ())
    entry = Entry(
        EntryType.NOTED,
        press.by.subject,
        now,
        incident_id=incident.id,
        chat_id=press.chat_id,
        message_id=press.message_id or None,
        detail={"text": text},
    )
    return Decision(incident, (entry,), (Answer(press, "noted", {"number": str(incident.id)}),))

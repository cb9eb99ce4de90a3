"""The line of the audit log for a press or a message that was refused: who, where, what they tried, and why not."""

from datetime import datetime

from chatops.core.audit import PERSON, Entry, EntryType, Subject
from chatops.core.resources import ObjectRef
from chatops.core.updates import Faceless, Tap, TextMessage


def denied(
    at: Tap | TextMessage | Faceless,
    what: str,
    why: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    ref: ObjectRef | None = None,
    detail: dict[str, str] | None = None,
) -> Entry:
    """`what` is an action, a report, a verb or a command; `why` a code. Nothing that was typed is in it."""
    sender = at.sender
    told = {"what": what, "why": why, **(detail or {})}
    return Entry(
        EntryType.DENIED,
        Subject.person(sender.id, sender.name) if sender else Subject(PERSON),
        now,
        incident_id=incident_id,
        object=ref,
        chat_id=at.chat_id,
        message_id=at.message_id or None,
        detail={name: value for name, value in told.items() if value},
    )

"""Lines of the audit log as the API tells them: an incident's timeline, and the whole log to admins."""

from collections.abc import Sequence

from msgspec import Struct

from chatops.core.audit import Entry, EntryType, StoredEntry
from chatops.core.durations import Durations
from chatops.core.resources import ObjectRef
from chatops.core.screens.logbook import line
from chatops.core.shapes.plain import Moment, plain, seconds
from chatops.core.texts import Tongue, one_line


class Line(Struct, frozen=True):
    """One thing that happened. `kind`: person, alertmanager or system."""

    id: int
    at: Moment
    type: EntryType
    text: str
    who: str
    kind: str


class Took(Struct, frozen=True):
    """Seconds from the earliest start of its alerts; null for what has not happened."""

    acknowledge: int | None
    resolve: int | None
    actions: int


class Timeline(Struct, frozen=True):
    """Oldest first; `next` is the cursor of the page after this one."""

    entries: tuple[Line, ...]
    next: str | None
    took: Took


class AuditLine(Struct, frozen=True):
    """`decision`: allowed or denied of what a person attempted, else empty."""

    id: int
    at: Moment
    type: EntryType
    text: str
    who: str
    kind: str
    user: str
    incident: int | None
    object: ObjectRef | None
    detail: dict[str, str]
    decision: str


class AuditPage(Struct, frozen=True):
    """Newest first; `next` is the cursor of the page after this one."""

    entries: tuple[AuditLine, ...]
    next: str | None


def timeline(entries: Sequence[StoredEntry], next: str | None, took: Durations, tongue: Tongue) -> Timeline:
    lines = tuple(
        Line(
            each.id,
            each.entry.at,
            each.entry.type,
            _text(each.entry, tongue),
            _who(each.entry),
            each.entry.subject.kind,
        )
        for each in entries
    )
    return Timeline(lines, next, Took(seconds(took.taken), seconds(took.resolved), took.actions))


def audit_line(stored: StoredEntry, tongue: Tongue) -> AuditLine:
    entry = stored.entry
    return AuditLine(
        stored.id,
        entry.at,
        entry.type,
        _text(entry, tongue),
        _who(entry),
        entry.subject.kind,
        entry.subject.id,
        entry.incident_id,
        entry.object,
        entry.detail,
        entry.decision,
    )


def _text(entry: Entry, tongue: Tongue) -> str:
    return plain(line(entry, tongue))


def _who(entry: Entry) -> str:
    return one_line(entry.subject.name or entry.subject.kind, 60)

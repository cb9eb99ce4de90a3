"""What is looked for in the audit log, and what is found: the newest lines first, a page at a time. No database."""

from dataclasses import dataclass

from chatops.core.audit import EntryType, StoredEntry

MOST = 200
"""Lines of one page."""

ALLOWED, DENIED = "allowed", "denied"


@dataclass(frozen=True, slots=True)
class WantedLines:
    """What is empty does not narrow. `decision` is ALLOWED or DENIED, of what people attempted.

    `person` is a subject's id. `text` is looked for in names and details, without regard to the case of A to Z.
    """

    type: EntryType | None = None
    person: str = ""
    incident_id: int | None = None
    decision: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FoundLines:
    """`next` is where to go on, empty at the end of the log. A page may be short, and have a next one all the same."""

    lines: tuple[StoredEntry, ...]
    next: str = ""


def line_number(cursor: str) -> int:
    """The line that a cursor is behind. Raises ValueError."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise ValueError("the cursor cannot be read")
    return int(cursor)

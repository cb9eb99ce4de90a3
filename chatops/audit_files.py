"""The audit log as files for others: JSON lines, exact and with the hashes, and CSV for spreadsheets.

docs/audit.md describes the columns. It reads nothing itself.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

from chatops.core.audit import StoredEntry

COLUMNS = (
    *("number", "at", "type", "subject_kind", "subject_id", "subject_name", "incident", "chat", "message"),
    *("object_kind", "object_namespace", "object_name", "object_uid", "object_cluster"),
    *("decision", "action", "what", "verb", "why", "outcome", "run", "before_version", "after_version"),
    *("detail", "previous_hash", "hash"),
)
_FROM_DETAIL = ("action", "what", "verb", "why", "outcome", "run", "before_version", "after_version")

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, the full-width forms included (OWASP, CSV injection)."""


def json_lines(lines: Iterable[StoredEntry]) -> Iterator[bytes]:
    """One JSON object per line of the log, everything of it as it was hashed, and the `decision` that is in it."""
    for line in lines:
        chain = {"previous_hash": line.previous_hash, "hash": line.hash}
        yield (
            msgspec.json.encode({"id": line.id, "decision": line.entry.decision, "entry": line.entry, **chain}) + b"\n"
        )


def csv_lines(lines: Iterable[StoredEntry]) -> Iterator[bytes]:
    """A heading, then one row per line of the log. Text that a spreadsheet would run begins with an apostrophe."""
    yield _row(COLUMNS)
    for line in lines:
        yield _row([_safe(cell) if isinstance(cell, str) else cell for cell in _cells(line)])


def _cells(line: StoredEntry) -> list[str | int | None]:
    entry, ref = line.entry, line.entry.object
    return [
        line.id,
        f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        entry.type.value,
        entry.subject.kind,
        entry.subject.id,
        entry.subject.name,
        entry.incident_id,
        entry.chat_id,
        entry.message_id,
        *((ref.kind, ref.namespace, ref.name, ref.uid, ref.cluster) if ref else ("",) * 5),
        entry.decision,
        *(entry.detail.get(name, "") for name in _FROM_DETAIL),
        msgspec.json.encode(entry.detail, order="deterministic").decode(),
        line.previous_hash,
        line.hash,
    ]


def _safe(text: str) -> str:
    """Control characters are shown as their escapes: a cell is one line, and nothing in it reaches a terminal."""
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _row(cells: Iterable[str | int | None]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_NONNUMERIC).writerow(["" if cell is None else cell for cell in cells])
    return target.getvalue().encode()

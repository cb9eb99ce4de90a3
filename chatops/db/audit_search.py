"""Looking for lines of the audit log: by its indexes, the newest first, and through no more than a bound at once."""

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from chatops.core.audit import PERSON, EntryType
from chatops.core.audit_search import ALLOWED, DENIED, WantedLines
from chatops.db.entities import Tables

MOST_LOOKED = 20_000
"""Lines one page looks through at most. What is rarer than that takes several pages, some of which are short."""

_BOUND = "SELECT id FROM audit {index} WHERE id < ?{where} ORDER BY id DESC LIMIT 1 OFFSET ?"
_FOUND = "SELECT id FROM audit {index} WHERE id < ? AND id >= ?{where}{more} ORDER BY id DESC LIMIT ?"

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_BY_A_PERSON = f" AND subject_kind = '{PERSON}'"
_TEXTS = ("detail", "subject_name", "object_name", "object_namespace")


def lines_found(tables: Tables, wanted: WantedLines, below: int, limit: int) -> tuple[list[int], int | None]:
    """Numbers of at most `limit` lines before line `below`, the newest first, and below which number to go on."""
    index, where, values = _walk(wanted)
    more, others = _rest(wanted)
    execute = tables.connection.execute
    bound = None
    if more:
        bound = execute(_BOUND.format(index=index, where=where), (below, *values, MOST_LOOKED - 1)).fetchone()
    least = bound[0] if bound else 0
    query = _FOUND.format(index=index, where=where, more=more)
    ids = [row[0] for row in execute(query, (below, least, *values, *others, limit + 1))]
    if len(ids) > limit:
        return ids[:limit], ids[limit - 1]
    return ids, least or None


def _walk(wanted: WantedLines) -> tuple[str, str, Sequence[Any]]:
    """The index that leaves the least to look through, and what it is walked by."""
    if wanted.incident_id is not None:
        return "INDEXED BY audit_incident", " AND incident_id = ?", (wanted.incident_id,)
    if wanted.person:
        return "INDEXED BY audit_person", f"{_BY_A_PERSON} AND subject_id = ?", (wanted.person,)
    type = EntryType.DENIED if wanted.decision == DENIED else wanted.type
    if type is not None:
        return "INDEXED BY audit_type", " AND type = ?", (type.value,)
    if wanted.decision == ALLOWED:
        return "INDEXED BY audit_people", _BY_A_PERSON, ()
    return "NOT INDEXED", "", ()


def _rest(wanted: WantedLines) -> tuple[str, Sequence[Any]]:
    """What else a line of the walk has to be."""
    walked_by_incident = wanted.incident_id is not None
    conditions: list[tuple[str, tuple[Any, ...]]] = []
    if wanted.type is not None and (walked_by_incident or wanted.person or wanted.decision == DENIED):
        conditions.append((" AND type = ?", (wanted.type.value,)))
    if wanted.person and walked_by_incident:
        conditions.append((f"{_BY_A_PERSON} AND subject_id = ?", (wanted.person,)))
    if wanted.decision == DENIED and (walked_by_incident or wanted.person):
        conditions.append((" AND type = ?", (EntryType.DENIED.value,)))
    if wanted.decision == ALLOWED:
        conditions.append((f"{_BY_A_PERSON} AND type <> ?", (EntryType.DENIED.value,)))
    if wanted.text:
        # Not LIKE: pony makes it tell upper from lower case. SQLite's lower() knows A to Z, so no more is folded here.
        texts = " OR ".join(f"instr(lower({name}), ?) > 0" for name in _TEXTS)
        conditions.append((f" AND ({texts})", (wanted.text.translate(_LOWER),) * len(_TEXTS)))
    return "".join(text for text, _ in conditions), [each for _, values in conditions for each in values]

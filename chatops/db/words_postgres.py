"""The index of words on PostgreSQL: which incidents that have ended have words that begin so.

A document stands beside its row as a tsvector of whole words, under an inverted index. Such an index gives what is
found in no order: of a word that a third of all incidents have it would fetch and sort a third. So the newest are
looked through first, as far as costs little; where too few of them are found the words are rare, and then the index is
asked for all the rest.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatops.db.entities import Tables

_PUT = "UPDATE listed SET words = array_to_tsvector(string_to_array(?, ' ')) WHERE ended = ?"
_REMOVE = "UPDATE listed SET words = NULL WHERE ended = ?"

LOOKED_THROUGH = 2_000
"""Rows of the newest that are looked through."""

_BOUND = "SELECT ended FROM listed AS l WHERE ended IS NOT NULL AND ended < ? ORDER BY ended DESC LIMIT 1 OFFSET ?"

_NEWEST = """
SELECT l.ended, l.incident_id FROM listed AS l
WHERE l.ended IS NOT NULL AND l.ended < ? AND l.ended >= ?
AND l.words @@ ?::tsquery{more} ORDER BY l.ended DESC LIMIT ?
"""

_REST = """
WITH l AS MATERIALIZED (
    SELECT ended, incident_id, place_id, kind, owner FROM listed
    WHERE ended IS NOT NULL AND words @@ ?::tsquery AND ended < ? AND ended >= ?
)
SELECT l.ended, l.incident_id FROM l WHERE TRUE{more} ORDER BY l.ended DESC LIMIT ?
"""


def add(tables: Tables, ended: int, document: str) -> None:
    tables.connection.execute(_PUT, (" ".join(document.split()), ended))


def remove(tables: Tables, ended: int) -> None:
    tables.connection.execute(_REMOVE, (ended,))


def found(
    tables: Tables,
    terms: Sequence[Iterable[str]],
    beginnings: Sequence[str],
    *,
    below: int,
    least: int,
    limit: int,
    more: str,
    values: Sequence[Any],
) -> list[tuple[int, int]]:
    """`ended` and id of those that have a token of each of `terms` and a word for each of `beginnings`."""
    query = " & ".join(
        [f"({' | '.join(map(quoted, each))})" for each in terms] + [f"{quoted(b)}:*" for b in beginnings]
    )
    execute = tables.connection.execute
    bound = execute(_BOUND, (below, LOOKED_THROUGH - 1)).fetchone()
    reached = max(bound[0], least) if bound else least
    newest = execute(_NEWEST.format(more=more), (below, reached, query, *values, limit)).fetchall()
    if len(newest) == limit or reached == least:
        return newest
    rest = execute(_REST.format(more=more), (query, reached, least, *values, limit - len(newest))).fetchall()
    return [*newest, *rest]


def quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"

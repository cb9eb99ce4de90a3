"""The index of words on PostgreSQL: which incidents that have ended have words that begin so.

A document stands beside its row as a tsvector of whole words, under an inverted index. Such an index gives what is
found in no order: of a word that a third of all incidents have it would fetch and sort a third. So the newest are
looked through first, as far as costs little. Where too few of them are found, how many tells which way is shorter to
the rest: on through the newest, or by the index, which is asked only for what is rare, since all that begins with a
common word is much to gather there too.
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any

from chatops.db.entities import Tables

_PUT = "UPDATE listed SET words = array_to_tsvector(string_to_array(?, ' ')) WHERE ended = ?"
_REMOVE = "UPDATE listed SET words = NULL WHERE ended = ?"

LOOKED_THROUGH = 2_000
"""Rows of the newest that are looked through."""

LOOKED_FURTHER = 30_000
"""As many are looked through besides, where so many are likely to hold what is still wanted."""

COMMON = LOOKED_THROUGH // 20
"""Of the newest rows: what so many of them have is not asked of the index."""

_BOUND = "SELECT ended FROM listed AS l WHERE ended IS NOT NULL AND ended < ? ORDER BY ended DESC LIMIT 1 OFFSET ?"

_THERE = "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'listed'::regclass"

# IS TRUE: that the planner takes the order's index, whatever it thinks of the words.
_NEWEST = """
SELECT l.ended, l.incident_id FROM listed AS l
WHERE l.ended IS NOT NULL AND l.ended < ? AND l.ended >= ?
AND (l.words @@ ?::tsquery) IS TRUE{more} ORDER BY l.ended DESC LIMIT ?
"""

_COUNT = "SELECT {counts} FROM listed WHERE ended IS NOT NULL AND ended < ? AND ended >= ?"

_REST = """
WITH l AS MATERIALIZED (
    SELECT ended, incident_id, place_id, kind, owner FROM listed
    WHERE ended IS NOT NULL AND words @@ ?::tsquery AND (words @@ ?::tsquery) IS TRUE AND ended < ? AND ended >= ?
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
    asked = [f"({' | '.join(map(quoted, each))})" for each in terms] + [f"{quoted(b)}:*" for b in beginnings]
    query, execute = " & ".join(asked), tables.connection.execute

    def walked(below: int, rows: int, limit: int) -> tuple[list[tuple[int, int]], int]:
        bound = execute(_BOUND, (below, rows - 1)).fetchone()
        reached = max(bound[0], least) if bound else least
        return execute(_NEWEST.format(more=more), (below, reached, query, *values, limit)).fetchall(), reached

    newest, reached = walked(below, LOOKED_THROUGH, limit)
    if len(newest) == limit or reached == least:
        return newest
    looked = reached
    # As many rows are to be fetched either way where the found are so many of the newest. Of several words the index
    # has more to put together.
    even = LOOKED_THROUGH * sqrt(limit / execute(_THERE).fetchone()[0])
    if len(newest) > (even if len(asked) == 1 else even / 4):
        further, reached = walked(reached, LOOKED_FURTHER, limit - len(newest))
        newest += further
        if len(newest) == limit or reached == least:
            return newest
    rare = _rare(tables, asked, below, looked)
    rest = execute(_REST.format(more=more), (rare, query, reached, least, *values, limit - len(newest))).fetchall()
    return [*newest, *rest]


def _rare(tables: Tables, asked: Sequence[str], below: int, least: int) -> str:
    """What the index is asked for: all, or only what few of the newest have."""
    if len(asked) == 1:
        return asked[0]
    counts = ", ".join("count(*) FILTER (WHERE (words @@ ?::tsquery) IS TRUE)" for _ in asked)
    bounds = (below, least)
    had = tables.connection.execute(_COUNT.format(counts=counts), (*asked, *bounds)).fetchone()
    return " & ".join(each for each, count in zip(asked, had, strict=True) if count < COMMON) or " & ".join(asked)


def quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"

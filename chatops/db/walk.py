"""Ranges of what has ended, walked side by side: the newest of all of them first, and no further than asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from chatops.db.entities import Tables

_WALK = """
SELECT ended, incident_id FROM listed AS l INDEXED BY {index}
WHERE {where} AND ended < ? AND ended >= ?{more} ORDER BY ended DESC LIMIT ?
"""

_LEAST_AT_ONCE = 4

# Planned once for all ranges: each by itself would cost more to plan, and to send, than to read. Compared as rows and
# in the order of the whole index, because no other index can be walked for that, whatever the planner believes.
_BEGUN = """
SELECT r.n, w.ended, w.incident_id FROM (VALUES {rows}) AS r (n, {names}) JOIN LATERAL (
    SELECT ended, incident_id FROM listed AS l WHERE ended IS NOT NULL
    AND ({columns}, ended) < ({of_r}, ?) AND ({columns}, ended) >= ({of_r}, ?){more} ORDER BY {down}, ended DESC LIMIT ?
) AS w ON TRUE
"""


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of an index in which `ended` goes down: where its first columns have these values.

    `more` is what else a row has to be.
    """

    index: str
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    more: str = ""
    more_values: tuple[Any, ...] = ()


def walked(tables: Tables, ranges: Sequence[Range], below: int, least: int, count: int) -> list[tuple[int, int]]:
    """`ended` and id of the newest `count` whose `ended` is below `below` and at least `least`.

    The ranges are alike but for their `values`.
    """
    if not ranges:
        return []
    if len(ranges) == 1:
        walks = [_walk(tables, ranges[0], below, least, count)]
    elif tables.on_postgres:
        at_once = max(count * 4 // len(ranges), _LEAST_AT_ONCE)
        begun = _begun(tables, ranges, below, least, at_once)
        walks = [_walk(tables, each, below, least, at_once, rows) for each, rows in zip(ranges, begun, strict=True)]
    else:
        at_once = max(count * 2 // len(ranges), _LEAST_AT_ONCE)
        walks = [_walk(tables, each, below, least, at_once) for each in ranges]
    return list(islice(merge(*walks, reverse=True), count))


def _begun(tables: Tables, ranges: Sequence[Range], below: int, least: int, at_once: int) -> list[list[Any]]:
    """The first rows of each range, by one statement: on PostgreSQL each one is a way to the server and back."""
    alike = ranges[0]
    names = [f"v{n}" for n, _ in enumerate(alike.columns)]
    query = _BEGUN.format(
        rows=", ".join(f"({n}{', ?' * len(names)})" for n, _ in enumerate(ranges)),
        names=", ".join(names),
        columns=", ".join(alike.columns),
        of_r=", ".join(f"r.{name}" for name in names),
        down=", ".join(f"{column} DESC" for column in alike.columns),
        more=alike.more,
    )
    values = (*(value for each in ranges for value in each.values), below, least, *alike.more_values, at_once)
    begun: list[list[Any]] = [[] for _ in ranges]
    for n, *row in tables.connection.execute(query, values):
        begun[n].append(tuple(row))
    # Each in order, as it was read; a join does not promise that.
    return [sorted(rows, reverse=True) for rows in begun]


def _walk(
    tables: Tables, each: Range, below: int, least: int, at_once: int, begun: list[Any] | None = None
) -> Iterator[tuple[int, int]]:
    where = " AND ".join(f"{column} = ?" for column in each.columns) or "TRUE"
    query = _WALK.format(index=each.index, where=where, more=each.more)
    rows = begun
    while True:
        if rows is None:
            bounds = (*each.values, below, least, *each.more_values, at_once)
            rows = tables.connection.execute(query, bounds).fetchall()
        yield from rows
        if len(rows) < at_once:
            return
        below, rows = rows[-1][0], None

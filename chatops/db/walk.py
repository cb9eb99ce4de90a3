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


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of an index in which `ended` goes down: `where` says which, `more` what else a row has to be."""

    index: str
    where: str
    values: tuple[Any, ...]
    more: str = ""
    more_values: tuple[Any, ...] = ()


def walked(tables: Tables, ranges: Sequence[Range], below: int, least: int, count: int) -> list[tuple[int, int]]:
    """`ended` and id of the newest `count` whose `ended` is below `below` and at least `least`."""
    if not ranges:
        return []
    at_once = max(count * 2 // len(ranges), _LEAST_AT_ONCE) if len(ranges) > 1 else count
    walks = [_walk(tables, each, below, least, at_once) for each in ranges]
    return list(islice(merge(*walks, reverse=True), count))


def _walk(tables: Tables, each: Range, below: int, least: int, at_once: int) -> Iterator[tuple[int, int]]:
    query = _WALK.format(index=each.index, where=each.where, more=each.more)
    while True:
        bounds = (*each.values, below, least, *each.more_values, at_once)
        rows = tables.connection.execute(query, bounds).fetchall()
        yield from rows
        if len(rows) < at_once:
            return
        below = rows[-1][0]

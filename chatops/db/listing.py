"""Lists of incidents as the API reads them: a page by its filters, and what has changed since a mark.

Nothing is counted, and no incident is loaded. Each filter has an index of `listed` that it is walked by, named in the
statement: which one the planner would take depends on what was analysed when. What narrows by place or kind is walked
as many ranges side by side, each in the list's order, and put together (`db/walk`); so a page costs what it holds, not
what there is of other people's.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Person, Status
from chatops.core.listing import CLOSED, MOST, OPEN, Changes, Page, Position, Row, Wanted, mark_of, mark_text
from chatops.core.search import asked_words, label_token
from chatops.db import fulltext
from chatops.db.columns import time_of, time_of_or_none
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.listed import kind_of, last_change, list_again, micros
from chatops.db.places import Readable, Spot, narrowed, one_of, spots_of, within
from chatops.db.rows import incidents_of
from chatops.db.walk import Range, walked

MOST_RANGES = 32
"""Places that are walked side by side. Whoever may read more of them finds what they may read soon enough."""

MOST_BEHIND = 10_000
"""Changes after which it is less to read everything anew."""

_LEAST, _GREATEST = -(2**62), 2**62

_OPEN = """
SELECT urgency, incident_id FROM listed AS l INDEXED BY listed_open
WHERE ended IS NULL AND urgency >= ? AND (urgency > ? OR incident_id < ?){more}
ORDER BY urgency, incident_id DESC LIMIT ?
"""

_ROWS = """
SELECT l.incident_id, i.title, l.object, i.severity, i.status, i.cluster, i.namespace, i.opened_at, l.started_at,
    i.closed_at, i.taken_by_id, i.taken_by_name, i.taken_at, l.firing, l.silenced_until, i.reopened, l.running,
    l.merged_into, i.revision
FROM listed AS l CROSS JOIN incidents AS i ON i.id = l.incident_id WHERE l.incident_id IN ({marks})
"""

_CHANGED = """
SELECT changed, incident_id FROM listed AS l INDEXED BY listed_changed WHERE changed > ?{more} ORDER BY changed LIMIT ?
"""

_LIFE = "SELECT life FROM changes_of"

_UNFILLED = """
SELECT incident_id FROM listed INDEXED BY listed_unfilled WHERE search IS NULL ORDER BY incident_id DESC LIMIT ?
"""


class Listing:
    """Read only, but for `fill`. `readable` narrows to the places that somebody may read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def page(self, wanted: Wanted, readable: Readable | None = None) -> Page:
        """The rows wanted, in the list's order. Raises ValueError for a cursor that is not of this list."""
        behind, tables = wanted.position, self._tables

        def work() -> Page:
            spots = spots_of(tables)
            mark = _mark(tables, narrowed(spots, readable), spots)
            places = narrowed(spots, readable, clusters=wanted.clusters, namespaces=wanted.namespaces)
            found = _found(tables, wanted, places, behind)
            shown = found[: wanted.size]
            rest = wanted.next(shown[-1]) if len(found) > len(shown) else ""
            return Page(_rows(tables, [each.id for each in shown]), rest, mark)

        return self._database.read(work)

    def row(self, incident_id: int) -> Row | None:
        """That of one incident; None where there is none, or nothing is known of it yet."""
        return next(iter(self._database.read(lambda: _rows(self._tables, (incident_id,)))), None)

    def changes(self, since: str, limit: int = MOST, readable: Readable | None = None) -> Changes:
        """What has changed since the mark `since`, at most `limit` rows."""
        tables, told, most = self._tables, mark_of(since), min(max(limit, 1), MOST)

        def work() -> Changes:
            spots = spots_of(tables)
            places = narrowed(spots, readable)
            mark, last = _mark(tables, places, spots), last_change(tables)
            if told is None or told[0] != _life(tables) or told[1] > last:
                return Changes(mark, reset=True)
            behind = last - told[1]
            if max((spot.changed for spot in (spots if places is None else places)), default=0) <= told[1]:
                # What changes elsewhere must not make a mark too old to be answered.
                return Changes(since if behind < MOST_BEHIND // 2 else mark_text(told[0], last))
            if behind > MOST_BEHIND:
                return Changes(mark, reset=True)
            more, values = within(places)
            query = _CHANGED.format(more=more)
            found = tables.connection.execute(query, (told[1], *values, most + 1)).fetchall()
            rows = _rows(tables, [number for _, number in found[:most]])
            if len(found) > most:
                return Changes(mark_text(told[0], found[most - 1][0]), rows, more=True)
            return Changes(mark, rows)

        return self._database.read(work)

    def mark(self, readable: Readable | None = None) -> str:
        """Another text whenever a readable incident has changed; no incident is looked at."""
        tables = self._tables

        def work() -> str:
            spots = spots_of(tables)
            return _mark(tables, narrowed(spots, readable), spots)

        return self._database.read(work)

    def places(self, readable: Readable | None = None) -> tuple[tuple[str, str], ...]:
        """Clusters and namespaces that readable incidents were ever in."""

        def work() -> tuple[tuple[str, str], ...]:
            spots = spots_of(self._tables)
            found = narrowed(spots, readable)
            return tuple((spot.cluster, spot.namespace) for spot in (spots if found is None else found))

        return self._database.read(work)

    def fill(self, limit: int = 200) -> int:
        """Read again what is listed of incidents from before there were lists, the newest first: how many these were.

        Until none is left (0) they are in every list, but have no object's name and are not found by text or label.
        """

        def work() -> int:
            tables = self._tables
            ids = [row[0] for row in tables.connection.execute(_UNFILLED, (limit,))]
            for incident in incidents_of(tables, ids):
                list_again(tables, incident, silently=True)
            return len(ids)

        return self._database.write(work)


def _mark(tables: Tables, places: Sequence[Spot] | None, spots: Sequence[Spot]) -> str:
    number = max((spot.changed for spot in (spots if places is None else places)), default=0)
    return mark_text(_life(tables), number)


def _life(tables: Tables) -> str:
    return str(tables.connection.execute(_LIFE).fetchone()[0])


def _found(tables: Tables, wanted: Wanted, places: Sequence[Spot] | None, behind: Position | None) -> list[Position]:
    """One more than is wanted, where there is more."""
    words = asked_words(wanted.text)
    if (places is not None and not places) or (wanted.text.strip() and not words):
        return []
    labels = [label_token(*label) for label in wanted.labels]
    count, found = wanted.size + 1, list[Position]()
    if wanted.statuses & OPEN and (behind is None or behind.open):
        found += _open(tables, wanted, places, behind, words, labels, count)
    if wanted.statuses & CLOSED and len(found) < count:
        below = _GREATEST if behind is None or behind.open else behind.order
        found += _closed(tables, wanted, places, below, words, labels, count - len(found))
    return found


def _open(
    tables: Tables,
    wanted: Wanted,
    places: Sequence[Spot] | None,
    behind: Position | None,
    words: Sequence[str],
    labels: Sequence[str],
    count: int,
) -> list[Position]:
    order, number = (behind.order, behind.id) if behind else (_LEAST, 0)
    more, values = within(places)
    kinds = _kinds(wanted, OPEN)
    more, values = f"{more}{one_of('kind', kinds)}", (*values, *kinds)
    conditions: list[tuple[str, Any]] = [("instr(search, ?) > 0", f" {word}") for word in words]
    conditions += [("instr(search, ?) > 0", f" {label} ") for label in labels]
    conditions += [("owner = ?", wanted.owner)] if wanted.owner is not None else []
    conditions += [("opened >= ?", micros(wanted.since))] if wanted.since else []
    conditions += [("opened < ?", micros(wanted.until))] if wanted.until else []
    query = _OPEN.format(more=more + "".join(f" AND {text}" for text, _ in conditions))
    bounds = (order, order, number, *values, *(value for _, value in conditions), count)
    return [Position(True, *row) for row in tables.connection.execute(query, bounds)]


def _closed(
    tables: Tables,
    wanted: Wanted,
    places: Sequence[Spot] | None,
    below: int,
    words: Sequence[str],
    labels: Sequence[str],
    count: int,
) -> list[Position]:
    kinds, owner = _kinds(wanted, CLOSED), wanted.owner
    any_kind = len(kinds) == len(CLOSED) * len(Severity)
    few = places is not None and len(places) <= MOST_RANGES
    below = min(below, micros(wanted.until)) if wanted.until else below
    least = micros(wanted.since) if wanted.since else _LEAST
    near, spots = ("", ()) if few else within(places)
    if words or labels:
        rows = fulltext.found(
            tables,
            words,
            labels,
            places=[spot.id for spot in places or ()] if few else None,
            kinds=None if any_kind else kinds,
            owner=owner,
            below=below,
            least=least,
            limit=count,
            more=near,
            values=spots,
        )
        return [Position(False, *row) for row in rows]
    mine = ("", ()) if owner is None else (" AND owner = ?", (owner,))
    if owner is not None and (owner or (any_kind and not few)):
        more, values = within(places)
        more, values = f"{more}{one_of('kind', kinds)}", (*values, *kinds)
        ranges = [Range("listed_owner", ("owner",), (owner,), more, values)]
    elif few:
        ids = [spot.id for spot in places or ()]
        ranges = [Range("listed_place", ("place_id", "kind"), (id, kind), *mine) for id in ids for kind in kinds]
    elif any_kind:
        ranges = [Range("listed_ended", (), (), near, spots)]
    else:
        more, values = near + mine[0], (*spots, *mine[1])
        ranges = [Range("listed_kind", ("kind",), (kind,), more, values) for kind in kinds]
    return [Position(False, *row) for row in walked(tables, ranges, below, least, count)]


def _kinds(wanted: Wanted, statuses: Iterable[Status]) -> tuple[int, ...]:
    severities = wanted.severities or tuple(Severity)
    return tuple(sorted(kind_of(status, each) for status in wanted.statuses & set(statuses) for each in severities))


def _rows(tables: Tables, ids: Sequence[int]) -> tuple[Row, ...]:
    if not ids:
        return ()
    query = _ROWS.format(marks=", ".join("?" * len(ids)))
    known = {row[0]: _row(row) for row in tables.connection.execute(query, tuple(ids))}
    return tuple(known[each] for each in ids if each in known)


def _row(row: tuple[Any, ...]) -> Row:
    number, title, object, severity, status, cluster, namespace, opened, started, closed, *others = row
    by_id, by_name, taken, firing, silenced, reopened, running, merged_into, revision = others
    return Row(
        id=number,
        title=title,
        object=object,
        severity=Severity(severity),
        status=Status(status),
        cluster=cluster,
        namespace=namespace,
        opened_at=time_of(opened),
        started_at=time_of(started),
        closed_at=time_of_or_none(closed),
        taken_by=None if by_id is None else Person(by_id, by_name),
        taken_at=time_of_or_none(taken),
        firing=firing,
        silenced_until=time_of_or_none(silenced),
        reopened=reopened,
        running=bool(running),
        merged_into=merged_into,
        revision=revision,
    )

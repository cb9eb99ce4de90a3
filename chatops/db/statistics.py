"""What a review is made of, read in bulk: one statement for the incidents of a span, one for what was tried on them.

An incident that was merged into another is that one's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import Any

from chatops.core.alerts import Severity
from chatops.core.charts import Charts
from chatops.core.incidents.values import Status
from chatops.core.review import Row, Span, Tried
from chatops.db.charts import counted_charts
from chatops.db.columns import time_of, time_of_or_none, time_text
from chatops.db.database import Database
from chatops.db.places import Readable, narrowed, spots_of

_INCIDENTS = """
SELECT i.id, i.title, i.cluster, i.namespace, i.severity, i.status, i.opened_at, i.closed_at, i.closed_by_id,
       i.acknowledged_at, i.reopened, i.said_real, i.said_noise, i.group_labels,
       (SELECT min(starts_at) FROM alerts WHERE incident_id = i.id),
       (SELECT max(ends_at) FROM alerts WHERE incident_id = i.id),
       (SELECT count(*) FROM actions WHERE incident_id = i.id)
FROM incidents AS i INDEXED BY incidents_opened
WHERE i.opened_at >= ? AND i.opened_at < ? AND i.revision > 0 AND i.merged_into IS NULL
ORDER BY i.opened_at, i.id
"""

_PLACES = """
SELECT cluster, namespace, count(*) FROM incidents INDEXED BY incidents_opened
WHERE opened_at >= ? AND opened_at < ? AND revision > 0 AND merged_into IS NULL
GROUP BY cluster, namespace
"""

_TRIED = """
SELECT i.title, i.namespace, i.cluster, t.action, t.helped
FROM incidents AS i INDEXED BY incidents_opened
JOIN actions AS a ON a.incident_id = i.id
JOIN trials AS t ON t.run_id = a.id
WHERE i.opened_at >= ? AND i.opened_at < ? AND i.revision > 0
"""

_BEFORE_THEM = """
SELECT opened_at FROM incidents INDEXED BY incidents_opened WHERE opened_at >= ? AND opened_at < ?
ORDER BY opened_at DESC LIMIT 1 OFFSET ?
"""

MOST_ROWS = 100_000
"""Incidents of one review: to read and sum up so many takes a few seconds and 100 MB."""


class Statistics:
    """Read only. `readable` narrows to the places that somebody may read; without it all of them count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def incidents(self, span: Span, readable: Readable | None = None) -> tuple[Row, ...]:
        """Those opened in the span, the oldest first."""
        wanted = _wanted(span, readable)

        def work() -> tuple[Row, ...]:
            rows = self._tables.connection.execute(_INCIDENTS, _moments(span))
            return tuple(_row(row) for row in rows if wanted(row[2], row[3]))

        return self._database.read(work)

    def count(self, span: Span, readable: Readable | None = None) -> int:
        """How many were opened in the span."""
        wanted = _wanted(span, readable)

        def work() -> int:
            found = self._tables.connection.execute(_PLACES, _moments(span))
            return sum(count for cluster, namespace, count in found if wanted(cluster, namespace))

        return self._database.read(work)

    def charts(self, span: Span, zone: tzinfo, readable: Readable | None = None) -> Charts:
        """How they lie in time, in this zone: of all there are, but times only of the newest `charts.MOST_TIMED`."""
        tables, namespaces = self._tables, (span.namespace,) if span.namespace else ()

        def work() -> Charts:
            places = narrowed(spots_of(tables), readable, namespaces=namespaces)
            return counted_charts(tables, span, zone, places)

        return self._database.read(work)

    def within(self, span: Span, most: int = MOST_ROWS) -> Span:
        """The end of the span, as long as no more than `most` incidents were opened in it, whoever may read them.

        What reads every incident is to read no more than that. Looking for it takes some milliseconds.
        """
        values = (*_moments(span), most)

        def work() -> Span:
            row = self._tables.connection.execute(_BEFORE_THEM, values).fetchone()
            return span if row is None else replace(span, since=time_of(row[0]) + timedelta.resolution)

        return self._database.read(work)

    def tried(self, span: Span, readable: Readable | None = None) -> tuple[Tried, ...]:
        """The actions that succeeded on them."""
        wanted = _wanted(span, readable)

        def work() -> tuple[Tried, ...]:
            found = self._tables.connection.execute(_TRIED, _moments(span))
            return tuple(
                Tried((title, namespace, cluster), action, bool(helped))
                for title, namespace, cluster, action, helped in found
                if wanted(cluster, namespace)
            )

        return self._database.read(work)


def _moments(span: Span) -> tuple[str, str]:
    return time_text(span.since), time_text(span.until)


def _wanted(span: Span, readable: Readable | None) -> Callable[[str, str], bool]:
    """There are few places and many incidents: each place is decided once."""
    decided: dict[tuple[str, str], bool] = {}

    def wanted(cluster: str, namespace: str) -> bool:
        place = (cluster, namespace)
        if place not in decided:
            there = not span.namespace or span.namespace == namespace
            decided[place] = there and (readable is None or readable(cluster, namespace))
        return decided[place]

    return wanted


def _row(row: tuple[Any, ...]) -> Row:
    number, title, cluster, namespace, severity, status, opened, closed, closed_by, *others = row
    acknowledged, reopened, real, noise, group, began, ended, actions = others
    opened_at, by_hand = time_of(opened), closed_by is not None
    ended_at = None
    if closed is not None:
        ended_at = time_of(closed if by_hand or ended is None else ended)
    return Row(
        id=number,
        title=title,
        cluster=cluster,
        namespace=namespace,
        severity=Severity(severity),
        status=Status(status),
        opened_at=opened_at,
        began_at=min(time_of(began), opened_at) if began is not None else opened_at,
        ended_at=ended_at,
        acknowledged_at=time_of_or_none(acknowledged),
        by_hand=by_hand,
        reopened=reopened,
        actions=actions,
        real=real,
        noise=noise,
        group=group,
    )

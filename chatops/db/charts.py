"""Charts of a span, counted where the incidents are: nothing of a single one of them comes out of the database.

A year of a million incidents takes the reader's thread one to two seconds, in which other threads run: SQLite needs
nothing of Python for it. Most of that is to sort the times of each week, so there is a bound to how many are sorted.
"""

from collections.abc import Sequence
from datetime import timedelta, tzinfo

from chatops.core.charts import DAY_ONE, Charts, Counted, Offset, Week, charts_from, offsets
from chatops.core.incidents.values import Status
from chatops.core.review import Span, Times
from chatops.db.entities import Tables
from chatops.db.listed import SEVERITIES, kind_of, micros
from chatops.db.places import Spot, within

_HOUR = 3_600 * 1_000_000
_DAYS_TO_MONDAY = 3
"""Day 0, the first of 1970, was a Thursday."""

MOST_TIMED = 200_000
"""Incidents whose times are looked at: earlier weeks of a longer span have their counts and no times."""

_OF_SPAN = "FROM listed AS l INDEXED BY listed_opened WHERE opened >= ? AND opened < ? AND merged_into IS NULL"

_HOURS = f"SELECT (opened + {{ahead}}) / {_HOUR} AS hour, kind % 4 AS rank, count(*) {_OF_SPAN}{{more}} GROUP BY 1, 2"

_WEEK = f"((opened + {{ahead}}) / {24 * _HOUR} + {_DAYS_TO_MONDAY}) / 7"

_CUT = f"SELECT opened, {_WEEK} {_OF_SPAN}{{more}} ORDER BY opened DESC LIMIT 1 OFFSET ?"

_WEEKS = f"""
SELECT week, number, took FROM (
    SELECT week, took, count(took) OVER of_week AS number,
        row_number() OVER (PARTITION BY week ORDER BY took) AS nth
    FROM (
        SELECT {_WEEK} AS week, {{took}} AS took {_OF_SPAN}{{more}}
    ) AS of_all WHERE took IS NOT NULL
    WINDOW of_week AS (PARTITION BY week)
) AS of_weeks WHERE nth IN ((number + 1) / 2, (number * 9 + 9) / 10) ORDER BY week, nth
"""
_TAKEN = "CASE WHEN acknowledged < began THEN 0 ELSE acknowledged - began END"
_LASTED = "CASE WHEN kind BETWEEN ? AND ? THEN CASE WHEN finished < began THEN 0 ELSE finished - began END END"
_RESOLVED = (kind_of(Status.RESOLVED, SEVERITIES[0]), kind_of(Status.RESOLVED, SEVERITIES[-1]))


def counted_charts(tables: Tables, span: Span, zone: tzinfo, places: Sequence[Spot] | None) -> Charts:
    """Within a session. `places` are those that count; None is all of them."""
    ahead, shifts = _ahead(offsets(span, zone))
    more, ids = within(places)
    since, until = micros(span.since), micros(span.until)
    execute = tables.connection.execute
    counted = [
        Counted(DAY_ONE + timedelta(days=hour // 24), hour % 24, SEVERITIES[rank], count)
        for hour, rank, count in execute(_HOURS.format(ahead=ahead, more=more), (*shifts, since, until, *ids))
    ]
    cut = execute(_CUT.format(ahead=ahead, more=more), (*shifts, since, until, *ids, MOST_TIMED)).fetchone()
    since, untimed = cut or (since, None)
    queries = [_WEEKS.format(ahead=ahead, took=took, more=more) for took in (_TAKEN, _LASTED)]
    taken = _times(tables, queries[0], (*shifts, since, until, *ids), untimed)
    resolved = _times(tables, queries[1], (*shifts, *_RESOLVED, since, until, *ids), untimed)
    counts: dict[int, int] = {}
    for each in counted:
        week = ((each.day - DAY_ONE).days + _DAYS_TO_MONDAY) // 7
        counts[week] = counts.get(week, 0) + each.count
    weeks = (
        Week(DAY_ONE + timedelta(days=week * 7 - _DAYS_TO_MONDAY), count, taken.get(week), resolved.get(week))
        for week, count in counts.items()
    )
    return charts_from(span, counted, weeks, zone=zone)


def _ahead(found: Sequence[Offset]) -> tuple[str, tuple[int, ...]]:
    """An expression that says for a row how far the zone's clocks were ahead, in microseconds, and its values."""
    *changes, last = found
    if not changes:
        return "?", (_micros(last.ahead),)
    cases, values = "", list[int]()
    for each in changes:
        assert each.until is not None
        cases += " WHEN opened < ? THEN ?"
        values += [micros(each.until), _micros(each.ahead)]
    return f"CASE{cases} ELSE ? END", (*values, _micros(last.ahead))


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _times(tables: Tables, query: str, values: Sequence[int], untimed: int | None) -> dict[int, Times]:
    """By week, without the one that was looked at only in part."""
    found: dict[int, list[tuple[int, timedelta]]] = {}
    for week, number, took in tables.connection.execute(query, values):
        if week != untimed:
            found.setdefault(week, []).append((number, timedelta(microseconds=took)))
    return {week: Times(told[0][0], told[0][1], told[-1][1]) for week, told in found.items()}

"""How incidents of a span lie in time: per day, per hour of the week, per week. Pure, of rows of a review or of counts.

Days, hours and weeks are those of one zone. What was in the span only in part (its first and its last day) counts with
what it has; what has nothing is there with nothing, so that a chart has no gaps.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Status
from chatops.core.review import Row, Span, Times, times_of

DAYS_OF_WEEK, HOURS = 7, 24

DAY_ONE = date(1970, 1, 1)
"""Days are numbered from it, as clocks of computers do."""


@dataclass(frozen=True, slots=True)
class Day:
    """How many incidents were opened that day, by severity."""

    day: date
    critical: int = 0
    warning: int = 0
    info: int = 0
    none: int = 0

    @property
    def count(self) -> int:
        return self.critical + self.warning + self.info + self.none


@dataclass(frozen=True, slots=True)
class Week:
    """Of the incidents opened in the week that begins on `monday`: how many, how fast they were taken and resolved."""

    monday: date
    count: int = 0
    taken: Times | None = None
    resolved: Times | None = None

    @property
    def name(self) -> str:
        """As ISO 8601 has it: `2026-W48`."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True)
class Charts:
    """`hours[0][22]`: how many were opened on Mondays from 22:00 to 23:00."""

    by_day: tuple[Day, ...]
    hours: tuple[tuple[int, ...], ...]
    by_week: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """So many incidents of this severity were opened in this hour of this day."""

    day: date
    hour: int
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a zone's clocks are ahead of UTC `until` then; None for the last one of a span."""

    until: datetime | None
    ahead: timedelta


def charts_of(span: Span, rows: Iterable[Row], *, zone: tzinfo) -> Charts:
    """`rows` are the incidents of the span, in any order."""
    counted = Counter[tuple[date, int, Severity]]()
    by_week: dict[date, list[Row]] = {}
    for row in rows:
        here = row.opened_at.astimezone(zone)
        counted[here.date(), here.hour, row.severity] += 1
        by_week.setdefault(monday_of(here.date()), []).append(row)
    hours = (Counted(*key, count) for key, count in counted.items())
    return charts_from(span, hours, (_week(monday, of_week) for monday, of_week in by_week.items()), zone=zone)


def charts_from(span: Span, counted: Iterable[Counted], weeks: Iterable[Week], *, zone: tzinfo) -> Charts:
    """The same of what was counted elsewhere in the same zone; `weeks` are those in which there was anything."""
    by_day, by_hour = Counter[tuple[date, Severity]](), Counter[tuple[int, int]]()
    for each in counted:
        by_day[each.day, each.severity] += each.count
        by_hour[each.day.weekday(), each.hour] += each.count
    by_week = {monday: Week(monday) for monday in mondays(span, zone)} | {week.monday: week for week in weeks}
    return Charts(
        by_day=tuple(Day(day, *(by_day[day, severity] for severity in Severity)) for day in days(span, zone)),
        hours=tuple(tuple(by_hour[day, hour] for hour in range(HOURS)) for day in range(DAYS_OF_WEEK)),
        by_week=tuple(by_week[monday] for monday in sorted(by_week)),
    )


def days(span: Span, zone: tzinfo) -> Iterator[date]:
    """Every day that the span has something of, the first one first."""
    if span.until <= span.since:
        return
    day, last = span.since.astimezone(zone).date(), (span.until - timedelta.resolution).astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def mondays(span: Span, zone: tzinfo) -> tuple[date, ...]:
    """The beginnings of every week that the span has something of."""
    return tuple(dict.fromkeys(monday_of(day) for day in days(span, zone)))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def offsets(span: Span, zone: tzinfo) -> tuple[Offset, ...]:
    """How the zone's clocks stand over the span, in order: what counts without knowing zones counts by them."""
    found: list[Offset] = []
    moment = span.since.astimezone(UTC)
    while moment < span.until:
        later = moment + timedelta(days=1)
        ahead, then = _ahead(moment, zone), _ahead(later, zone)
        if then != ahead:
            found.append(Offset(_change(moment, later, zone), ahead))
        moment = later
    return (*found, Offset(None, _ahead(moment, zone)))


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """When the clocks are changed between the two, to the second: the first moment of the new time."""
    ahead = _ahead(before, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _ahead(middle, zone) == ahead else (before, middle)
    return after.replace(microsecond=0)


def _ahead(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _week(monday: date, rows: list[Row]) -> Week:
    over = (row.lasted for row in rows if row.status is Status.RESOLVED)
    return Week(monday, len(rows), times_of(row.taken_after for row in rows), times_of(over))

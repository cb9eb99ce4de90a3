"""How incidents of a span lie in time: per day, per hour of the week, per week. Pure, of the rows of a review.

Days, hours and weeks are those of one zone. What was in the span only in part (its first and its last day) counts with
what it has; what has nothing is there with nothing, so that a chart has no gaps.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Status
from chatops.core.review import Row, Span, Times, times_of

DAYS_OF_WEEK, HOURS = 7, 24


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


def charts_of(span: Span, rows: Iterable[Row], *, zone: tzinfo) -> Charts:
    """`rows` are the incidents of the span, in any order."""
    by_day, by_hour = Counter[tuple[date, Severity]](), Counter[tuple[int, int]]()
    by_week: dict[date, list[Row]] = {monday: [] for monday in mondays(span, zone)}
    for row in rows:
        here = row.opened_at.astimezone(zone)
        day = here.date()
        by_day[day, row.severity] += 1
        by_hour[day.weekday(), here.hour] += 1
        by_week.setdefault(monday_of(day), []).append(row)
    return Charts(
        by_day=tuple(Day(day, *(by_day[day, severity] for severity in Severity)) for day in days(span, zone)),
        hours=tuple(tuple(by_hour[day, hour] for hour in range(HOURS)) for day in range(DAYS_OF_WEEK)),
        by_week=tuple(_week(monday, of_week) for monday, of_week in sorted(by_week.items())),
    )


def days(span: Span, zone: tzinfo) -> Iterator[date]:
    """Every day that the span has something of, the first one first."""
    if span.until <= span.since:
        return
    day, last = _date(span.since, zone), _date(span.until - timedelta.resolution, zone)
    while day <= last:
        yield day
        day += timedelta(days=1)


def mondays(span: Span, zone: tzinfo) -> tuple[date, ...]:
    """The beginnings of every week that the span has something of."""
    return tuple(dict.fromkeys(monday_of(day) for day in days(span, zone)))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _date(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def _week(monday: date, rows: list[Row]) -> Week:
    over = (row.lasted for row in rows if row.status is Status.RESOLVED)
    return Week(monday, len(rows), times_of(row.taken_after for row in rows), times_of(over))

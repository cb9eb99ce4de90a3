"""Charts of a span: nothing is lost or counted twice, in whatever zone, and no day is missing."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Severity
from chatops.core.charts import Day, charts_of, offsets
from chatops.core.incidents import Status
from chatops.core.review import Row, Span, Times, times_of

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WEEK = Span(MONDAY - timedelta(days=7), MONDAY)
ZONES = [
    ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati")
]


def a_row(
    opened: datetime,
    severity: Severity = Severity.WARNING,
    *,
    taken: float | None = 3,
    lasted: float | None = 20,
    status: Status = Status.RESOLVED,
) -> Row:
    """`taken` and `lasted` are minutes after it was opened."""
    ended = None if lasted is None else opened + timedelta(minutes=lasted)
    acknowledged = None if taken is None else opened + timedelta(minutes=taken)
    return Row(
        id=1,
        title="Crash loop",
        cluster="prod",
        namespace="shop",
        severity=severity,
        status=status,
        opened_at=opened,
        began_at=opened,
        ended_at=ended,
        acknowledged_at=acknowledged,
        by_hand=False,
        reopened=0,
        actions=0,
        real=0,
        noise=0,
    )


def test_days_are_those_of_the_zone_and_none_is_missing() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    rows = [a_row(late, Severity.CRITICAL), a_row(late), a_row(late + timedelta(hours=1))]
    here = charts_of(WEEK, rows, zone=UTC).by_day
    assert [each.day for each in here] == [date(2026, 11, day) for day in range(16, 24)]
    assert here[2:4] == (Day(date(2026, 11, 18), critical=1, warning=1), Day(date(2026, 11, 19), warning=1))
    there = charts_of(WEEK, rows, zone=ZoneInfo("Europe/Berlin")).by_day
    assert there[3] == Day(date(2026, 11, 19), critical=1, warning=2)


def test_the_hours_of_a_week_begin_on_monday_in_the_zone() -> None:
    rows = [a_row(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))]
    assert charts_of(WEEK, rows, zone=UTC).hours[6][23] == 1
    assert charts_of(WEEK, rows, zone=ZoneInfo("Europe/Berlin")).hours[0][0] == 1


def test_weeks_have_the_times_of_what_was_opened_in_them() -> None:
    rows = [
        a_row(datetime(2026, 11, 17, tzinfo=UTC), taken=2, lasted=10),
        a_row(datetime(2026, 11, 18, tzinfo=UTC), taken=None, lasted=30),
        a_row(datetime(2026, 11, 19, tzinfo=UTC), taken=4, lasted=None, status=Status.ACTIVE),
        a_row(datetime(2026, 11, 20, tzinfo=UTC), taken=None, lasted=1, status=Status.REJECTED),
    ]
    first, second = charts_of(WEEK, rows, zone=UTC).by_week
    assert (first.name, first.monday, first.count) == ("2026-W47", date(2026, 11, 16), 4)
    assert first.taken == Times(2, timedelta(minutes=2), timedelta(minutes=4))
    assert first.resolved == Times(2, timedelta(minutes=10), timedelta(minutes=30))
    assert (second.name, second.count, second.taken, second.resolved) == ("2026-W48", 0, None, None)


@pytest.mark.parametrize(("day", "name"), [("2024-12-30", "2025-W01"), ("2026-12-28", "2026-W53")])
def test_a_week_is_named_by_the_year_its_thursday_is_in(day: str, name: str) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    (week,) = charts_of(Span(start, start + timedelta(days=7)), (), zone=UTC).by_week
    assert week.name == name


def test_a_span_of_nothing_has_no_days() -> None:
    charts = charts_of(Span(MONDAY, MONDAY), (), zone=UTC)
    assert (charts.by_day, charts.by_week) == ((), ())
    assert charts.hours == ((0,) * 24,) * 7


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("UTC", []),
        ("Europe/Berlin", ["2026-03-29T01:00", "2026-10-25T01:00"]),
        ("Australia/Lord_Howe", ["2026-04-04T15:00", "2026-10-03T15:30"]),
    ],
)
def test_clocks_are_changed_to_the_second(zone: str, changes: list[str]) -> None:
    year = Span(datetime(2026, 1, 1, 7, 11, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    *found, last = offsets(year, ZoneInfo(zone))
    assert [each.until for each in found] == [datetime.fromisoformat(f"{each}+00:00") for each in changes]
    assert last.until is None
    assert all(each.ahead == (each.until - timedelta(hours=1)).astimezone(ZoneInfo(zone)).utcoffset() for each in found)


spans = st.builds(
    lambda since, hours: Span(since, since + timedelta(hours=hours)),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 24 * 60),
)


@given(st.data(), spans, st.sampled_from(ZONES))
def test_every_incident_is_in_each_chart_once(data: st.DataObject, span: Span, zone: ZoneInfo) -> None:
    moments = st.datetimes(span.since.replace(tzinfo=None), span.until.replace(tzinfo=None), timezones=st.just(UTC))
    inside = moments.filter(lambda moment: span.since <= moment < span.until)
    minutes = st.one_of(st.none(), st.integers(0, 600))
    rows = data.draw(
        st.lists(
            st.builds(
                lambda at, severity, taken, lasted: a_row(at, severity, taken=taken, lasted=lasted),
                inside,
                st.sampled_from(Severity),
                minutes,
                minutes,
            ),
            max_size=30,
        )
    )
    charts = charts_of(span, rows, zone=zone)
    assert sum(day.count for day in charts.by_day) == len(rows)
    assert sum(map(sum, charts.hours)) == len(rows)
    assert sum(week.count for week in charts.by_week) == len(rows)
    for severity in Severity:
        assert sum(getattr(day, severity.value) for day in charts.by_day) == sum(r.severity is severity for r in rows)
    listed = [day.day for day in charts.by_day]
    assert all(later - day == timedelta(days=1) for day, later in pairwise(listed))
    assert listed[0] == span.since.astimezone(zone).date()
    mondays = [week.monday for week in charts.by_week]
    assert all(day.weekday() == 0 for day in mondays)
    assert all(later - day == timedelta(days=7) for day, later in pairwise(mondays))
    for week in charts.by_week:
        after = week.monday + timedelta(days=7)
        mine = [row for row in rows if week.monday <= row.opened_at.astimezone(zone).date() < after]
        assert week.taken == times_of(row.taken_after for row in mine)

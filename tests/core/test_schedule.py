"""A moment of each week, also where the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.schedule import Weekly, weekly_of

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = Weekly(0, time(10, 0), BERLIN)


def test_it_is_due_on_its_day_at_its_time_in_its_zone() -> None:
    due = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert MONDAY.latest(due) == due
    assert MONDAY.latest(due - timedelta(seconds=1)) == due - timedelta(days=7)
    assert MONDAY.latest(due + timedelta(days=6, hours=23)) == due


def test_summer_time_moves_it_with_the_clocks() -> None:
    assert MONDAY.latest(datetime(2026, 10, 20, tzinfo=UTC)) == datetime(2026, 10, 19, 8, 0, tzinfo=UTC)
    assert MONDAY.latest(datetime(2026, 10, 27, tzinfo=UTC)) == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    weekday=st.integers(0, 6),
    at=st.times(),
    zone=st.sampled_from([UTC, BERLIN, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/St_Johns")]),
)
def test_the_latest_is_never_to_come_and_at_most_a_week_old(
    now: datetime, weekday: int, at: time, zone: ZoneInfo
) -> None:
    due = Weekly(weekday, at, zone).latest(now)
    assert due <= now
    assert now - due <= timedelta(days=7, hours=1)
    assert Weekly(weekday, at, zone).latest(due) == due


@pytest.mark.parametrize("text", ["Mon 10:00", "monday 10:00", " MON  10:00 "])
def test_it_is_read_as_it_is_written(text: str) -> None:
    assert weekly_of(text, UTC) == Weekly(0, time(10, 0))


@pytest.mark.parametrize("text", ["Mon", "10:00", "Abc 10:00", "Mon 25:00", "Mon 10:60", "Mon 10:00 UTC"])
def test_nonsense_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match=r":|Mon|Abc|must be in"):
        weekly_of(text, UTC)

"""What the events of a calendar come to, as RFC 5545 has it and as calendars are made; and what is hostile."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.rota_calendar import Copy, Shift
from chatops.upstream.events import MOST_EVENTS
from chatops.upstream.shifts import MOST_SHIFTS, shifts_of
from tests.upstream.calendars import calendar, event

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BERLIN = ";TZID=Europe/Berlin:"
DAY = ";VALUE=DATE:"


def read(*events: str, zone: str = "", now: datetime = NOW) -> Copy:
    return shifts_of(calendar(*events, zone=zone), now)


def told(copy: Copy, zone: str = "Europe/Berlin") -> list[str]:
    """`anna 23.11 10:00-30.11 10:00`, by the clocks of the zone."""
    there = ZoneInfo(zone)
    return [
        f"{each.title} {each.begins_at.astimezone(there):%d.%m %H:%M}-{each.ends_at.astimezone(there):%d.%m %H:%M}"
        for each in copy.shifts
    ]


WEEK = event("anna", f"{BERLIN}20261123T100000", f"{BERLIN}20261130T100000", "RRULE:FREQ=WEEKLY;INTERVAL=2", uid="a")


def test_a_single_event_and_who_is_invited() -> None:
    single = event(
        "On call",
        ":20261125T080000Z",
        ":20261125T200000Z",
        "ATTENDEE;CN=Oleg K;PARTSTAT=DECLINED:mailto:oleg@example.com",
        "ATTENDEE;CN=Anna P:MAILTO:anna@example.com",
    )
    begin, end = datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert read(single).shifts == (Shift(begin, end, "On call", ("anna@example.com", "Anna P")),)


def test_a_series_within_the_weeks_ahead() -> None:
    assert told(read(WEEK)) == [
        "anna 23.11 10:00-30.11 10:00",
        "anna 07.12 10:00-14.12 10:00",
        "anna 21.12 10:00-28.12 10:00",
    ]


def test_a_week_ends_by_the_clock_on_the_wall_where_the_clocks_change() -> None:
    """Those of Berlin are put forward on 2026-03-29, within the second week."""
    weekly = event("anna", f"{BERLIN}20260316T100000", f"{BERLIN}20260323T100000", "RRULE:FREQ=WEEKLY;COUNT=3")
    found = read(weekly, now=datetime(2026, 3, 20, tzinfo=UTC))
    assert told(found) == [
        "anna 16.03 10:00-23.03 10:00",
        "anna 23.03 10:00-30.03 10:00",
        "anna 30.03 10:00-06.04 10:00",
    ]
    assert [(each.ends_at - each.begins_at).total_seconds() / 3600 for each in found.shifts] == [168, 167, 168]


def test_a_time_that_the_clocks_skip_is_told_by_the_offset_before() -> None:
    """RFC 5545, 3.3.5: 02:30 in Berlin on 2026-03-29 is 01:30 UTC."""
    nightly = event("anna", f"{BERLIN}20260328T023000", f"{BERLIN}20260328T060000", "RRULE:FREQ=DAILY;COUNT=3")
    found = read(nightly, now=datetime(2026, 3, 28, tzinfo=UTC)).shifts
    assert [f"{each.begins_at:%d %H:%M}" for each in found] == ["28 01:30", "29 01:30", "30 00:30"]


@pytest.mark.parametrize(
    ("zone", "begins"), [("Europe/Moscow", "24 21:00"), ("", "25 00:00"), ("Russian Standard Time", "24 21:00")]
)
def test_days_are_those_of_the_calendars_zone(zone: str, begins: str) -> None:
    found = read(event("anna", f"{DAY}20261125", f"{DAY}20261127"), event("oleg", f"{DAY}20261127"), zone=zone).shifts
    assert f"{found[0].begins_at:%d %H:%M}" == begins
    assert found[0].ends_at == found[1].begins_at
    assert (found[1].ends_at - found[1].begins_at).days == 1, "a day without an end is one day (RFC 5545, 3.6.1)"


def test_a_time_without_a_zone_is_one_of_the_calendars() -> None:
    floating = event("anna", ":20261125T100000", "", "DURATION:PT12H")
    assert told(read(floating, zone="Europe/Moscow"), "Europe/Moscow") == ["anna 25.11 10:00-25.11 22:00"]


def test_times_left_out_and_added() -> None:
    copy = read(
        event("anna", f"{BERLIN}20261123T100000", f"{BERLIN}20261124T100000", "RRULE:FREQ=DAILY;COUNT=6")
        .replace("END:VEVENT", f"EXDATE{BERLIN}20261124T100000,20261125T100000\r\nEND:VEVENT")
        .replace("END:VEVENT", "EXDATE:20261126T090000Z\r\nEXDATE;VALUE=DATE:20261127\r\nEND:VEVENT")
        .replace("END:VEVENT", f"RDATE{BERLIN}20261205T100000\r\nEND:VEVENT")
    )
    assert told(copy) == ["anna 28.11 10:00-29.11 10:00", "anna 05.12 10:00-06.12 10:00"]


def test_one_time_of_a_series_is_another_ones_and_another_time_is_off() -> None:
    swapped = event(
        "oleg", f"{BERLIN}20261207T120000", f"{BERLIN}20261214T100000", f"RECURRENCE-ID{BERLIN}20261207T100000", uid="a"
    )
    off = event("anna", f"{BERLIN}20261221T100000", "", "RECURRENCE-ID:20261221T090000Z", "STATUS:CANCELLED", uid="a")
    older = swapped.replace("oleg", "eve")
    assert told(read(older, WEEK, swapped.replace("END:", "SEQUENCE:2\r\nEND:"), off)) == [
        "anna 23.11 10:00-30.11 10:00",
        "oleg 07.12 12:00-14.12 10:00",
    ]


def test_days_of_a_series_are_replaced_by_their_date() -> None:
    daily = event("anna", f"{DAY}20261125", "", "RRULE:FREQ=DAILY;COUNT=2", uid="d")
    other = event(
        "oleg", f"{BERLIN}20261126T080000", f"{BERLIN}20261126T180000", "RECURRENCE-ID;VALUE=DATE:20261126", uid="d"
    )
    found = told(read(daily, other, zone="Europe/Moscow"), "Europe/Moscow")
    assert found == ["anna 25.11 00:00-26.11 00:00", "oleg 26.11 10:00-26.11 20:00"]


def test_all_from_one_time_on_is_moved() -> None:
    moved = event(
        "oleg",
        f"{BERLIN}20261207T140000",
        f"{BERLIN}20261214T100000",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261207T100000",
        uid="a",
    )
    assert told(read(WEEK, moved)) == [
        "anna 23.11 10:00-30.11 10:00",
        "oleg 07.12 14:00-14.12 10:00",
        "oleg 21.12 14:00-28.12 10:00",
    ]


def test_what_is_cancelled_is_nobodys() -> None:
    assert read(WEEK.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT")).shifts == ()


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261202T090000Z", "23 25 30 02"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261202", "23 25 30 02"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261202T085959Z", "23 25 30"),
        ("FREQ=MONTHLY;BYDAY=-1MO;COUNT=2", "23 30"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=2", "23 01"),
        ("FREQ=DAILY;INTERVAL=10", "23 03 13 23"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "23 24"),
        ("FREQ=HOURLY;INTERVAL=48;COUNT=3", "23 25 27"),
    ],
)
def test_rules(rule: str, days: str) -> None:
    one = event("anna", f"{BERLIN}20261123T100000", f"{BERLIN}20261124T100000", f"RRULE:{rule}")
    found = read(one, now=datetime(2026, 11, 23, tzinfo=UTC)).shifts
    assert " ".join(f"{each.begins_at:%d}" for each in found) == days


def test_what_is_folded_is_one_line_and_what_is_nested_is_not_read() -> None:
    folded = event("anna", f"{BERLIN}20261125T100000", f"{BERLIN}20261126T100000").replace(
        "SUMMARY:anna", "SUMMARY:an\r\n na"
    )
    alarm = "BEGIN:VALARM\r\nSUMMARY:eve\r\nDTSTART:20200101T000000Z\r\nEND:VALARM\r\nEND:VEVENT"
    assert [each.title for each in read(folded.replace("END:VEVENT", alarm)).shifts] == ["anna"]


def test_a_zone_of_the_files_own_is_not_reckoned() -> None:
    """Its rule would never end; the zone is known by its name, or the event is left out."""
    bomb = "BEGIN:VTIMEZONE\r\nTZID:{}\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
    bomb += "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    custom = event("eve", ";TZID=Somewhere:20261125T100000", ";TZID=Somewhere:20261126T100000")
    copy = read(bomb.format("Europe/Berlin"), bomb.format("Somewhere"), WEEK, custom)
    assert {each.title for each in copy.shifts} == {"anna"}
    assert copy.unread == 1


@pytest.mark.parametrize(
    "wrong",
    [
        event("eve", ":never", ":20261126T100000Z"),
        event("eve", ";TZID=Europe:20261125T100000"),
        event("eve", ";TZID=/etc/passwd:20261125T100000"),
        event("eve", ";TZID=../../etc/passwd:20261125T100000"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=SECONDLY"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=DAILY;INTERVAL=0"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=DAILY;INTERVAL=999999999"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7;BYMINUTE=0,1,2,3,4,5,6,7"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=DAILY;BYEASTER=1"),
        event("eve", ":20261125T100000Z", "", "RRULE:FREQ=WEEKLY;BYDAY=XX"),
        event("eve", ":00010101T000000Z", ":99991231T235959Z", "RRULE:FREQ=YEARLY"),
        "BEGIN:VEVENT\r\nSUMMARY:eve\r\nEND:VEVENT",
        event("eve", ":20261125T100000Z", "", *["EXDATE:20261125T100000Z"] * 2_000),
    ],
)
def test_an_event_that_makes_no_sense_costs_no_other(wrong: str) -> None:
    copy = read(wrong, WEEK)
    assert {each.title for each in copy.shifts} == {"anna"}
    assert copy.unread == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=9",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_rules_that_never_hold_come_to_an_end(rule: str) -> None:
    """Each of them alone goes on to the year 9999; a few are enough to take seconds."""
    bombs = [event("eve", f"{BERLIN}19800101T100000", "", f"RRULE:{rule}", uid=str(number)) for number in range(100)]
    with pytest.raises(Permanent) as raised:
        read(*bombs)
    assert raised.value.reason is Reason.REFUSED


def test_too_many_events_are_refused() -> None:
    many = [event("anna", ":20261126T100000Z", ":20261126T110000Z", uid=str(n)) for n in range(MOST_SHIFTS + 1)]
    with pytest.raises(Permanent):
        read(*many)
    with pytest.raises(Permanent):
        read(*["BEGIN:VEVENT\r\nEND:VEVENT"] * (MOST_EVENTS + 1))


def test_what_is_long_over_is_not_counted() -> None:
    old = [event("eve", ":20200101T100000Z", ":20200101T110000Z", uid=str(n)) for n in range(MOST_EVENTS + 1)]
    assert {each.title for each in read(*old, WEEK).shifts} == {"anna"}


def test_a_page_is_no_calendar() -> None:
    with pytest.raises(Temporary) as raised:
        shifts_of(b"<html>Log in</html>", NOW)
    assert raised.value.reason is Reason.SERVER_ERROR


LINES = st.sampled_from([*WEEK.split("\r\n"), "BEGIN:VCALENDAR", "END:VCALENDAR", f"EXDATE{BERLIN}20261207T100000"])


@settings(max_examples=30)
@given(st.lists(LINES | st.text(max_size=40), max_size=30))
def test_whatever_stands_there_is_a_copy_or_a_failure(lines: list[str]) -> None:
    try:
        found = shifts_of("\r\n".join(["BEGIN:VCALENDAR", *lines]).encode("utf-8", "replace"), NOW)
    except Failure:
        return
    assert all(each.begins_at < each.ends_at for each in found.shifts)

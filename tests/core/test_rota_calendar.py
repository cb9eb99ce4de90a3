"""A rota in a calendar: whom an event names, who has it at a moment, and what is kept for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.incidents.targets import Target
from chatops.core.oncall import Cover, Duty, Member, Roster, Step, chain_at, on_call
from chatops.core.rota_calendar import FRESH, LATE, Calendar, Copy, Kept, Shift, Stint, filled, named, strangers

ANNA, OLEG = Member(1, "anna", "a.petrova@example.com"), Member(2, "oleg")
LONG, CYRILLIC = Member(3, "Anna B"), Member(4, "Ёлка")
PEOPLE = (ANNA, OLEG, LONG, CYRILLIC)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def shift(title: str, *invited: str) -> Shift:
    return Shift(at(25), at(26), title, invited)


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("anna", ANNA),
        ("Anna - primary", ANNA),
        ("On call: ANNA", ANNA),
        ("ANNA, then oleg", ANNA),
        ("oleg (for anna)", OLEG),
        ("Anna  b.", LONG),
        ("дежурит ёлка!", CYRILLIC),
        ("a.petrova@example.com", ANNA),
        ("<A.Petrova@Example.com>", ANNA),
        ("Oleg.", OLEG),
        ("Joanna", None),
        ("anna-maria", None),
        ("anna@another.com", None),
        ("oleg.k", None),
        ("o'oleg", None),
        ("on call", None),
        ("", None),
    ],
)
def test_whom_a_title_names(title: str, who: Member | None) -> None:
    assert named(shift(title), PEOPLE) == who


@pytest.mark.parametrize(
    ("invited", "who"),
    [
        (("stranger@example.com", "A.PETROVA@example.com"), ANNA),
        (("x@example.com", "Oleg K"), OLEG),
        (("", "x@example.com"), None),
    ],
)
def test_whom_is_invited_counts_where_the_title_names_nobody(invited: tuple[str, ...], who: Member | None) -> None:
    assert named(shift("On call", *invited), PEOPLE) == who
    assert named(shift("oleg", *invited), PEOPLE) == OLEG


@given(st.text(max_size=30), st.text(min_size=1, max_size=10))
def test_any_name_is_looked_for_in_any_title(title: str, name: str) -> None:
    found = named(shift(title), (Member(1, name),))
    assert found is None or name.strip() or not name


def test_events_that_name_nobody_are_told_once_each() -> None:
    assert strangers([shift("eve"), shift("anna"), shift("eve"), shift("bob")], PEOPLE) == ("eve", "bob")


def rota(*stints: tuple[Member, int, int]) -> Calendar:
    return Calendar("/rota.ics", tuple(Stint(member, at(begin), at(end)) for member, begin, end in stints))


def test_who_has_it_until_when_and_who_then() -> None:
    calendar = rota((ANNA, 23, 25), (OLEG, 25, 27))
    assert on_call(calendar, (), at(24)) == Duty(ANNA, at(25), OLEG)
    assert on_call(calendar, (), at(25)) == Duty(OLEG, at(27), None)


def test_in_a_gap_it_is_nobody() -> None:
    calendar = rota((ANNA, 23, 24), (OLEG, 26, 27))
    assert on_call(calendar, (), at(24)) == Duty(None, at(26), OLEG)
    assert on_call(calendar, (), at(27)) == Duty(None, None, None)
    assert on_call(rota(), (), at(27)) == Duty(None, None, None)


def test_days_of_one_person_are_one_turn() -> None:
    calendar = rota((ANNA, 23, 24), (ANNA, 24, 25), (ANNA, 25, 26), (OLEG, 26, 27))
    assert on_call(calendar, (), at(23, 5)) == Duty(ANNA, at(26), OLEG)


def test_of_events_that_overlap_the_one_that_started_last_counts() -> None:
    calendar = rota((ANNA, 20, 30), (OLEG, 24, 25), (LONG, 24, 26))
    assert on_call(calendar, (), at(23)) == Duty(ANNA, at(24), OLEG)
    assert on_call(calendar, (), at(24)) == Duty(OLEG, at(25), LONG), "of two that start together the shorter"
    assert on_call(calendar, (), at(25)).member == LONG
    assert on_call(calendar, (), at(26)) == Duty(ANNA, at(30), None)


STINTS = st.builds(
    lambda who, begin, length: Stint(who, at(1) + timedelta(hours=begin), at(1) + timedelta(hours=begin + length)),
    st.sampled_from([ANNA, OLEG, LONG]),
    st.integers(0, 100),
    st.integers(1, 50),
)


@given(st.lists(STINTS, max_size=12), st.integers(0, 160))
def test_a_turn_holds_to_its_last_moment_and_no_longer(stints: list[Stint], hours: int) -> None:
    calendar, moment = Calendar("/rota.ics", tuple(stints)), at(1) + timedelta(hours=hours)
    turn = calendar.turn(moment)
    assert turn.begins_at <= moment
    if turn.ends_at is None:
        assert turn.member is None
        assert all(each.ends_at <= moment for each in stints)
        return
    assert moment < turn.ends_at
    assert calendar.turn(turn.ends_at - timedelta(microseconds=1)).member == turn.member
    assert calendar.turn(turn.ends_at).member != turn.member


def test_covers_go_over_it() -> None:
    calendar = rota((ANNA, 23, 25))
    cover = Cover(1, "nights", OLEG, at(24), at(26))
    assert on_call(calendar, (cover,), at(23)) == Duty(ANNA, at(24), OLEG)
    assert on_call(calendar, (cover,), at(24, 5)) == Duty(OLEG, at(26), None, ANNA)
    assert on_call(calendar, (cover,), at(25, 5)) == Duty(OLEG, at(26), None, fills=True)


# The chain, and what is kept

ROSTER = Roster(PEOPLE, {"nights": Calendar("https://h/x")}, (Step(rota="nights"), Step(OLEG), Step(chat_id=-100)))
SOURCE = Calendar("https://h/x").source


def kept(*shifts: Shift, source: str = SOURCE) -> dict[str, Kept]:
    return {"nights": Kept(source, Copy(shifts))}


def test_in_a_gap_the_chain_goes_on_to_its_next_step() -> None:
    roster = filled(ROSTER, kept(shift("Anna"), Shift(at(26), at(27), "eve")))
    rest = (Target(2, "oleg"), Target(chat_id=-100))
    assert chain_at(roster, (), at(25)) == (Target(1, "anna"), *rest)
    assert chain_at(roster, (), at(26)) == rest, "who is not one of the people is passed over"
    assert chain_at(ROSTER, (), at(25)) == rest, "of a calendar that was never read nothing is known"


def test_a_stranger_does_not_take_the_place_of_who_was_there() -> None:
    roster = filled(ROSTER, kept(shift("anna"), Shift(at(25, 6), at(25, 12), "eve")))
    assert chain_at(roster, (), at(25, 8))[0] == Target(1, "anna")


def test_what_another_calendar_said_is_not_this_ones() -> None:
    assert filled(ROSTER, kept(shift("anna"), source=Calendar("https://h/y").source)) == ROSTER


def test_the_address_is_not_in_what_may_be_logged() -> None:
    assert "https" not in repr(ROSTER)
    assert "https" not in SOURCE


def test_all_of_it_is_asked_for_again_before_the_weeks_are_over() -> None:
    known = Kept(SOURCE, Copy(etag='"1"'), read_at=at(25), spread_at=at(25))
    assert known.etag_at(at(25, 11)) == '"1"'
    assert known.etag_at(at(25) + FRESH) == ""
    assert Kept(SOURCE, Copy(etag='"1"')).etag_at(at(25)) == ""


def test_it_is_late_after_a_day() -> None:
    known = Kept(SOURCE, read_at=at(25))
    assert not known.late(at(25) + LATE)
    assert known.late(at(25) + LATE + timedelta(seconds=1))
    assert Kept(SOURCE).late(at(25))

"""Who is on call: exactly one at every moment, also where the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.incidents.targets import Target
from chatops.core.oncall import Cover, Duty, Member, Roster, Rotation, Step, chain_at, on_call

ANNA, OLEG, EVE = Member(1, "anna"), Member(2, "oleg"), Member(3, "eve")
BERLIN = ZoneInfo("Europe/Berlin")
ROTA = Rotation((ANNA, OLEG, EVE), 0, time(10), BERLIN, date(2026, 11, 23))


def berlin(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=BERLIN)


def test_turns_of_a_week() -> None:
    assert ROTA.turn(berlin("2026-11-23")).member == ANNA
    assert ROTA.turn(berlin("2026-11-30", "09:59")).member == ANNA
    assert ROTA.turn(berlin("2026-11-30")).member == OLEG
    assert ROTA.turn(berlin("2026-12-14")).member == ANNA
    assert ROTA.turn(berlin("2026-11-23", "09:59")).member == EVE, "also before its start"


def test_a_start_in_the_middle_of_a_week_waits_for_the_weekday() -> None:
    later = Rotation((ANNA, OLEG), 0, time(10), BERLIN, date(2026, 11, 25))
    assert later.turn(berlin("2026-11-30")).member == ANNA


def test_handed_over_by_the_clock_on_the_wall() -> None:
    """Clocks in Berlin are put forward on 2026-03-29 and back on 2026-10-25."""
    spring = ROTA.turn(berlin("2026-03-25"))
    assert spring.ends_at.timestamp() - spring.begins_at.timestamp() == (7 * 24 - 1) * 3600
    assert f"{spring.ends_at:%a %H:%M}" == "Mon 10:00"
    autumn = ROTA.turn(berlin("2026-10-21"))
    assert autumn.ends_at.timestamp() - autumn.begins_at.timestamp() == (7 * 24 + 1) * 3600


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
ROTATIONS = st.builds(
    Rotation,
    st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True).map(
        lambda ids: tuple(Member(each, str(each)) for each in ids)
    ),
    st.integers(0, 6),
    st.times().map(lambda each: each.replace(second=0, microsecond=0, tzinfo=None, fold=0)),
    ZONES.map(ZoneInfo),
    st.dates(date(2005, 1, 1), date(2035, 1, 1)),
)
MOMENTS = st.datetimes(datetime(2005, 1, 8), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(ROTATIONS, MOMENTS)
def test_exactly_one_at_every_moment(rotation: Rotation, moment: datetime) -> None:
    turn = rotation.turn(moment)
    assert turn.begins_at.timestamp() <= moment.timestamp() < turn.ends_at.timestamp()
    following = rotation.turn(turn.ends_at.astimezone(UTC))
    assert following.begins_at == turn.ends_at
    index = rotation.members.index(turn.member)
    assert following.member == rotation.members[(index + 1) % len(rotation.members)]


@given(ROTATIONS, MOMENTS)
def test_until_holds_to_its_last_moment(rotation: Rotation, moment: datetime) -> None:
    duty = on_call(rotation, (), moment)
    until = duty.until.astimezone(UTC)
    assert on_call(rotation, (), until - timedelta(microseconds=1)).member == duty.member
    assert on_call(rotation, (), until).member == duty.next


# Covers


def cover(number: int, member: Member, begins: str, ends: str, rota: str = "primary") -> Cover:
    return Cover(number, rota, member, berlin("2026-11-24", begins), berlin("2026-11-24", ends))


def test_a_cover_stands_for_its_time_and_then_the_rotation_again() -> None:
    covers = (cover(1, EVE, "12:00", "13:00"),)
    assert on_call(ROTA, covers, berlin("2026-11-24", "12:30")) == Duty(EVE, berlin("2026-11-24", "13:00"), ANNA, ANNA)
    before = on_call(ROTA, covers, berlin("2026-11-24", "11:00"))
    assert (before.member, before.until, before.next) == (ANNA, berlin("2026-11-24", "12:00"), EVE)
    assert on_call(ROTA, covers, berlin("2026-11-24", "13:00")).member == ANNA


def test_of_two_covers_the_newer_counts() -> None:
    covers = (cover(1, EVE, "12:00", "18:00"), cover(2, OLEG, "14:00", "15:00"))
    duty = on_call(ROTA, covers, berlin("2026-11-24", "12:30"))
    assert (duty.member, duty.until, duty.next) == (EVE, berlin("2026-11-24", "14:00"), OLEG)
    assert on_call(ROTA, covers, berlin("2026-11-24", "14:30")) == Duty(OLEG, berlin("2026-11-24", "15:00"), EVE, ANNA)


def test_who_stands_in_for_themselves_covers_nobody() -> None:
    assert on_call(ROTA, (cover(1, ANNA, "12:00", "13:00"),), berlin("2026-11-24", "12:30")).covers is None


# The chain

ROSTER = Roster((ANNA, OLEG, EVE), {"primary": ROTA}, (Step(rota="primary"), Step(EVE), Step(chat_id=-100)))


@pytest.mark.parametrize(("clock", "first"), [("12:30", OLEG), ("13:30", ANNA)])
def test_the_chain_is_of_the_moment(clock: str, first: Member) -> None:
    covers = (cover(1, OLEG, "12:00", "13:00"), cover(2, EVE, "12:00", "14:00", rota="another"))
    found = chain_at(ROSTER, covers, berlin("2026-11-24", clock))
    assert found == (Target(first.id, first.name), Target(3, "eve"), Target(chat_id=-100))


def test_without_a_file_there_is_no_chain() -> None:
    assert chain_at(Roster(), (), berlin("2026-11-24")) == ()

"""The budget of one person in one chat: a burst, then one a second, told of once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatops.core.budgets import BURST, WINDOW, Budgets

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA, EVE = 1, 2


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_s17_a_burst_is_granted_and_the_next_waits() -> None:
    budgets = Budgets()
    assert all(not budgets.spend(ANNA, NOW).wait for _ in range(BURST))
    refusal = budgets.spend(ANNA, NOW)
    assert (refusal.wait, refusal.first) == (1, True)
    assert not budgets.spend(ANNA, NOW + seconds(1)).wait


def test_s17_of_a_thousand_commands_in_a_minute_each_person_has_their_share() -> None:
    """S17: of whoever floods a burst and what came back of it; of the others everything."""
    budgets = Budgets()
    flooding = quiet = told = 0
    for number in range(1_000):
        now = NOW + seconds(number * 0.06)
        ruling = budgets.spend(ANNA, now)
        flooding += not ruling.wait
        told += ruling.first
        if number % 100 == 0:
            quiet += not budgets.spend(EVE, now).wait
    assert (flooding, quiet, told) == (BURST + 59, 10, 1)


def test_s17_others_are_not_touched() -> None:
    budgets = Budgets()
    for _ in range(1_000):
        budgets.spend(ANNA, NOW)
    assert not budgets.spend(EVE, NOW).wait


def test_s17_a_flood_is_told_of_once_and_a_later_one_again() -> None:
    budgets = Budgets()
    flood = [budgets.spend(ANNA, NOW + seconds(number / 100)) for number in range(1_000)]
    assert sum(ruling.first for ruling in flood) == 1
    later = NOW + seconds(10) + WINDOW
    again = [budgets.spend(ANNA, later) for _ in range(BURST + 5)]
    assert sum(ruling.first for ruling in again) == 1


def test_only_so_many_are_remembered() -> None:
    budgets = Budgets()
    for user in range(5 * Budgets.MOST):
        assert not budgets.spend(user, NOW).wait


@given(st.lists(st.floats(-5, 20, allow_nan=False), max_size=300))
def test_s17_never_more_than_a_burst_and_what_came_back(steps: list[float]) -> None:
    budgets, now, granted = Budgets(), NOW, 0
    highest = NOW
    passed = timedelta()
    for step in steps:
        passed += max(seconds(step), timedelta())
        now += seconds(step)
        highest = max(highest, now)
        ruling = budgets.spend(ANNA, now)
        granted += not ruling.wait
        assert 0 <= ruling.wait <= 2
    assert granted <= BURST + passed / (WINDOW / BURST) + 1

"""The order that several workers begin in."""

import pytest

from tests.order import dealt


@pytest.mark.parametrize("workers", range(2, 6))
@pytest.mark.parametrize("slow", [0, 1, 7, 30])
@pytest.mark.parametrize("fast", [0, 1, 8, 1000])
def test_every_test_is_run_once(workers: int, slow: int, fast: int) -> None:
    given = [("slow", n) for n in range(slow)], [("fast", n) for n in range(fast)]
    assert sorted(dealt(*given, workers)) == sorted(given[0] + given[1])


def test_the_slow_ones_are_first_in_each_piece_and_none_are_in_the_last() -> None:
    row = dealt([f"slow {n}" for n in range(4)], [f"fast {n}" for n in range(26)], 3)
    pieces = row[:10], row[10:20], row[20:]
    assert [piece[:3] for piece in pieces] == [
        ["slow 0", "slow 2", "fast 0"],
        ["slow 1", "slow 3", "fast 8"],
        ["fast 16", "fast 17", "fast 18"],
    ]


def test_two_share_the_slow_ones() -> None:
    row = dealt(["slow 0", "slow 1"], ["fast 0", "fast 1", "fast 2"], 2)
    assert row == ["slow 0", "fast 0", "slow 1", "fast 1", "fast 2"]

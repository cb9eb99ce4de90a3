"""R1, R20, K3: killed once at every point, and nothing is lost, nothing done twice, nothing told that is not so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.killing.forks import Forks
from tests.killing.hook import found
from tests.killing.kill import census, kill_at
from tests.killing.points import POINTS
from tests.killing.stories import STORIES


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as made:
        yield made


def test_every_point_is_a_function_of_the_service() -> None:
    assert len(POINTS) >= 60
    assert {point.story for point in POINTS.values()} == set(STORIES)
    for name, point in POINTS.items():
        assert bool(point.target) != bool(point.job), name
        if point.target:
            found(point.target)


@pytest.mark.parametrize("story", STORIES)
def test_the_stories_come_to_every_point(forks: Forks, tmp_path: Path, story: str) -> None:
    """And without a crash they leave nothing to wish for, by the same rules."""
    times = census(forks, tmp_path, story)
    assert [point for point, count in times.items() if not count] == []


MIGRATING = [name for name, point in POINTS.items() if point.story == "upgrade"]


@pytest.mark.parametrize("point", MIGRATING)
def test_p7_killed_while_migrating(forks: Forks, tmp_path: Path, point: str) -> None:
    """P7: what the older version stored is readable as the dead left it, and the next start completes the upgrade."""
    kill_at(forks, tmp_path, point)


@pytest.mark.parametrize("point", [name for name in POINTS if name not in MIGRATING])
def test_r1_r20_k3_killed_at(forks: Forks, tmp_path: Path, point: str) -> None:
    kill_at(forks, tmp_path, point)

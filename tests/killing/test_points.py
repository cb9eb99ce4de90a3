"""R1, R20, K3, P7: killed once at every point, and nothing is lost, nothing done twice, nothing told that is not so.

Most of a crash is waiting (for a rollout, for a chat's turn), so those of one test go on side by side.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.killing.forks import Forks, shared
from tests.killing.hook import found
from tests.killing.kill import census, kill_at
from tests.killing.points import POINTS
from tests.killing.stories import STORIES

AT_A_TIME = 4
BATCH = 8

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def forks() -> Forks:
    return shared()


def batches(*stories: str) -> list[object]:
    """The points of the stories, so many to a test."""
    made = []
    for story in stories:
        names = [name for name, point in POINTS.items() if point.story == story]
        for first in range(0, len(names), BATCH):
            made.append(pytest.param(names[first : first + BATCH], id=f"{story}-{first // BATCH + 1}"))
    return made


def kill_at_each(forks: Forks, folder: Path, points: Sequence[str]) -> None:
    """Raises every failure together, each with the name of its point."""

    def crash(number: int, point: str) -> AssertionError | None:
        own = folder / str(number)
        own.mkdir()
        try:
            kill_at(forks, own, point)
        except AssertionError as error:
            error.add_note(point)
            return error
        return None

    with ThreadPoolExecutor(AT_A_TIME) as threads:
        failures = [failure for failure in threads.map(crash, range(len(points)), points) if failure is not None]
    if failures:
        raise ExceptionGroup("killed, and not everything was well in the end", failures)


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


@pytest.mark.parametrize("points", batches("upgrade"))
def test_p7_killed_while_migrating(forks: Forks, tmp_path: Path, points: list[str]) -> None:
    """P7: what the older version stored is readable as the dead left it, and the next start completes the upgrade."""
    kill_at_each(forks, tmp_path, points)


@pytest.mark.parametrize("points", batches("action"))
def test_k3_killed_between_a_tap_and_its_outcome(forks: Forks, tmp_path: Path, points: list[str]) -> None:
    """K3: each run changes the cluster once at most and is told as what it is."""
    kill_at_each(forks, tmp_path, points)


@pytest.mark.parametrize("points", batches("alert"))
def test_r1_killed_between_a_webhook_and_its_card(forks: Forks, tmp_path: Path, points: list[str]) -> None:
    """R1: what was answered 200 is an incident and shown, once."""
    kill_at_each(forks, tmp_path, points)


@pytest.mark.parametrize("points", batches("hands", "merge", "silence", "people", "tidying"))
def test_r20_killed_while_updates_take_effect(forks: Forks, tmp_path: Path, points: list[str]) -> None:
    """R20: what an update asks for is done once, whenever its process dies."""
    kill_at_each(forks, tmp_path, points)

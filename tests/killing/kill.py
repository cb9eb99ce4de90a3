"""One crash: a story, a point, which time it is reached; and what must be true in the end."""

import signal
from pathlib import Path

from tests.killing.forks import Forks
from tests.killing.hook import reached
from tests.killing.model import check
from tests.killing.points import POINTS
from tests.killing.stories import STORIES
from tests.killing.tale import tale


class NotReached(AssertionError):
    """The story ended without coming to the point (so often)."""


def kill_at(forks: Forks, folder: Path, point: str, nth: int = 1) -> None:
    """Tell the story of `point`, have the service die there, and check everything. Raises AssertionError."""
    story = STORIES[POINTS[point].story]
    hook = {"point": point, "nth": nth}
    with tale(
        forks,
        folder,
        hook,
        cluster=story.cluster,
        silences=story.silences,
        prepare=story.prepare,
        **story.settings,
    ) as told:
        try:
            story.tell(told)
            told.rest()
            # What is done last may be what it dies of.
            told.service.rise()
            told.rest()
            if not told.service.deaths:
                raise NotReached(f"{point} was reached {reached(folder).count(point)} times, not {nth}")
            assert reached(folder).count(point) == nth
            check(told, story)
            assert told.service.terminate() == 0
        except NotReached:
            raise
        except AssertionError as error:
            error.add_note(f"point: {point}, the {nth}. time\n{_end_of(folder / 'service.log')}")
            raise


def census(forks: Forks, folder: Path, name: str) -> dict[str, int]:
    """How often each point of a story is reached when nothing is killed; everything must be true then as well."""
    story = STORIES[name]
    with tale(
        forks, folder, {}, cluster=story.cluster, silences=story.silences, prepare=story.prepare, **story.settings
    ) as told:
        story.tell(told)
        told.rest()
        check(told, story)
        assert told.service.returncode != -signal.SIGKILL
    found = reached(folder)
    return {point: found.count(point) for point, each in POINTS.items() if each.story == name}


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-40:])

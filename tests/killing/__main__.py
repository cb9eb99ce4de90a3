"""`python -m tests.killing --rounds 20` kills the service at every point so often, each time at another occurrence."""

import argparse
import random
import resource
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.killing.forks import Forks
from tests.killing.kill import NotReached, census, kill_at
from tests.killing.points import POINTS
from tests.killing.snapshots import SNAPSHOTS, snapshots_under_load
from tests.killing.terms import terms_under_load

TERMS = 100


class Campaign:
    """Crashes, some at a time: most of each is waiting."""

    def __init__(self, forks: Forks, *, rounds: int, seed: int, only: str, jobs: int) -> None:
        self._forks = forks
        self._rounds = rounds
        self._chance = random.Random(seed)
        self._points = [point for point in POINTS if only in point]
        self._jobs = jobs
        self.outcomes: Counter[str] = Counter()

    def run(self) -> None:
        stories = sorted({POINTS[point].story for point in self._points})
        times: dict[str, int] = {}
        for story in stories:
            times |= self._in_folder(lambda folder, story=story: census(self._forks, folder, story))  # type: ignore[misc]  # the loop's
        # The first round has the first occurrence of each, so that every point is reached at least once.
        wanted = [
            (point, 1 if not each else self._chance.randint(1, max(1, times[point])))
            for each in range(self._rounds)
            for point in self._points
        ]
        with ThreadPoolExecutor(self._jobs) as threads:
            for point, nth, outcome in threads.map(lambda each: self._crash(*each), wanted):
                self.outcomes[outcome.partition(":")[0]] += 1
                if outcome != "ok":
                    print(f"{point}, {nth}. time: {outcome}", flush=True)

    def _crash(self, point: str, nth: int) -> tuple[str, int, str]:
        try:
            self._in_folder(lambda folder: kill_at(self._forks, folder, point, nth))
        except NotReached as error:
            return point, nth, "failed: " + str(error) if nth == 1 else "not reached so often"
        except Exception as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            return point, nth, f"failed: {type(error).__name__}: {error}\n{notes}"
        return point, nth, "ok"

    def _in_folder(self, work):  # type: ignore[no-untyped-def]  # whatever the work returns
        folder = Path(tempfile.mkdtemp(prefix="killing-"))
        try:
            return work(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.killing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="crashes at each point")
    parser.add_argument("--seed", type=int, default=1, help="chooses which occurrence of a point is deadly")
    parser.add_argument("--only", default="", help="points whose name has this in it")
    parser.add_argument("--jobs", type=int, default=4, help="crashes at a time")
    asked = parser.parse_args()
    with Forks() as forks:
        campaign = Campaign(forks, rounds=asked.rounds, seed=asked.seed, only=asked.only, jobs=asked.jobs)
        campaign.run()
        print(
            f"{len(POINTS)} points, {campaign.outcomes.total()} crashes: {dict(campaign.outcomes)}, {_spent()}",
            flush=True,
        )
        if not asked.only:
            folder = Path(tempfile.mkdtemp(prefix="killing-"))
            snapshots_under_load(forks, folder / "snapshots", SNAPSHOTS, seed=asked.seed)
            print(f"{SNAPSHOTS} copies under load, all whole, {_spent()}", flush=True)
            longest = terms_under_load(forks, folder / "terms", TERMS)
            print(f"{TERMS} SIGTERMs under load, all in good order within {longest:.1f} s, {_spent()}")
            shutil.rmtree(folder, ignore_errors=True)
    return bool(campaign.outcomes["failed"])


def _spent() -> str:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return f"{used.ru_utime + used.ru_stime:.0f} s of CPU here so far, and about twice that in the service"


if __name__ == "__main__":
    sys.exit(main())

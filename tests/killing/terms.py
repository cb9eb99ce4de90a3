"""P3: SIGTERM in the middle of load: it ends by itself, in good order, and what it answered 200 is there."""

import random
import time
from functools import partial
from pathlib import Path

from tests.flows.town import town, until
from tests.killing.forks import ForkedService, Forks
from tests.killing.load import Load
from tests.killing.snapshots import check_copy
from tests.killing.stories import nothing

UNTIDY = ("abandoned", "left behind", "threads_left", "Traceback", "teardown failed", "actor crashed")
"""What the log says of a part that did not end within the service's own deadline, or not well."""


def terms_under_load(forks: Forks, folder: Path, count: int, *, seed: int = 1) -> float:
    """Each life on what the one before left. Returns the longest that one took to end, in seconds.

    Raises AssertionError for the first end that is not in good order.
    """
    chance, longest = random.Random(seed), 0.0
    folder.mkdir()
    with town(folder, service=partial(ForkedService, forks), cluster=nothing) as place:
        for number in range(count):
            if number:
                place.service.start()
            with Load(place) as load:
                enough = chance.randint(1, 25)
                until(lambda load=load, enough=enough: len(load.acked) >= enough, "the load goes on")  # type: ignore[misc]  # the loop's
                asked_at = time.monotonic()
                assert place.service.terminate() == 0, f"end {number}"
                longest = max(longest, time.monotonic() - asked_at)
            check_copy(folder / "chatops.db", load.acked)
            log = place.service.log.read_text()
            assert not [word for word in UNTIDY if word in log], log[-3000:]
    return longest

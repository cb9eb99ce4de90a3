import queue
import threading

import pytest
from structlog.testing import capture_logs

from chatops.actors.timers import Timers
from tests.actors.small_actors import PATIENCE, FakeClock


@pytest.fixture
def timers(clock: FakeClock):
    timers = Timers(clock)
    clock.timers.append(timers)
    yield timers
    timers.stop()


@pytest.fixture
def fired() -> "queue.Queue[str]":
    return queue.Queue()


def test_fires_in_order_of_time_and_then_of_setting(timers, clock, fired):
    for seconds, name in ((3.0, "late"), (1.0, "first"), (1.0, "second")):
        timers.later(seconds, lambda name=name: fired.put(name))
    clock.advance(5)
    assert [fired.get(timeout=PATIENCE) for _ in range(3)] == ["first", "second", "late"]


def test_never_fires_early(timers, clock, fired):
    timers.later(2.0, lambda: fired.put("two"))
    timers.later(1.0, lambda: fired.put("one"))
    clock.advance(1.0)
    assert fired.get(timeout=PATIENCE) == "one"
    timers.later(0.0, lambda: fired.put("barrier"))
    assert fired.get(timeout=PATIENCE) == "barrier"


def test_an_earlier_timer_wakes_the_thread_that_waits_for_a_later_one(timers, fired):
    timers.later(3600.0, lambda: fired.put("hour"))
    timers.later(0.0, lambda: fired.put("soon"))
    assert fired.get(timeout=PATIENCE) == "soon"


def test_cancelled_does_not_fire(timers, clock, fired):
    cancelled = timers.later(1.0, lambda: fired.put("cancelled"))
    timers.later(1.0, lambda: fired.put("kept"))
    cancelled.cancel()
    cancelled.cancel()
    assert not cancelled.waiting
    clock.advance(1.0)
    assert fired.get(timeout=PATIENCE) == "kept"
    assert fired.empty()


def test_what_a_call_raises_is_logged_and_the_next_is_made(timers, clock, fired):
    def broken() -> None:
        raise ValueError("no")

    with capture_logs() as logs:
        timers.later(1.0, broken)
        timers.later(1.0, lambda: fired.put("next"))
        clock.advance(1.0)
        assert fired.get(timeout=PATIENCE) == "next"
    assert [(line["event"], line["error"]) for line in logs] == [("timer failed", "no")]


def test_stop_forgets_all_and_refuses_more(timers, clock, fired):
    timers.later(1.0, lambda: fired.put("forgotten"))
    timers.stop()
    late = timers.later(0.0, lambda: fired.put("refused"))
    clock.advance(10)
    assert not late.waiting
    assert "timers" not in {thread.name for thread in threading.enumerate()}
    assert fired.empty()


def test_a_call_may_stop_the_timers(timers, clock):
    stopped = threading.Event()

    def stop() -> None:
        timers.stop()
        stopped.set()

    timers.later(0.0, stop)
    assert stopped.wait(PATIENCE)

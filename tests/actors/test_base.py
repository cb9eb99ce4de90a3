import queue
import threading

import pykka
import pytest
from structlog.testing import capture_logs

from chatops.actors.addresses import SUPERVISOR
from chatops.actors.base import Actor
from chatops.actors.supervision_messages import ChildFailed, ChildReady, ChildStopped, Passivate
from tests.actors.small_actors import PATIENCE, Explode, Hold, Later, Recorder, settle, take

HERE = ("here", 7)


class Ear(Actor):
    """Stands at the supervisor's address and keeps what is reported."""

    def __init__(self, *, directory, news):
        super().__init__(directory=directory, address=SUPERVISOR)
        self.news = news

    def receive(self, message):
        self.news.put(message)

    def report(self, event):
        pass


@pytest.fixture
def reports(directory):
    reports = queue.Queue()
    Ear.start(directory=directory, news=reports)
    return reports


def start(directory, news, **arguments):
    return Recorder.start(directory=directory, address=HERE, news=news, **arguments)


def test_a_life_is_reported(directory, news, reports):
    ref = start(directory, news)
    assert take(reports) == [ChildReady(HERE, ref)]
    ref.stop(timeout=PATIENCE)
    assert take(reports) == [ChildStopped(HERE, ref)]
    assert take(news, 2) == [("setup", HERE), ("teardown", HERE)]


@pytest.mark.parametrize("error", [ValueError("bad\nnews"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_p1_a_crash_is_reported_and_stops_only_its_actor(directory, news, reports, error):
    other = Recorder.start(directory=directory, address=("other",), news=news)
    ref = start(directory, news)
    settle(directory, HERE)
    settle(directory, ("other",))
    directory.tell(HERE, Explode(error))
    report = take(reports, 3)[-1]
    assert report == ChildFailed(HERE, ref, "Explode", " ".join(f"{type(error).__name__}: {error}".split()))
    assert not ref.is_alive()
    assert other.is_alive()
    settle(directory, ("other",))


def test_a_crash_under_ask_stops_the_actor_too(directory, news, reports):
    ref = start(directory, news)
    assert take(reports) == [ChildReady(HERE, ref)]
    with pytest.raises(ValueError, match="asked"):
        ref.ask(Explode(ValueError("asked")), timeout=PATIENCE)
    assert take(reports) == [ChildFailed(HERE, ref, "Explode", "ValueError: asked")]
    assert not ref.is_alive()


@pytest.mark.parametrize("error", [OSError("no database"), SystemExit(1)])
def test_a_failing_setup_is_reported_and_keeps_the_mail(directory, news, reports, error):
    def fail(_actor):
        raise error

    directory.tell(HERE, "mail")
    ref = start(directory, news, on_setup=fail)
    [report] = take(reports)
    assert (report.ref, report.doing) == (ref, "setup")
    assert take(news, 2) == [("setup", HERE), ("teardown", HERE)]
    assert directory.parked(HERE) == 1


def test_p1_only_the_poison_is_lost(directory, news):
    ref = start(directory, news)
    hold = Hold.new()
    directory.tell(HERE, hold)
    assert hold.entered.wait(PATIENCE)
    for message in (1, Explode(ValueError("poison")), 2, 3):
        directory.tell(HERE, message)
    with capture_logs() as logs:
        hold.release.set()
        assert directory.wait_gone([ref], PATIENCE) == set()
    assert [(line["event"], line["doing"]) for line in logs] == [("actor crashed", "Explode")]
    directory.tell(HERE, 4)
    start(directory, news)
    assert take(news, 7) == [("setup", HERE), 1, ("teardown", HERE), ("setup", HERE), 2, 3, 4]


def test_those_who_asked_behind_a_crash_are_told_that_it_is_dead(directory, news):
    ref = start(directory, news)
    hold = Hold.new()
    directory.tell(HERE, hold)
    assert hold.entered.wait(PATIENCE)
    directory.tell(HERE, Explode(ValueError("poison")))
    asked = ref.ask("anything", block=False)
    hold.release.set()
    with pytest.raises(pykka.ActorDeadError):
        asked.get(timeout=PATIENCE)
    assert directory.parked(HERE) == 0


def test_a_raising_teardown_is_logged_and_the_end_still_reported(directory, news, reports):
    class Messy(Recorder):
        def teardown(self):
            raise SystemExit("teardown")

    ref = Messy.start(directory=directory, address=HERE, news=news)
    with capture_logs() as logs:
        ref.stop(timeout=PATIENCE)
        assert take(reports, 2)[-1] == ChildStopped(HERE, ref)
    assert [line["event"] for line in logs] == ["teardown failed"]


def test_strays_are_logged_once_per_type(directory, news):
    start(directory, news)
    with capture_logs() as logs:
        for stray in (1.5, 2.5, b"bytes"):
            directory.tell(HERE, stray)
        settle(directory, HERE)
    assert [(line["event"], line["message"]) for line in logs] == [
        ("stray message", "float"),
        ("stray message", "bytes"),
    ]


def test_stopping_is_set_for_long_work_of_a_dismissed_actor(directory, news):
    entered = threading.Event()

    class Patient(Recorder):
        def receive(self, message):
            entered.set()
            assert self.stopping.wait(PATIENCE)

    ref = Patient.start(directory=directory, address=HERE, news=news)
    directory.tell(HERE, "work")
    assert entered.wait(PATIENCE)
    directory.dismiss(HERE, ref)
    assert directory.wait_gone([ref], PATIENCE) == set()


def test_later_comes_back_as_mail(directory, news, clock):
    start(directory, news)
    directory.tell(HERE, Later(5.0, "later"))
    settle(directory, HERE)
    clock.advance(5.0)
    assert take(news, 2) == [("setup", HERE), "later"]


@pytest.mark.parametrize("crash", [True, False])
def test_timers_of_a_former_life_do_not_fire(directory, news, clock, crash):
    ref = start(directory, news)
    directory.tell(HERE, Later(5.0, "of a former life"))
    settle(directory, HERE)
    if crash:
        directory.tell(HERE, Explode(ValueError("end")))
    else:
        ref.stop(block=False)
    assert directory.wait_gone([ref], PATIENCE) == set()
    start(directory, news)
    directory.tell(HERE, Later(5.0, "of this one"))
    settle(directory, HERE)
    clock.advance(5.0)
    assert take(news, 4) == [("setup", HERE), ("teardown", HERE), ("setup", HERE), "of this one"]


def test_passivate_asks_the_supervisor(directory, news, reports):
    ref = start(directory, news, on_setup=lambda actor: actor.passivate())
    assert take(reports) == [Passivate(HERE, ref)]


def test_threads_are_named_after_addresses(directory, news):
    start(directory, news)
    settle(directory, HERE)
    assert "Recorder here/7" in {thread.name for thread in threading.enumerate()}

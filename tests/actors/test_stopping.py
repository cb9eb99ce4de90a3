import threading

import pytest
from structlog.testing import capture_logs

from chatops.actors.children import ChildState
from chatops.actors.specs import ChildSpec, FamilySpec, starter
from tests.actors.small_actors import PATIENCE, Explode, Hold, Later, Recorder, settle, take

A, B, C = ("a",), ("b",), ("c",)


@pytest.fixture
def child(directory, news):
    return lambda address, **spec: ChildSpec(address, starter(Recorder, directory, news=news), **spec)


@pytest.fixture
def family(directory, news):
    return lambda kind: FamilySpec(kind, starter(Recorder, directory, news=news))


def test_children_stop_in_reverse_and_a_family_in_its_place(directory, news, grow, child, family):
    before = set(threading.enumerate())
    tree = grow([child(A), family("incident"), child(B)])
    assert tree.supervisor.wait_started(PATIENCE)
    for number in range(5):
        directory.tell(("incident", number), "hello")
    take(news, 12)
    assert tree.supervisor.stop() == ()
    ends = take(news, 7)
    assert (ends[0], ends[-1]) == (("teardown", B), ("teardown", A))
    assert set(ends[1:-1]) == {("teardown", ("incident", number)) for number in range(5)}
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before


def test_mail_already_there_is_handled_before_the_stop(directory, news, grow, child):
    tree = grow([child(A)])
    assert tree.supervisor.wait_started(PATIENCE)
    for number in range(100):
        directory.tell(A, number)
    assert tree.supervisor.stop() == ()
    assert take(news, 102) == [("setup", A), *range(100), ("teardown", A)]


def test_one_that_hangs_costs_only_its_budget_and_is_abandoned(directory, news, grow, child):
    tree = grow([child(A), child(B), child(C)])
    assert tree.supervisor.wait_started(PATIENCE)
    hold = Hold.new()
    directory.tell(B, hold)
    assert hold.entered.wait(PATIENCE)
    take(news, 3)
    with capture_logs() as logs:
        assert tree.supervisor.stop(budget=0.2) == (B,)
    assert take(news, 2) == [("teardown", C), ("teardown", A)]
    assert [line["address"] for line in logs if line["log_level"] == "error"] == [B]
    hold.release.set()
    assert take(news) == [("teardown", B)]


def test_long_work_is_told_to_end(directory, news, grow):
    entered = threading.Event()

    class Patient(Recorder):
        def receive(self, message):
            entered.set()
            assert self.stopping.wait(PATIENCE)

    tree = grow([ChildSpec(A, starter(Patient, directory, news=news))])
    assert tree.supervisor.wait_started(PATIENCE)
    directory.tell(A, "work")
    assert entered.wait(PATIENCE)
    assert tree.supervisor.stop() == ()


def test_nothing_comes_back_while_stopping(directory, news, grow, child, family, clock):
    tree = grow([child(A), family("incident"), child(B)], backoff=0.1)
    assert tree.supervisor.wait_started(PATIENCE)
    directory.tell(("incident", 1), Later(1.0, "later"))
    settle(directory, A)
    take(news, 3)
    for _ in range(2):
        tree.until(A, ChildState.RUNNING)
        ref = directory.ref(A)
        directory.tell(A, Explode(ValueError("down")))
        assert directory.wait_gone([ref], PATIENCE) == set()
    tree.until(A, ChildState.DOWN)
    assert take(news, 3) == [("teardown", A), ("setup", A), ("teardown", A)]
    assert tree.supervisor.stop() == ()
    clock.advance(100)
    directory.tell(("incident", 2), "too late")
    assert take(news, 2) == [("teardown", B), ("teardown", ("incident", 1))]
    assert news.empty()
    assert tree.supervisor.stop() == ()


def test_a_child_in_its_setup_stops_after_it(directory, news, grow):
    entered, release = threading.Event(), threading.Event()

    def slow(actor):
        entered.set()
        assert actor.stopping.wait(PATIENCE)
        release.set()

    tree = grow([ChildSpec(A, starter(Recorder, directory, news=news, on_setup=slow))])
    assert entered.wait(PATIENCE)
    assert tree.supervisor.stop() == ()
    assert release.is_set()
    assert take(news, 2) == [("setup", A), ("teardown", A)]

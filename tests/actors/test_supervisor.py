import itertools
import queue
import threading

import pykka
import pytest

from chatops.actors.addresses import SUPERVISOR
from chatops.actors.children import ChildState
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec, Restart, starter
from chatops.actors.supervision_messages import ChildFailed, Passivate, Replace, Wanted
from chatops.actors.timers import Timers
from chatops.actors.tree import Supervisor
from tests.actors.small_actors import PATIENCE, Explode, Hold, Recorder, Tree, settle, take

A, B, C = ("a",), ("b",), ("c",)


@pytest.fixture
def child(directory, news):
    """A specification of a Recorder at an address."""

    def child(address, *, on_setup=None, **spec):
        return ChildSpec(address, starter(Recorder, directory, news=news, on_setup=on_setup), **spec)

    return child


@pytest.fixture
def family(directory, news):
    def family(kind, *, on_setup=None, **spec):
        return FamilySpec(kind, starter(Recorder, directory, news=news, on_setup=on_setup), **spec)

    return family


def fails(times):
    """A setup that fails so often before it works."""
    left = itertools.count(times, -1)

    def setup(_actor):
        if next(left) > 0:
            raise OSError("not yet")

    return setup


def always_fails(_actor):
    raise OSError("never")


def kill(directory, address, error=None):
    ref = directory.ref(address)
    assert ref is not None
    directory.tell(address, Explode(error or ValueError("killed")))
    assert directory.wait_gone([ref], PATIENCE) == set()


def test_children_start_in_order_each_after_the_one_before(directory, news, grow, child):
    entered, release = threading.Event(), threading.Event()

    def slow(_actor):
        entered.set()
        assert release.wait(PATIENCE)

    tree = grow([child(A), child(B, on_setup=slow), child(C)])
    assert entered.wait(PATIENCE)
    assert list(tree.supervisor.children(PATIENCE)) == [A, B]
    release.set()
    assert tree.supervisor.wait_started(PATIENCE)
    assert take(news, 3) == [("setup", A), ("setup", B), ("setup", C)]
    tree.until(C, ChildState.RUNNING)


def test_a_child_slow_to_start_holds_up_the_others_only_so_long(directory, news, grow, child, clock):
    release = threading.Event()
    tree = grow([child(A, on_setup=lambda _: release.wait(PATIENCE)), child(B)], slow_start=5.0)
    assert take(news) == [("setup", A)]
    clock.advance(5.0)
    assert tree.supervisor.wait_started(PATIENCE)
    assert take(news) == [("setup", B)]
    release.set()
    tree.until(A, ChildState.RUNNING)


@pytest.mark.parametrize("error", [ValueError("killed"), SystemExit(1), KeyboardInterrupt()])
@pytest.mark.parametrize("victim", [A, B, C])
def test_p1_only_the_killed_child_comes_back(directory, news, grow, child, victim, error):
    tree = grow([child(A), child(B), child(C)])
    assert tree.supervisor.wait_started(PATIENCE)
    take(news, 3)
    kill(directory, victim, error)
    assert take(news, 2) == [("teardown", victim), ("setup", victim)]
    tree.until(victim, ChildState.RUNNING)
    assert {a: view.restarts for a, view in tree.supervisor.children().items()} == {
        a: int(a == victim) for a in (A, B, C)
    }
    assert news.empty()


def test_p1_mail_behind_a_crash_reaches_the_successor_in_order(directory, news, grow, child):
    tree = grow([child(A)])
    assert tree.supervisor.wait_started(PATIENCE)
    hold = Hold.new()
    directory.tell(A, hold)
    assert hold.entered.wait(PATIENCE)
    for message in (1, Explode(ValueError("poison")), *range(2, 100)):
        directory.tell(A, message)
    hold.release.set()
    for message in range(100, 200):
        directory.tell(A, message)
    seen = [item for item in take(news, 202) if isinstance(item, int)]
    assert seen == list(range(1, 200))


def test_p1_restarts_back_off_and_then_a_permanent_child_ends_the_process_once(directory, news, grow, child, clock):
    tree = grow([child(A), child(B)], backoff=1.0)
    assert tree.supervisor.wait_started(PATIENCE)
    take(news, 2)
    kill(directory, A)
    assert take(news, 2) == [("teardown", A), ("setup", A)]
    for wait in (1.0, 2.0):
        tree.until(A, ChildState.RUNNING)
        kill(directory, A)
        tree.until(A, ChildState.DOWN)
        clock.advance(wait / 2)
        assert tree.state(A) is ChildState.DOWN
        clock.advance(wait / 2)
        tree.until(A, ChildState.RUNNING)
    kill(directory, A)
    assert tree.given_up.get(timeout=PATIENCE) == (A, "Explode: ValueError: killed")
    tree.until(A, ChildState.FAILED)
    # The process is about to end: nobody is brought back any more, and it is said once.
    news.queue.clear()
    kill(directory, B)
    clock.advance(1000.0)
    assert tree.state(A) is ChildState.FAILED
    assert take(news) == [("teardown", B)]
    assert news.empty()
    assert tree.given_up.empty()
    assert tree.failed.empty()


def test_crashes_far_apart_never_use_up_the_budget(directory, news, grow, child, clock):
    tree = grow([child(A, intensity=1, period=10.0)])
    assert tree.supervisor.wait_started(PATIENCE)
    for restarts in range(1, 6):
        kill(directory, A)
        tree.until(A, ChildState.RUNNING)
        assert tree.supervisor.children()[A].restarts == restarts
        clock.advance(10.0)
    assert tree.given_up.empty()


def test_a_failed_transient_child_is_told_of_keeps_its_mail_and_is_tried_again(directory, news, grow, child, clock):
    tree = grow([child(A, restart=Restart.TRANSIENT, intensity=0, on_setup=fails(2)), child(B)], pause=60.0)
    assert tree.supervisor.wait_started(PATIENCE)
    assert tree.failed.get(timeout=PATIENCE) == (A, "setup: OSError: not yet")
    assert tree.state(A) is ChildState.FAILED
    directory.tell(A, "kept")
    clock.advance(60.0)
    take(news, 5)
    tree.until(A, ChildState.FAILED)
    clock.advance(60.0)
    assert take(news, 2) == [("setup", A), "kept"]
    tree.until(A, ChildState.RUNNING)
    # The second failure in a row is not news.
    assert tree.failed.empty()
    clock.advance(60.0)
    kill(directory, A)
    assert tree.failed.get(timeout=PATIENCE) == (A, "Explode: ValueError: killed")
    assert tree.given_up.empty()


def test_failing_setups_count_as_restarts(directory, news, grow, child, clock):
    tree = grow([child(A, on_setup=always_fails), child(B)], backoff=0.0)
    assert tree.given_up.get(timeout=PATIENCE) == (A, "setup: OSError: never")
    assert tree.supervisor.children()[A].restarts == 3
    assert take(news, 8) == [("setup", A), ("teardown", A)] * 4
    assert not tree.supervisor.wait_started(0)


def test_a_start_that_raises_counts_too_and_frees_the_address(directory, news, grow, child):
    attempts = itertools.count()

    class Unborn(Recorder):
        def __init__(self, **arguments):
            super().__init__(**arguments)
            if next(attempts) < 2:
                raise OSError("not born")

    spec = ChildSpec(A, starter(Unborn, directory, news=news))
    tree = grow([spec], backoff=0.0)
    assert tree.supervisor.wait_started(PATIENCE)
    tree.until(A, ChildState.RUNNING)
    assert tree.supervisor.children()[A].restarts == 2


def test_a_notice_that_raises_does_no_harm(directory, child):
    def broken(_address, _reason):
        raise RuntimeError("no database")

    specs = [child(A, restart=Restart.TRANSIENT, intensity=0, on_setup=always_fails), child(B)]
    supervisor = Supervisor(directory, specs, give_up=broken, on_failed=broken)
    assert supervisor.wait_started(PATIENCE)
    assert supervisor.children()[A].state is ChildState.FAILED
    assert supervisor.stop() == ()


def test_reports_of_a_former_ref_are_ignored(directory, news, grow, child):
    tree = grow([child(A)])
    assert tree.supervisor.wait_started(PATIENCE)
    old = directory.ref(A)
    kill(directory, A)
    tree.until(A, ChildState.RUNNING)
    for stale in (
        ChildFailed(A, old, "Explode", "again"),
        Passivate(A, old),
        Replace(A, old, "work", "hangs"),
    ):
        directory.tell(SUPERVISOR, stale)
    assert tree.supervisor.children()[A].restarts == 1
    settle(directory, A)


def test_the_watcher_is_told_before_the_successor_starts(directory, news, grow, child):
    heard = queue.Queue()

    class Watcher(Recorder):
        def receive(self, message):
            heard.put(message)

    specs = [ChildSpec(B, starter(Watcher, directory, news=news)), child(A, watcher=B)]
    tree = grow(specs)
    assert tree.supervisor.wait_started(PATIENCE)
    ref = directory.ref(A)
    kill(directory, A)
    assert heard.get(timeout=PATIENCE) == ChildFailed(A, ref, "Explode", "ValueError: killed")


def test_p1_a_hanging_child_is_replaced(directory, news, grow, child):
    tree = grow([child(A)])
    assert tree.supervisor.wait_started(PATIENCE)
    hold, old = Hold.new(), directory.ref(A)
    directory.tell(A, hold)
    assert hold.entered.wait(PATIENCE)
    directory.tell(A, "waiting")
    directory.tell(SUPERVISOR, Replace(A, old, "Hold", "hangs"))
    assert take(news, 3) == [("setup", A), ("setup", A), "waiting"]
    tree.until(A, ChildState.RUNNING)
    hold.release.set()
    assert take(news) == [("teardown", A)]
    assert tree.supervisor.children()[A].restarts == 1
    settle(directory, A)


def test_an_unasked_stop_brings_a_permanent_child_back_and_lets_a_transient_one_go(directory, grow, child):
    tree = grow([child(A), child(B, restart=Restart.TRANSIENT)])
    assert tree.supervisor.wait_started(PATIENCE)
    for address in (A, B):
        directory.ref(address).stop(timeout=PATIENCE)
    tree.until(B, ChildState.STOPPED)
    tree.until(A, ChildState.RUNNING)
    assert tree.supervisor.children()[A].restarts == 1


def test_family_children_start_when_there_is_mail(directory, news, grow, child, family):
    directory.tell(("incident", 1), "early")
    tree = grow([child(A), family("incident")])
    assert tree.supervisor.wait_started(PATIENCE)
    assert take(news, 3) == [("setup", A), ("setup", ("incident", 1)), "early"]
    directory.tell(("incident", 2), "late")
    assert take(news, 2) == [("setup", ("incident", 2)), "late"]
    directory.tell(("stranger", 1), "mail")
    directory.tell(SUPERVISOR, Wanted(("stranger", 1)))
    assert set(tree.supervisor.children()) == {A, ("incident", 1), ("incident", 2)}


def test_a_killed_family_child_comes_back_alone(directory, news, grow, family):
    one, two = ("incident", 1), ("incident", 2)
    tree = grow([family("incident")])
    for address in (one, two):
        directory.tell(address, "hello")
    take(news, 4)
    kill(directory, one)
    assert take(news, 2) == [("teardown", one), ("setup", one)]
    tree.until(one, ChildState.RUNNING)
    assert {a: v.restarts for a, v in tree.supervisor.children().items()} == {one: 1, two: 0}


def test_p2_the_supervisors_own_crash_stops_all_and_ends_the_process(directory, news, grow, child):
    tree = grow([child(A), child(B)])
    assert tree.supervisor.wait_started(PATIENCE)
    ref = directory.ref(SUPERVISOR)
    directory.tell(SUPERVISOR, Wanted(()))
    assert tree.given_up.get(timeout=PATIENCE) == (SUPERVISOR, "IndexError: tuple index out of range")
    assert directory.wait_gone([ref], PATIENCE) == set()
    assert take(news, 4) == [("setup", A), ("setup", B), ("teardown", B), ("teardown", A)]
    with pytest.raises(pykka.ActorDeadError):
        tree.supervisor.children()
    assert tree.supervisor.stop() == ()


def test_an_address_specified_twice_is_refused(directory, child):
    with pytest.raises(ValueError, match="twice"):
        Supervisor(directory, [child(A), child(A)], give_up=print, on_failed=print)


def test_real_clocks_work_too(news):
    directory = Directory(timers=Timers())
    tree = Tree(directory, [ChildSpec(A, starter(Recorder, directory, news=news))], backoff=0.001)
    assert tree.supervisor.wait_started(PATIENCE)
    for _ in range(3):
        kill(directory, A)
        tree.until(A, ChildState.RUNNING)
    assert tree.supervisor.stop() == ()

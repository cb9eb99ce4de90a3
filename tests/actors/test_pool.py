import threading
import time

import pytest

from chatops.actors.addresses import POOL
from chatops.actors.children import ChildState
from chatops.actors.executor import ExecutorActor
from chatops.actors.pool import PoolActor
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.actors.work import (
    PerformPlan,
    ReadLogs,
    ReadObject,
    ReadPods,
    ReadWorkload,
    Submit,
    WorkDone,
    WorkFailed,
    WorkInterrupted,
)
from chatops.actors.work_messages import Assign, Ticket
from chatops.cluster import Cluster
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.faults import Fault
from tests.actors.doors import Block, deploy, raising, restart
from tests.actors.small_actors import PATIENCE, Listener, settle, take

ASKER = ("incident", 1)


@pytest.fixture
def pool(directory, news, works, grow):
    """A tree with a pool of so many executors, all of them ready."""

    def pool(size=1, *, open_door=works.open, **settings):
        addresses = [("executor", number) for number in range(size)]
        executor = starter(ExecutorActor, directory, cluster_factory=open_door)
        tree = grow(
            [
                ChildSpec(ASKER, starter(Listener, directory, news=news)),
                ChildSpec(POOL, starter(PoolActor, directory, executors=addresses, **settings)),
                *(ChildSpec(address, executor, Restart.TRANSIENT, watcher=POOL) for address in addresses),
            ],
            backoff=0.0,
        )
        assert tree.supervisor.wait_started(PATIENCE)
        return tree

    return pool


def look(directory, name, tag=None):
    directory.tell(POOL, Submit(ReadPods(deploy(name)), ASKER, tag or name))


def change(directory, name, tag=None, **ref):
    directory.tell(POOL, Submit(PerformPlan(restart(name, **ref)), ASKER, tag or name))


def block(works, name, answer="done"):
    works.scripts[name] = Block(answer)
    return works.scripts[name]


def called(works):
    return works.calls.get(timeout=PATIENCE)[1][0]


def test_work_is_answered_under_its_tag(directory, news, works, pool):
    pool(size=2)
    works.scripts["no"] = raising(Permanent(Reason.FORBIDDEN, "rbac"))
    works.scripts["later"] = raising(Temporary(Reason.THROTTLED, "slow down"))
    for name in ("yes", "no", "later"):
        look(directory, name)
    assert {answer.tag: answer for answer in take(news, 3)} == {
        "yes": WorkDone("yes", "pods"),
        "no": WorkFailed("no", "forbidden", "rbac", temporary=False),
        "later": WorkFailed("later", "throttled", "slow down", temporary=True),
    }


def test_changes_come_before_looks_and_both_in_order(directory, news, works, pool):
    pool()
    busy = block(works, "busy")
    look(directory, "busy")
    assert busy.entered.wait(PATIENCE)
    look(directory, "look 1")
    look(directory, "look 2")
    change(directory, "change 1")
    change(directory, "change 2")
    busy.release.set()
    assert [answer.tag for answer in take(news, 5)] == ["busy", "change 1", "change 2", "look 1", "look 2"]


def test_an_object_is_changed_by_one_at_a_time_whatever_its_uid(directory, news, works, pool):
    pool(size=3)
    first = block(works, "checkout")
    change(directory, "checkout", "first", uid="old")
    assert first.entered.wait(PATIENCE)
    assert called(works).ref.uid == "old"
    change(directory, "checkout", "second", uid="new")
    change(directory, "checkout", "elsewhere", cluster="other")
    change(directory, "cart")
    look(directory, "cart", "look")
    # All that may run is begun, and the second change of the same object is not.
    begun = [works.calls.get(timeout=PATIENCE) for _ in range(3)]
    changed = {call[1][0].ref for call in begun if call[0] == "perform"}
    assert changed == {deploy("checkout", cluster="other"), deploy("cart")}
    assert {answer.tag for answer in take(news, 2)} == {"cart", "look"}
    settle(directory, POOL)
    assert works.calls.empty()
    first.release.set()
    answers = [answer.tag for answer in take(news, 3)]
    assert answers.index("first") < answers.index("second")


def test_looks_at_an_object_do_not_wait_for_its_change(directory, news, works, pool):
    pool(size=2)
    running = block(works, "checkout")
    change(directory, "checkout", "change")
    assert running.entered.wait(PATIENCE)
    directory.tell(POOL, Submit(ReadLogs(deploy("other")), ASKER, "look"))
    assert take(news) == [WorkDone("look", "logs")]
    running.release.set()
    assert take(news) == [WorkDone("change", "done")]


def test_p1_too_much_work_is_turned_away(directory, news, works, pool):
    pool(queue_limit=2)
    busy = block(works, "busy")
    look(directory, "busy")
    assert busy.entered.wait(PATIENCE)
    for number in range(3):
        look(directory, f"look {number}")
    assert take(news) == [WorkFailed("look 2", "throttled", "too much work is waiting", temporary=True)]
    change(directory, "change")
    busy.release.set()
    assert [answer.tag for answer in take(news, 4)] == ["busy", "change", "look 0", "look 1"]


@pytest.mark.parametrize("submit", [look, change])
def test_k9_a_crash_interrupts_its_one_job_and_no_other(directory, news, works, pool, submit):
    tree = pool(size=2)
    other = block(works, "other")
    change(directory, "other")
    assert other.entered.wait(PATIENCE)
    works.scripts["bug"] = raising(SystemExit(1))
    submit(directory, "bug")
    assert take(news) == [WorkInterrupted("bug")]
    look(directory, "after")
    assert take(news) == [WorkDone("after", "pods")]
    other.release.set()
    assert take(news) == [WorkDone("other", "done")]
    assert sorted(tree.supervisor.children()[("executor", n)].restarts for n in range(2)) == [0, 1]


def test_k9_a_hanging_look_fails_and_its_executor_is_replaced(directory, news, works, pool, clock):
    tree = pool(look_deadline=30.0)
    hanging = block(works, "hanging", answer="too late")
    look(directory, "hanging")
    assert hanging.entered.wait(PATIENCE)
    door = works.opened.get(timeout=PATIENCE)
    clock.advance(30.0)
    assert take(news) == [WorkFailed("hanging", "timeout", "no answer in time", temporary=True)]
    look(directory, "next")
    assert take(news) == [WorkDone("next", "pods")]
    # The old one is told to end, and what it brings in the end is nobody's.
    assert door.stop.wait(PATIENCE)
    hanging.release.set()
    assert works.closed.get(timeout=PATIENCE) is door
    settle(directory, POOL)
    settle(directory, ASKER)
    assert news.empty()
    assert tree.supervisor.children()[("executor", 0)].restarts == 1


def test_k9_a_hanging_change_is_interrupted_after_its_own_deadline(directory, news, works, pool, clock):
    pool(look_deadline=30.0, change_deadline=60.0)
    hanging = block(works, "hanging")
    change(directory, "hanging")
    assert hanging.entered.wait(PATIENCE)
    clock.advance(30.0)
    settle(directory, POOL)
    assert news.empty()
    clock.advance(30.0)
    assert take(news) == [WorkInterrupted("hanging")]
    change(directory, "next")
    assert take(news) == [WorkDone("next", "perform")]
    hanging.release.set()


def test_k9_work_that_no_executor_is_free_for_fails_in_time(directory, news, works, pool, clock):
    pool(look_deadline=30.0, change_deadline=60.0)
    busy = block(works, "busy")
    change(directory, "busy")
    assert busy.entered.wait(PATIENCE)
    look(directory, "look")
    settle(directory, POOL)
    clock.advance(30.0)
    assert take(news) == [WorkFailed("look", "timeout", "not begun, no executor was free in time", temporary=True)]
    busy.release.set()
    assert take(news) == [WorkDone("busy", "done")]


def test_k9_executors_that_cannot_start_keep_nobody_waiting_for_ever(directory, news, works, pool, clock):
    def closed(_stop):
        raise OSError("no kubeconfig")

    tree = pool(size=2, open_door=closed)
    for number in range(2):
        tree.until(("executor", number), ChildState.FAILED)
    change(directory, "change")
    settle(directory, POOL)
    clock.advance(60.0)
    [answer] = take(news)
    assert (answer.tag, answer.reason, answer.temporary) == ("change", "timeout", True)


def test_the_same_change_is_not_made_twice_in_a_row(directory, news, works, pool):
    now = [0.0]
    pool(cooldown=30.0, clock=lambda: now[0])
    change(directory, "checkout", "first")
    assert take(news) == [WorkDone("first", "perform")]
    change(directory, "checkout", "second")
    assert take(news) == [WorkFailed("second", Reason.TOO_SOON, "", temporary=False)]
    change(directory, "cart", "another object")
    assert take(news) == [WorkDone("another object", "perform")]
    now[0] = 30.0
    change(directory, "checkout", "later")
    assert take(news) == [WorkDone("later", "perform")]


def test_two_who_confirm_the_same_at_once_make_one_change(directory, news, works, pool):
    pool(size=2)
    busy = block(works, "checkout")
    change(directory, "checkout", "first")
    change(directory, "checkout", "second")
    assert busy.entered.wait(PATIENCE)
    busy.release.set()
    assert take(news, 2) == [WorkDone("first", "done"), WorkFailed("second", Reason.TOO_SOON, "", temporary=False)]


def test_a_change_that_failed_can_be_tried_again_at_once(directory, news, works, pool):
    pool()
    works.scripts["checkout"] = raising(Permanent(Reason.CONFLICT, "changed meanwhile"))
    change(directory, "checkout", "first")
    assert take(news)[0].reason == "conflict"
    works.scripts.clear()
    change(directory, "checkout", "second")
    assert take(news) == [WorkDone("second", "perform")]


def crash_pool(directory):
    """A plan of nothing is something the pool does not survive."""
    ref = directory.ref(POOL)
    directory.tell(POOL, Submit(PerformPlan(None), ASKER, "poison"))
    assert directory.wait_gone([ref], PATIENCE) == set()


def test_p1_a_crash_of_the_pool_answers_for_all_it_had_and_keeps_what_it_had_not(directory, news, works, pool):
    pool()
    busy = block(works, "busy")
    change(directory, "busy")
    assert busy.entered.wait(PATIENCE)
    look(directory, "look")
    change(directory, "change")
    settle(directory, POOL)
    crash_pool(directory)
    not_begun = "not begun, the pool of executors was stopped"
    assert take(news, 3) == [
        WorkInterrupted("busy"),
        WorkFailed("change", "throttled", not_begun, temporary=True),
        WorkFailed("look", "throttled", not_begun, temporary=True),
    ]
    busy.release.set()
    look(directory, "after")
    assert take(news) == [WorkDone("after", "pods")]
    assert news.empty()


def test_k9_a_change_waits_until_those_of_a_former_pool_are_over(directory, news, works, pool):
    tree = pool(size=2)
    running = block(works, "checkout")
    change(directory, "checkout", "first")
    assert running.entered.wait(PATIENCE)
    crash_pool(directory)
    assert take(news) == [WorkInterrupted("first")]
    tree.until(POOL, ChildState.RUNNING)
    change(directory, "checkout", "second")
    look(directory, "cart", "look")
    assert take(news) == [WorkDone("look", "pods")]
    settle(directory, POOL)
    assert [works.calls.get(timeout=PATIENCE)[0] for _ in range(2)] == ["perform", "pods"]
    assert works.calls.empty()
    works.scripts.clear()
    running.release.set()
    assert take(news) == [WorkDone("second", "perform")]


def test_k9_an_executor_that_hangs_on_work_of_a_former_pool_is_replaced(directory, news, works, pool, clock):
    tree = pool(change_deadline=60.0)
    hanging = block(works, "checkout")
    change(directory, "checkout", "first")
    assert hanging.entered.wait(PATIENCE)
    crash_pool(directory)
    assert take(news) == [WorkInterrupted("first")]
    tree.until(POOL, ChildState.RUNNING)
    settle(directory, POOL)
    clock.advance(60.0)
    tree.until(("executor", 0), ChildState.RUNNING)
    change(directory, "cart", "second")
    assert take(news) == [WorkDone("second", "perform")]
    assert tree.supervisor.children()[("executor", 0)].restarts == 1
    hanging.release.set()


def test_a_job_whose_executor_died_before_beginning_it_is_done_by_the_next(directory, news, works, pool):
    """The executor dies between two jobs: its assignment must be neither lost nor done twice."""
    pool()
    settle(directory, ("executor", 0))
    settle(directory, POOL)
    ref = directory.ref(("executor", 0))
    busy = Block()
    works.scripts["stray"] = busy
    # A job from nobody keeps the executor busy while the pool takes it for idle.
    directory.tell(("executor", 0), Assign(ref, Ticket(), Submit(ReadPods(deploy("stray")), ASKER, "stray")))
    assert busy.entered.wait(PATIENCE)
    works.scripts["bug"] = raising(RuntimeError("a bug"))
    directory.tell(("executor", 0), Assign(ref, Ticket(), Submit(ReadPods(deploy("bug")), ASKER, "bug")))
    change(directory, "checkout")
    settle(directory, POOL)
    busy.release.set()
    assert take(news) == [WorkDone("checkout", "perform")]
    assert directory.wait_gone([ref], PATIENCE) == set()
    settle(directory, POOL)
    settle(directory, ("executor", 0))
    calls = [works.calls.get_nowait()[0] for _ in range(works.calls.qsize())]
    assert calls.count("perform") == 1
    assert news.empty()


def test_k9_a_server_that_never_answers_costs_its_own_looks_and_no_thread(directory, news, pool, clock, tmp_path):
    """K9: real doors on a real socket. Each look is abandoned, others go on, every thread ends by itself."""
    size, rounds = 2, 4
    with KubeApiServer(auto=False) as server:
        server.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker-1"}})
        kubeconfig = str(server.kubeconfig(tmp_path / "kubeconfig"))
        hang = server.fail(Fault(kind="hang", path="/deployments/", times=1000))
        tree = pool(size=size, open_door=lambda stop: Cluster(None, kubeconfig, stop, read_timeout=1.0))
        for number in range(rounds):
            left = hang.times
            directory.tell(POOL, Submit(ReadWorkload(deploy("web")), ASKER, f"hung-{number}"))
            wait_until(lambda left=left: hang.times < left)
            directory.tell(POOL, Submit(ReadObject(ObjectRef("Node", "worker-1")), ASKER, f"node-{number}"))
            assert take(news, 1)[0].tag == f"node-{number}", "the other executor goes on"
            clock.advance(31.0)
            answer = take(news, 1)[0]
            assert (answer.tag, answer.reason) == (f"hung-{number}", Reason.TIMEOUT)
            wait_until(lambda: len(executors(tree)) == size)
        wait_until(lambda: sum("ExecutorActor" in thread.name for thread in threading.enumerate()) == size)


def executors(tree):
    """Those that are ready."""
    views = tree.supervisor.children(timeout=PATIENCE)
    return [a for a, view in views.items() if a[0] == "executor" and view.state is ChildState.RUNNING]


def wait_until(test):
    deadline = time.monotonic() + PATIENCE
    while not test():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)

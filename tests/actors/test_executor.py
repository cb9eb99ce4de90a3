from datetime import UTC, datetime

import pytest

from chatops.actors.addresses import POOL
from chatops.actors.children import ChildState
from chatops.actors.executor import ExecutorActor
from chatops.actors.specs import ChildSpec, starter
from chatops.actors.work import (
    LOG_BYTES,
    FollowPlan,
    LookUpPlan,
    MakePreview,
    PerformPlan,
    ReadDescription,
    ReadEvents,
    ReadLogs,
    ReadPod,
    ReadPods,
    ReadWorkload,
    Submit,
    TakeSurvey,
)
from chatops.actors.work_messages import Assign, ExecutorReady, Finished, ReportIn, Ticket
from chatops.core.failures import Permanent, Reason
from tests.actors.doors import deploy, raising, restart
from tests.actors.small_actors import PATIENCE, Listener, take

HANDS = ("executor", 0)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REF, PLAN = deploy("checkout"), restart("checkout")


@pytest.fixture
def executor(directory, news, works):
    """An executor that has said that it is ready; with somebody at the pool's address."""
    Listener.start(directory=directory, address=POOL, news=news)
    ref = ExecutorActor.start(directory=directory, address=HANDS, cluster_factory=works.open, clock=lambda: NOON)
    assert take(news) == [ExecutorReady(HANDS, ref)]
    return ref


def assign(directory, ref, work):
    ticket = Ticket()
    directory.tell(HANDS, Assign(ref, ticket, Submit(work, ("incident", 1), "tag")))
    return ticket


@pytest.mark.parametrize(
    ("work", "method", "arguments", "named"),
    [
        (TakeSurvey((REF,)), "survey", ((REF,), NOON), {}),
        (ReadPods(REF), "pods", (REF,), {}),
        (ReadPod(REF), "pod", (REF,), {}),
        (ReadWorkload(REF), "workload", (REF,), {}),
        (
            ReadLogs(REF, "app", True, 20),
            "logs",
            (REF,),
            {"container": "app", "previous": True, "tail": 20, "since": 0, "limit_bytes": LOG_BYTES},
        ),
        (
            ReadLogs(REF, tail=5_000, since=900, limit_bytes=7),
            "logs",
            (REF,),
            {"container": "", "previous": False, "tail": 5_000, "since": 900, "limit_bytes": 7},
        ),
        (ReadDescription(REF), "describe", (REF,), {}),
        (ReadEvents(REF), "events", (REF,), {}),
        (
            MakePreview("scale_up", REF, {"replicas": "3"}),
            "preview",
            ("scale_up", REF, {"replicas": "3"}, NOON),
            {},
        ),
        (PerformPlan(PLAN), "perform", (PLAN,), {}),
        (FollowPlan(PLAN), "follow", (PLAN,), {}),
        (LookUpPlan(PLAN), "happened", (PLAN,), {}),
    ],
)
def test_each_work_is_done_at_the_door(directory, news, works, executor, work, method, arguments, named):
    ticket = assign(directory, executor, work)
    assert works.calls.get(timeout=PATIENCE) == (method, arguments, named)
    assert take(news) == [Finished(ticket, method)]


def test_work_is_done_for_the_person_who_asked(directory, news, works, executor):
    for by in (0, 1001):
        directory.tell(HANDS, Assign(executor, Ticket(), Submit(ReadPods(REF), ("incident", 1), "tag", by)))
        take(news)
    assert works.persons == [1001]


def test_a_failure_of_the_door_is_an_answer(directory, news, works, executor):
    failure = Permanent(Reason.FORBIDDEN, "pods is forbidden")
    works.scripts["checkout"] = raising(failure)
    ticket = assign(directory, executor, ReadPods(REF))
    assert take(news) == [Finished(ticket, failure)]
    assert executor.is_alive()


def test_a_job_called_off_is_not_begun(directory, news, works, executor):
    ticket = Ticket()
    assert ticket.take()
    directory.tell(HANDS, Assign(executor, ticket, Submit(PerformPlan(PLAN), ("incident", 1), "tag")))
    directory.tell(HANDS, ReportIn())
    assert take(news) == [ExecutorReady(HANDS, executor)]
    assert works.calls.empty()


def test_a_job_meant_for_a_predecessor_is_not_begun(directory, news, works, executor):
    stranger = directory.ref(POOL)
    directory.tell(HANDS, Assign(stranger, Ticket(), Submit(PerformPlan(PLAN), ("incident", 1), "tag")))
    directory.tell(HANDS, ReportIn())
    assert take(news) == [ExecutorReady(HANDS, executor)]
    assert works.calls.empty()


def test_a_ticket_is_good_for_one():
    ticket = Ticket()
    assert [ticket.take(), ticket.take()] == [True, False]


def test_anything_else_is_a_crash_and_the_next_one_opens_its_own_door(directory, news, works, grow):
    spec = ChildSpec(HANDS, starter(ExecutorActor, directory, cluster_factory=works.open))
    tree = grow([ChildSpec(POOL, starter(Listener, directory, news=news)), spec])
    [first] = take(news)
    works.scripts["checkout"] = raising(RuntimeError("a bug"))
    assign(directory, first.ref, ReadPods(REF))
    [second] = take(news)
    assert second.ref is not first.ref
    doors = [works.opened.get(timeout=PATIENCE) for _ in range(2)]
    assert works.closed.get(timeout=PATIENCE) is doors[0]
    assert doors[0].stop.is_set()
    assert not doors[1].stop.is_set()
    tree.until(HANDS, ChildState.RUNNING)
    assert news.empty()

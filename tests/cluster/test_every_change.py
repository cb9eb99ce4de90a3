"""What holds for every change of the repertoire, whatever it does: lost answers, servers under load, other writers."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from chatops.core.actions import ACTIONS, Plan
from chatops.core.failures import Failure, Permanent, Reason
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox
from tests.cluster.stages import CHANGES, SINGLE, STEPWISE, WRITES, Stage, stage


def faults(**how: Any) -> list[Fault]:
    """One for every way to write: whichever the action goes."""
    return [Fault(method=method, **how) for method in WRITES]


def fails(stage: Stage, plan: Plan) -> Failure:
    with pytest.raises(Failure) as caught:
        stage.sandbox.cluster.perform(plan)
    return caught.value


def lost(stage: Stage, plan: Plan, **how: Any) -> int:
    """Perform it with this fault in the way; how many requests it was in the end."""
    for each in faults(**how):
        stage.sandbox.server.fail(each)
    failure = fails(stage, plan)
    stage.sandbox.server.faults.clear()
    assert (type(failure), failure.reason) == (Permanent, Reason.UNKNOWN_OUTCOME), how
    return stage.sent()


class Other:
    """Stands for the Event a slow request waits on: somebody else writes while it is on its way."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.times = 0

    def wait(self, _: float) -> bool:
        self.write()
        self.times += 1
        return True


@pytest.mark.parametrize(("action", "kind"), SINGLE)
def test_k2_a_lost_answer_is_looked_up_and_never_sent_again(sandbox: Sandbox, action: str, kind: str) -> None:
    """K2: lost before the effect and after it, at every action on every kind: the cluster tells which it was."""
    made = stage(sandbox, action, kind)
    for suffered in ({"kind": "drop_before"}, *({"kind": "status", "code": code} for code in (500, 503, 504))):
        plan = made.plan()
        assert not sandbox.cluster.happened(plan)
        assert lost(made, plan, **suffered) == 1
        assert not sandbox.cluster.happened(plan), suffered
    plan = made.plan()
    assert lost(made, plan, kind="drop_after") == 1
    assert sandbox.cluster.happened(plan)


@pytest.mark.parametrize(("action", "kind"), STEPWISE)
def test_k2_a_step_that_was_lost_is_seen_in_the_next(sandbox: Sandbox, action: str, kind: str) -> None:
    made = stage(sandbox, action, kind)
    plan = made.plan()
    for each in faults(kind="drop_after"):
        sandbox.server.fail(each)
    # A lost cordon is an unknown outcome, a lost deletion of many is passed over.
    with suppress(Permanent):
        sandbox.cluster.perform(plan)
    sandbox.server.faults.clear()
    assert sandbox.cluster.happened(plan)
    for _ in range(5):
        sandbox.server.step(60)
        if sandbox.cluster.proceed(plan).finished:
            break
    written = [record for method in WRITES for record in sandbox.server.requests.matching(method=method)]
    assert len({record.path for record in written}) == len(written), "nothing that was done is asked for again"
    assert sandbox.cluster.follow(plan).finished


@pytest.mark.parametrize(("action", "kind"), SINGLE)
def test_k2_a_server_under_load_is_asked_again_when_it_says(sandbox: Sandbox, action: str, kind: str) -> None:
    """K2: 429 and 503 that name a time to return are waited for, and the change is made once."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    waits: list[float] = []
    for each in (*faults(kind="status", code=429, retry_after=3), *faults(kind="status", code=503, retry_after=2)):
        sandbox.server.fail(each)
    made.connect(waits).perform(plan)
    sandbox.server.faults.clear()
    assert made.sent() == 3
    assert len(waits) == 2
    assert waits[0] >= 3
    assert waits[1] >= 2
    assert sandbox.cluster.happened(plan)


PATCHED = [
    (action, kind)
    for action, kind in CHANGES
    if kind not in ("Pod", "Job") and action not in ("delete_node", "cleanup_pods", "cronjob_trigger")
]
"""What writes to the object itself, as it was seen."""


def meanwhile(stage: Stage, write: Callable[[], None], *, times: int = 1, method: str = "") -> Other:
    """Somebody else writes while our next `times` writes are on their way."""
    other = Other(write)
    method = method or ("PUT" if stage.action == "approve_csr" else "PATCH")
    stage.sandbox.server.fail(Fault(kind="slow", method=method, times=times, released=cast("Any", other)))
    return other


@pytest.mark.parametrize(("action", "kind"), PATCHED)
def test_k1_what_somebody_else_changed_meanwhile_is_not_overwritten(sandbox: Sandbox, action: str, kind: str) -> None:
    """K1: between the look and the write: read again, seen to be something else, said, and left as they have it."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    theirs: list[Obj] = []

    def write() -> None:
        made.meddle()
        theirs.append(made.seen())

    other = meanwhile(made, write)
    failure = fails(made, plan)
    assert other.times == 1
    assert (type(failure), failure.reason) == (Permanent, Reason.CONFLICT)
    assert made.sent() == 1, "the one that met the other's version"
    assert [made.seen()] == theirs
    assert not sandbox.cluster.happened(plan)


@pytest.mark.parametrize(("action", "kind"), PATCHED)
def test_k1_who_writes_all_the_time_is_tried_five_times(sandbox: Sandbox, action: str, kind: str) -> None:
    """K1: notes of others are no reason to give up at once, and none of them is lost."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    noted: list[str] = []

    def write() -> None:
        noted.append(f"note-{len(noted)}")
        made.edit(lambda found: found["metadata"].setdefault("labels", {}).update({noted[-1]: "theirs"}))

    meanwhile(made, write, times=99)
    failure = fails(made, plan)
    assert (type(failure), failure.reason) == (Permanent, Reason.CONFLICT)
    assert (made.sent(), len(noted)) == (5, 5)
    assert not sandbox.cluster.happened(plan)
    sandbox.server.faults.clear()
    meanwhile(made, write, times=2)
    sandbox.cluster.perform(plan)
    assert sandbox.cluster.happened(plan)
    assert set(noted) <= set(made.seen()["metadata"]["labels"])


REMOVED = ("delete_pod", "evict_pod", "force_delete_pod", "job_delete", "delete_node")


@pytest.mark.parametrize(("action", "kind"), [each for each in CHANGES if each[1] != "Cluster"])
def test_k4_another_object_of_the_same_name_is_left_alone(sandbox: Sandbox, action: str, kind: str) -> None:
    """K4: replaced since the look: a plan for the one that was seen says so, and changes nothing."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    made.replace()
    theirs = made.seen()
    assert theirs["metadata"]["uid"] != plan.ref.uid
    failure = fails(made, plan)
    assert (type(failure), failure.reason) == (Permanent, Reason.REPLACED)
    assert made.seen() == theirs
    assert (made.taken(), made.sent() <= 1) == (0, True)


@pytest.mark.parametrize(("action", "kind"), [each for each in CHANGES if each[0] in REMOVED])
def test_k4_a_deletion_names_the_very_object(sandbox: Sandbox, action: str, kind: str) -> None:
    """K4: the server itself refuses one that was replaced while the request was on its way."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    other = meanwhile(made, made.replace, method="POST" if action == "evict_pod" else "DELETE")
    failure = fails(made, plan)
    assert (other.times, made.sent()) == (1, 1)
    assert (type(failure), failure.reason) == (Permanent, Reason.REPLACED)
    assert "deletionTimestamp" not in made.seen()["metadata"]
    (asked,) = [record.json() for method in WRITES for record in sandbox.server.requests.matching(method=method)]
    assert asked.get("deleteOptions", asked)["preconditions"] == {"uid": plan.ref.uid}


def test_every_change_has_its_stage() -> None:
    """A new action, or a new kind of an old one, is held to all of this by itself."""
    assert {action for action, _ in CHANGES} == {each.id for each in ACTIONS.values() if each.changes}

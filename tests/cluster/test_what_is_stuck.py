"""What cannot go on is said in Kubernetes' words, and nothing is tried in its place."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Plan
from chatops.core.failures import Permanent, Reason
from tests.cluster.evicting import budget
from tests.cluster.sandbox import Obj, Sandbox, workload
from tests.cluster.stages import Stage, stage

CREATES = [("evict_pod", "Pod"), ("job_rerun", "Job"), ("cronjob_trigger", "CronJob")]


def end_namespace(sandbox: Sandbox) -> None:
    """It goes, and something in it keeps it for now."""
    kind = sandbox.server.kinds.of("v1", "Namespace")
    assert kind is not None
    sandbox.server.store.delete(kind, "", "shop", finalizers=("kubernetes",))


def refused(made: Stage, plan: Plan) -> Permanent:
    with pytest.raises(Permanent) as caught:
        made.sandbox.cluster.perform(plan)
    return caught.value


@pytest.mark.parametrize(("action", "kind"), CREATES)
def test_k5_a_namespace_that_goes_is_no_matter_of_rights(sandbox: Sandbox, action: str, kind: str) -> None:
    """K5: the API server says 403; no role would help, and nothing is deleted instead."""
    made = stage(sandbox, action, kind)
    plan = made.plan()
    end_namespace(sandbox)
    failure = refused(made, plan)
    assert failure.reason is Reason.REFUSED
    assert "because it is being terminated" in failure.detail
    assert (sandbox.sent("POST"), sandbox.sent("DELETE")) == (1, 0)
    shown = sandbox.preview(action, made.ref).refusal
    assert shown is not None
    assert (shown.code, "is being terminated" in shown.detail) == (cautions.DENIED, True)


def test_k5_several_budgets_by_then_are_told_and_nothing_is_deleted(sandbox: Sandbox) -> None:
    made = stage(sandbox, "evict_pod", "Pod")
    plan = made.plan()
    sandbox.apply(budget("db", maxUnavailable=1), budget("db", name="another", maxUnavailable=1), seconds=1)
    failure = refused(made, plan)
    assert failure.reason is Reason.BUDGET
    assert "more than one PodDisruptionBudget" in failure.detail
    assert (sandbox.sent("POST"), sandbox.sent("DELETE")) == (1, 0)


@pytest.mark.parametrize("action", ["delete_pod", "evict_pod"])
def test_k5_a_pod_that_a_finalizer_holds_is_followed_and_named(sandbox: Sandbox, action: str) -> None:
    """K5: it is not gone and not failed; who holds it is said, and after 15 minutes the following ends."""
    sandbox.apply(workload("StatefulSet", "db"))

    def hold(found: Obj) -> None:
        found["metadata"]["finalizers"] = ["example.com/backup"]

    sandbox.edit("Pod", "db-0", hold)
    plan = sandbox.plan(action, sandbox.ref("Pod", "db-0"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(600)
    progress = sandbox.cluster.follow(plan)
    assert progress.detail == "terminating, held by example.com/backup"
    assert (progress.finished, progress.failed) == (False, "")
    assert sandbox.cluster.happened(plan)
    assert sandbox.sent("DELETE") + sandbox.sent("POST") == 1

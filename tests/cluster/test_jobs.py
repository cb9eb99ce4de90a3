"""Jobs once more, and away."""

import json
from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.behaviours import FAILING_JOB, ONE_SHOT
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox

ACTION_ID = "chatops.io/action-id"


def job(name: str = "migrate", image: str = "once:1", *, meta: Obj | None = None, **spec: Any) -> Obj:
    template = {
        "metadata": {"labels": {"app": "migrate"}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": image}]},
    }
    metadata = {"name": name, "namespace": "shop", **(meta or {})}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": template, **spec}}


@pytest.fixture(autouse=True)
def scripts(sandbox: Sandbox) -> None:
    sandbox.server.behave("once:*", ONE_SHOT)
    sandbox.server.behave("fails:*", FAILING_JOB)


def test_a_job_runs_again_to_its_end(sandbox: Sandbox) -> None:
    marks = {
        "labels": {"team": "payments", "argocd.argoproj.io/instance": "shop", "app.kubernetes.io/instance": "shop"},
        "annotations": {"note": "kept", "helm.sh/hook": "post-install", "batch.kubernetes.io/job-tracking": ""},
        "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "u", "controller": True}],
        "finalizers": ["example.com/mine"],
    }
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop", "uid": "u"}}
    sandbox.apply(owner, job("migrate", meta=marks, backoffLimit=2, ttlSecondsAfterFinished=900))
    old = sandbox.get("Job", "migrate")
    assert old["status"]["succeeded"] == 1
    preview = sandbox.preview("job_rerun", sandbox.ref("Job", "migrate"))
    action_id = preview.plan.params["action_id"]
    name = f"migrate-rerun-{action_id[:8]}"
    assert preview.changes == (Change("job", "", name),)
    assert preview.cautions == (Caution(cautions.REPEATS),)
    assert sandbox.server.get("Job", name, "shop") is None
    done = sandbox.cluster.perform(preview.plan)
    assert done.undo is None
    assert sandbox.sent("POST") == 1
    made = sandbox.get("Job", name)
    assert made["metadata"]["labels"] == {"team": "payments"}
    assert made["metadata"]["annotations"] == {"note": "kept", ACTION_ID: action_id}
    assert "ownerReferences" not in made["metadata"]
    assert "finalizers" not in made["metadata"]
    assert (made["spec"]["backoffLimit"], made["spec"]["ttlSecondsAfterFinished"]) == (2, 900)
    assert made["spec"]["selector"] != old["spec"]["selector"]
    assert made["spec"]["template"]["metadata"]["labels"]["app"] == "migrate"
    assert made["spec"]["template"]["metadata"]["labels"]["job-name"] == name
    assert made["spec"]["template"]["spec"] == old["spec"]["template"]["spec"]
    sandbox.server.step(1)
    running = sandbox.cluster.follow(preview.plan)
    assert (running.done, running.total, running.detail, running.finished) == (0, 1, "1 active, 0 failed", False)
    sandbox.server.step(60)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.done, arrived.total, arrived.finished) == (1, 1, True)


def test_a_job_fails_again(sandbox: Sandbox) -> None:
    sandbox.apply(job(image="fails:1", backoffLimit=0))
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(60)
    progress = sandbox.cluster.follow(plan)
    assert progress.failed == "BackoffLimitExceeded: Job has reached the specified backoff limit"
    assert not progress.finished


def test_the_way_of_several_pods(sandbox: Sandbox) -> None:
    sandbox.apply(job(completions=3, parallelism=1), seconds=120)
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(10)
    progress = sandbox.cluster.follow(plan)
    assert (progress.done, progress.total) == (1, 3)


def test_a_job_that_runs_is_not_run_beside_itself(sandbox: Sandbox) -> None:
    sandbox.apply(job(), seconds=2)
    assert sandbox.preview("job_rerun", sandbox.ref("Job", "migrate")).refusal == Caution(cautions.JOB_RUNS)


def test_a_selector_of_its_own_is_not_shared(sandbox: Sandbox) -> None:
    own = {"matchLabels": {"app": "migrate"}}
    sandbox.apply(job(manualSelector=True, selector=own))
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    sandbox.cluster.perform(plan)
    made = sandbox.get("Job", plan.params["made"])
    assert made["spec"]["selector"]["matchLabels"] == {"batch.kubernetes.io/controller-uid": made["metadata"]["uid"]}


def test_a_long_name_is_cut(sandbox: Sandbox) -> None:
    long = "a" * 47 + "-" + "b" * 15
    sandbox.apply(job(long))
    preview = sandbox.preview("job_rerun", sandbox.ref("Job", long))
    made = preview.plan.params["made"]
    assert preview.refusal is None
    assert made == "a" * 47 + f"-rerun-{preview.plan.params['action_id'][:8]}"
    assert len(made) <= 63


def test_without_an_id_nothing_is_made(sandbox: Sandbox) -> None:
    sandbox.apply(job())
    preview = sandbox.preview("job_rerun", sandbox.ref("Job", "migrate"), action_id="")
    assert preview.refusal == Caution(cautions.BAD_PARAM, "action_id")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(preview.plan)
    assert caught.value.reason is Reason.REFUSED


def test_k2_a_lost_rerun_is_looked_up_by_its_name(sandbox: Sandbox) -> None:
    sandbox.apply(job())
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="POST"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)
    # Performed once more it finds its own Job, and makes no second one.
    sandbox.cluster.perform(plan)
    assert len(sandbox.server.list("Job", "shop")) == 2


def test_a_name_that_another_took_is_a_conflict(sandbox: Sandbox) -> None:
    sandbox.apply(job())
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    sandbox.apply(job(plan.params["made"]))
    assert not sandbox.cluster.happened(plan)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT


def test_a_rerun_that_was_deleted_has_an_end_nobody_knows(sandbox: Sandbox) -> None:
    sandbox.apply(job(ttlSecondsAfterFinished=0))
    assert sandbox.server.get("Job", "migrate", "shop") is None
    sandbox.apply(job())
    plan = sandbox.plan("job_rerun", sandbox.ref("Job", "migrate"))
    sandbox.cluster.perform(plan)
    made = sandbox.ref("Job", plan.params["made"])
    sandbox.cluster.perform(sandbox.plan("job_delete", made))
    sandbox.server.step(5)
    assert "is gone" in sandbox.cluster.follow(plan).failed


def test_a_job_goes_with_its_pods(sandbox: Sandbox) -> None:
    sandbox.apply(job())
    preview = sandbox.preview("job_delete", sandbox.ref("Job", "migrate"))
    assert preview.changes == (Change("pods", "", "1"),)
    assert preview.cautions == (Caution(cautions.LOGS_GO),)
    assert sandbox.server.get("Job", "migrate", "shop") is not None
    assert not sandbox.cluster.happened(preview.plan)
    done = sandbox.cluster.perform(preview.plan)
    assert done.undo is None
    (sent,) = [each for each in sandbox.server.requests.matching(method="DELETE") if "dryRun" not in each.query]
    assert json.loads(sent.body)["propagationPolicy"] == "Background"
    assert json.loads(sent.body)["preconditions"] == {"uid": preview.plan.ref.uid}
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(60)
    assert sandbox.server.list("Pod", "shop") == []


def test_what_a_deletion_should_be_warned_of(sandbox: Sandbox) -> None:
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "u-1", "controller": True}
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "shop", "uid": "u-1"},
        "spec": {"schedule": "0 3 1 1 *", "jobTemplate": {"spec": job()["spec"]}},
    }
    labels = {"argocd.argoproj.io/instance": "shop"}
    sandbox.apply(cron, job(meta={"ownerReferences": [owner], "labels": labels}), seconds=2)
    assert sandbox.preview("job_delete", sandbox.ref("Job", "migrate")).cautions == (
        Caution(cautions.MANAGED_BY, "Argo CD app shop"),
        Caution(cautions.CUT_OFF),
        Caution(cautions.LOGS_GO),
        Caution(cautions.COMES_AGAIN, "CronJob/nightly"),
    )


def test_k5_a_job_held_by_a_finalizer_is_on_its_way(sandbox: Sandbox) -> None:
    sandbox.apply(job(meta={"finalizers": ["example.com/mine"]}))
    ref = sandbox.ref("Job", "migrate")
    plan = sandbox.plan("job_delete", ref)
    sandbox.cluster.perform(plan)
    assert sandbox.cluster.happened(plan)
    progress = sandbox.cluster.follow(plan)
    assert (progress.finished, progress.detail) == (False, "terminating")
    for action in ("job_delete", "job_rerun"):
        assert sandbox.preview(action, ref).refusal == Caution(cautions.DELETING)


def test_k4_another_job_of_the_same_name_is_never_deleted(sandbox: Sandbox) -> None:
    sandbox.apply(job())
    plan = sandbox.plan("job_delete", sandbox.ref("Job", "migrate"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(5)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.NOT_FOUND
    sandbox.apply(job())
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.REPLACED
    assert sandbox.cluster.happened(plan)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(Plan("job_delete", ObjectRef("Job", "migrate", "shop")))
    assert caught.value.reason is Reason.REFUSED
    assert sandbox.server.get("Job", "migrate", "shop") is not None

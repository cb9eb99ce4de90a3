"""CronJobs: run now, suspended, resumed."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.behaviours import ONE_SHOT
from tests.cluster.sandbox import Obj, Sandbox

ACTION_ID = "chatops.io/action-id"


def cron_job(name: str = "nightly", *, schedule: str = "0 3 1 1 *", **spec: Any) -> Obj:
    template = {
        "metadata": {"labels": {"app": "report"}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "once:1"}]},
    }
    job = {"metadata": {"labels": {"of": "nightly"}, "annotations": {"note": "x"}}, "spec": {"template": template}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": "shop", "labels": {"team": "data"}},
        "spec": {"schedule": schedule, "jobTemplate": job, **spec},
    }


@pytest.fixture(autouse=True)
def scripts(sandbox: Sandbox) -> None:
    sandbox.server.behave("once:*", ONE_SHOT)


def test_run_now(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job())
    preview = sandbox.preview("cronjob_trigger", sandbox.ref("CronJob", "nightly"))
    action_id = preview.plan.params["action_id"]
    name = f"nightly-manual-{action_id[:8]}"
    assert (preview.changes, preview.cautions) == ((Change("job", "", name),), ())
    assert sandbox.cluster.perform(preview.plan).undo is None
    made = sandbox.get("Job", name)["metadata"]
    assert made["labels"] == {"of": "nightly"}
    assert made["annotations"] == {
        "cronjob.kubernetes.io/instantiate": "manual",
        "note": "x",
        ACTION_ID: action_id,
    }
    assert made["ownerReferences"] == [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": "nightly",
            "uid": preview.plan.ref.uid,
            "controller": True,
        }
    ]
    assert sandbox.cluster.happened(preview.plan)
    sandbox.server.step(1)
    assert sandbox.get("CronJob", "nightly")["status"]["active"][0]["name"] == name
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(60)
    assert sandbox.cluster.follow(preview.plan).finished


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("Allow", ()),
        ("Forbid", (Caution(cautions.OVERLAPS, "Forbid"),)),
        ("Replace", (Caution(cautions.OVERLAPS, "Replace"),)),
    ],
)
def test_a_run_under_way(sandbox: Sandbox, policy: str, expected: tuple[Caution, ...]) -> None:
    sandbox.apply(cron_job(concurrencyPolicy=policy))
    ref = sandbox.ref("CronJob", "nightly")
    assert sandbox.preview("cronjob_trigger", ref).cautions == ()
    sandbox.cluster.perform(sandbox.plan("cronjob_trigger", ref))
    sandbox.server.step(1)
    assert sandbox.preview("cronjob_trigger", ref).cautions == expected


def test_k1_a_template_changed_meanwhile_is_a_conflict(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job())
    plan = sandbox.plan("cronjob_trigger", sandbox.ref("CronJob", "nightly"))

    def change(found: Obj) -> None:
        found["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"] = "other:1"

    sandbox.edit("CronJob", "nightly", change)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.server.list("Job", "shop") == []


def test_suspended_and_resumed(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job())
    ref = sandbox.ref("CronJob", "nightly")
    preview = sandbox.preview("cronjob_suspend", ref)
    assert (preview.changes, preview.cautions) == ((Change("suspend", "false", "true"),), ())
    undo = sandbox.cluster.perform(preview.plan).undo
    assert sandbox.get("CronJob", "nightly")["spec"]["suspend"] is True
    assert sandbox.cluster.follow(preview.plan).finished
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.preview("cronjob_suspend", ref).refusal == Caution(cautions.ALREADY_SUSPENDED)
    assert undo is not None
    assert (undo.action, undo.params) == ("cronjob_resume", {})
    back = sandbox.preview(undo.action, undo.ref, **undo.params)
    assert back.changes == (Change("suspend", "true", "false"),)
    again = sandbox.cluster.perform(back.plan).undo
    assert sandbox.get("CronJob", "nightly")["spec"]["suspend"] is False
    assert again is not None
    assert again.action == "cronjob_suspend"
    assert sandbox.preview("cronjob_resume", ref).refusal == Caution(cautions.NOT_SUSPENDED)
    assert sandbox.cluster.follow(preview.plan).failed == "suspend is false by now"


@pytest.mark.parametrize(("deadline", "warned"), [(None, True), (60, False), (300, True), (86400, True)])
def test_missed_runs_may_start_at_once(sandbox: Sandbox, deadline: int | None, warned: bool) -> None:
    sandbox.apply(cron_job(suspend=True, **({} if deadline is None else {"startingDeadlineSeconds": deadline})))
    found = sandbox.preview("cronjob_resume", sandbox.ref("CronJob", "nightly")).cautions
    assert found == ((Caution(cautions.MISSED_RUNS),) if warned else ())


def test_what_has_started_goes_on(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job())
    ref = sandbox.ref("CronJob", "nightly")
    sandbox.cluster.perform(sandbox.plan("cronjob_trigger", ref))
    sandbox.server.step(1)
    assert sandbox.preview("cronjob_suspend", ref).cautions == (Caution(cautions.RUNS_GO_ON),)

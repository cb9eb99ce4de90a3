"""job_status: how it ended, after how many tries, and what each pod of it exited with."""

import pytest

from chatops.core.resources import Health
from chatops.sandbox.kubeapi import Behaviour
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.reading import codes, condition, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox


def job(name: str, image: str, *, status: Obj | None = None, **spec: object) -> Obj:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}}
    return thing("batch/v1", "Job", name, {"backoffLimit": 1, "template": template, **spec}, status)


@pytest.fixture(autouse=True)
def scripts(sandbox: Sandbox) -> None:
    sandbox.server.behave("job:bad", Behaviour(runs_for=5.0, exit_code=3, exit_reason="Error"))
    sandbox.server.behave("job:good", Behaviour(runs_for=5.0, exit_code=0))
    sandbox.server.behave("job:long", Behaviour(runs_for=9000.0, exit_code=0))


def test_one_that_gave_up(sandbox: Sandbox) -> None:
    sandbox.apply(job("nightly", "job:bad"), seconds=300)
    told = read(sandbox, "job_status", "Job", "nightly")
    facts = dict(told.facts)
    assert told.facts[0] == ("status", "Failed BackoffLimitExceeded")
    assert facts["failed"] == "2 (backoffLimit 1)"
    assert facts["succeeded"] == "0/1"
    assert facts["duration"]
    assert told.health is Health.BAD
    pods = lines(told, "Pods")
    assert len(pods) == 2
    assert all("main exit 3 Error" in text for text in pods)
    assert {line.health for line in section(told, "Pods")} == {Health.BAD}
    assert [name.partition("/")[0] for name in names(told)] == ["Pod", "Pod"]
    assert any(text.startswith("Failed BackoffLimitExceeded") for text in lines(told, "Conditions"))
    assert codes(told) == []


def test_one_that_is_complete(sandbox: Sandbox) -> None:
    sandbox.apply(job("nightly", "job:good"), seconds=60)
    told = read(sandbox, "job_status", "Job", "nightly")
    assert (told.facts[0], told.health) == (("status", "Complete"), Health.GOOD)
    assert "main exit 0" in lines(told, "Pods")[0]
    assert {line.health for line in section(told, "Conditions")} == {Health.GOOD}


def test_one_that_still_runs(sandbox: Sandbox) -> None:
    sandbox.apply(job("nightly", "job:long"), seconds=90)
    told = read(sandbox, "job_status", "Job", "nightly")
    facts = dict(told.facts)
    assert (facts["status"], facts["active"], facts["running for"]) == ("Running", "1", "90s")
    assert told.health is Health.GOOD


def test_one_past_its_deadline_whose_pods_are_gone(sandbox: Sandbox) -> None:
    why = "Job was active longer than specified deadline"
    over = {
        "failed": 1,
        "startTime": "2026-11-23T07:00:00Z",
        "conditions": [condition("Failed", "True", "DeadlineExceeded", why)],
    }
    sandbox.apply(job("late", "job:bad", status=over, activeDeadlineSeconds=3600))
    told = read(sandbox, "job_status", "Job", "late")
    facts = dict(told.facts)
    assert (facts["status"], facts["deadline"], facts["message"]) == ("Failed DeadlineExceeded", "3600s", why)
    assert facts["duration"] == "60m"
    assert codes(told) == ["job_pods_gone"]


def test_a_suspended_one(sandbox: Sandbox) -> None:
    status = {"conditions": [condition("Suspended", "True", "JobSuspended", "Job suspended")]}
    sandbox.apply(job("held", "job:good", status=status, suspend=True))
    told = read(sandbox, "job_status", "Job", "held")
    assert (dict(told.facts)["status"], told.health) == ("Suspended", Health.WARN)


def test_its_cron_job_is_one_tap_away(sandbox: Sandbox) -> None:
    cron = {"schedule": "* * * * *", "jobTemplate": {"spec": job("x", "job:bad", backoffLimit=0)["spec"]}}
    sandbox.apply(thing("batch/v1", "CronJob", "report", cron), seconds=90)
    run = sandbox.server.list("Job", "shop")[0]["metadata"]["name"]
    assert names(read(sandbox, "job_status", "Job", run))[-1] == "CronJob/report"


def test_without_the_right_to_pods_the_job_is_told_all_the_same(sandbox: Sandbox) -> None:
    sandbox.apply(job("nightly", "job:bad"), seconds=300)
    sandbox.server.access.allow("*", Rule(verbs=("get",), resources=("jobs",)))
    told = read(sandbox, "job_status", "Job", "nightly")
    assert (codes(told), told.health) == (["not_allowed"], Health.BAD)
    assert told.notes[0].detail == "list pods"

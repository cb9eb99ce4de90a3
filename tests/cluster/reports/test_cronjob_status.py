"""cronjob_status: the schedule, the runs that are left, and the one to look at."""

import pytest

from chatops.core.resources import Health
from chatops.sandbox.kubeapi import Behaviour
from tests.cluster.reports.reading import codes, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox


def cron(image: str, **spec: object) -> Obj:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}}
    body = {
        "schedule": "*/10 * * * *",
        "jobTemplate": {"spec": {"backoffLimit": 0, "template": template}},
        "successfulJobsHistoryLimit": 10,
        "failedJobsHistoryLimit": 10,
        **spec,
    }
    return thing("batch/v1", "CronJob", "report", body)


@pytest.fixture(autouse=True)
def scripts(sandbox: Sandbox) -> None:
    sandbox.server.behave("job:bad", Behaviour(runs_for=5.0, exit_code=1, exit_reason="Error"))
    sandbox.server.behave("job:good", Behaviour(runs_for=20.0, exit_code=0))


def test_the_last_six_runs_newest_first(sandbox: Sandbox) -> None:
    sandbox.apply(cron("job:good", timeZone="Europe/Berlin", concurrencyPolicy="Forbid"), seconds=4500)
    told = read(sandbox, "cronjob_status", "CronJob", "report")
    facts = dict(told.facts)
    assert facts["schedule"] == "*/10 * * * * (Europe/Berlin)"
    assert facts["concurrency"] == "Forbid"
    assert facts["last schedule"].endswith(" ago")
    assert facts["last success"].endswith(" ago")
    runs = lines(told, "Last runs")
    assert len(runs) == 6
    assert all("· Complete · in " in text for text in runs)
    assert runs == sorted(runs, reverse=True), "the name holds the minute of the run"
    assert told.health is Health.GOOD


def test_the_newest_failed_run_comes_first_of_what_is_related(sandbox: Sandbox) -> None:
    sandbox.apply(cron("job:bad"), seconds=1300)

    def mend(found: Obj) -> None:
        found["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"] = "job:good"

    sandbox.edit("CronJob", "report", mend)
    sandbox.server.step(700)
    told = read(sandbox, "cronjob_status", "CronJob", "report")
    runs = section(told, "Last runs")
    assert (runs[0].health, runs[-1].health) == (Health.GOOD, Health.BAD)
    newest = next(line.text for line in runs if line.health is Health.BAD)
    assert "Failed BackoffLimitExceeded" in newest
    assert names(told) == [f"Job/{newest.split()[0]}", f"Job/{runs[0].text.split()[0]}"]
    assert told.health is Health.GOOD


def test_a_failing_one(sandbox: Sandbox) -> None:
    sandbox.apply(cron("job:bad"), seconds=1300)
    told = read(sandbox, "cronjob_status", "CronJob", "report")
    assert (told.health, dict(told.facts)["last success"]) == (Health.BAD, "never")
    assert len(told.related) == 1


def test_a_suspended_one_without_runs(sandbox: Sandbox) -> None:
    sandbox.apply(cron("job:good", suspend=True), seconds=1300)
    told = read(sandbox, "cronjob_status", "CronJob", "report")
    assert codes(told) == ["cronjob_suspended", "cronjob_no_runs"]
    assert (told.health, dict(told.facts)["suspended"]) == (Health.WARN, "yes")


def test_jobs_of_others_are_not_its_runs(sandbox: Sandbox) -> None:
    sandbox.apply(cron("job:good", suspend=True))
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "job:bad"}]}}
    sandbox.apply(thing("batch/v1", "Job", "report-1", {"template": template}), seconds=200)
    assert lines(read(sandbox, "cronjob_status", "CronJob", "report"), "Last runs") == []

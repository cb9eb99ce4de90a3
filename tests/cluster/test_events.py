"""Events of an object and of what belongs to it, merged where they say the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatops.cluster.events import event_lines
from chatops.cluster.models import EventModel, Owner
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import Sandbox, pod, workload
from tests.cluster.test_logs import cron_job, job

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def event(message: str, about: str = "web-0", *, minutes: int = 0, **fields: Any) -> EventModel:
    told = {"type": "Warning", "reason": "BackOff", "last_timestamp": AT + timedelta(minutes=minutes), "count": 1}
    return EventModel(message=message, involved_object=Owner("Pod", about), **{**told, **fields})


def test_the_same_of_several_pods_is_one_line_in_the_words_of_the_latest() -> None:
    lines = event_lines(
        [
            event("restarting pod web-6d9f7c5b8d-x2k4q", "web-6d9f7c5b8d-x2k4q", minutes=1, count=4),
            event("restarting pod web-6d9f7c5b8d-7vv2m", "web-6d9f7c5b8d-7vv2m", minutes=3, count=2),
            event("restarting pod web-6d9f7c5b8d-x2k4q", "web-6d9f7c5b8d-x2k4q", minutes=2),
        ]
    )
    (line,) = lines
    assert (line.count, line.objects, line.about) == (7, 2, "Pod/web-6d9f7c5b8d-7vv2m")
    assert line.message == "restarting pod web-6d9f7c5b8d-7vv2m"
    assert line.last_at == AT + timedelta(minutes=3)


def test_what_says_something_else_stays_apart_warnings_first() -> None:
    lines = event_lines(
        [
            event("started", reason="Started", type="Normal", minutes=9),
            event("cannot pull image a"),
            event("cannot pull image a", reason="Failed", minutes=2),
            event("cannot mount volume", minutes=1),
        ]
    )
    assert [(line.reason, line.warning, line.objects) for line in lines] == [
        ("Failed", True, 1),
        ("BackOff", True, 1),
        ("BackOff", True, 1),
        ("Started", False, 1),
    ]


def abouts(sandbox: Sandbox, ref: ObjectRef) -> set[str]:
    return {line.about.split("-")[0] for line in sandbox.cluster.events(ref)}


def test_a_job_tells_of_its_pods(sandbox: Sandbox) -> None:
    sandbox.apply(job("import", "app:bad"), pod("other"), seconds=60)
    assert abouts(sandbox, sandbox.ref("Job", "import")) == {"Job/import", "Pod/import"}


def test_a_cron_job_tells_of_its_jobs_and_their_pods(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job("nightly", "app:bad"), job("other", "app:1"), seconds=200)
    assert abouts(sandbox, sandbox.ref("CronJob", "nightly")) == {"CronJob/nightly", "Job/nightly", "Pod/nightly"}


def test_an_autoscaler_tells_of_what_it_scales(sandbox: Sandbox) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web-hpa", "namespace": "shop"},
        "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 3},
    }
    sandbox.apply(workload("Deployment", "web", "app:bad"), scaler, pod("other"), seconds=100)
    found = abouts(sandbox, sandbox.ref("HorizontalPodAutoscaler", "web-hpa"))
    assert {"Deployment/web", "ReplicaSet/web", "Pod/web"} <= found
    assert "Pod/other" not in found


def claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    meta = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def test_a_claim_tells_of_the_pods_that_mount_it(sandbox: Sandbox) -> None:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "tmp", "emptyDir": {}}]
    sandbox.apply(claim("data"), pod("mounts", volumes=volumes), pod("other"))
    found = abouts(sandbox, sandbox.ref("PersistentVolumeClaim", "data"))
    assert "Pod/mounts" in found
    assert "Pod/other" not in found


@pytest.mark.parametrize("kind", ["Job", "CronJob", "PersistentVolumeClaim"])
def test_without_the_right_to_see_pods_its_own_events_stay(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(claim("it"), job("it", "app:1"), cron_job("it", "app:1"), seconds=100)
    ref = sandbox.ref(kind, "it")
    meta = {"name": f"told-{kind.lower()}", "namespace": "shop"}
    involved = {"kind": kind, "name": "it", "namespace": "shop", "uid": ref.uid}
    told = {"reason": "Told", "message": "something", "type": "Warning", "involvedObject": involved}
    sandbox.apply({"apiVersion": "v1", "kind": "Event", "metadata": meta, **told}, seconds=0)
    resources = ("events", "jobs", "cronjobs", "persistentvolumeclaims")
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=resources))
    assert "Told" in {line.reason for line in sandbox.cluster.events(ref)}


def test_a_description_tells_the_same(sandbox: Sandbox) -> None:
    sandbox.apply(job("import", "app:bad"), seconds=60)
    ref = sandbox.ref("Job", "import")
    assert sandbox.cluster.describe(ref).events == sandbox.cluster.events(ref)
    assert "Pod/import-" in sandbox.cluster.describe(ref).full_text

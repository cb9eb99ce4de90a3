"""Restarts: what is refused, what is sent, and when they have arrived."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change, Plan
from tests.cluster.sandbox import Obj, Sandbox, workload

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"]


def codes(found: tuple[object, ...]) -> list[str]:
    return [caution.code for caution in found]  # type: ignore[attr-defined]  # Cautions


def template_note(sandbox: Sandbox, kind: str, name: str) -> str:
    notes = sandbox.get(kind, name)["spec"]["template"]["metadata"].get("annotations") or {}
    return str(notes.get(RESTARTED_AT, ""))


@pytest.mark.parametrize("kind", WORKLOADS)
def test_a_restart_replaces_every_pod_once(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"))
    before = {each["metadata"]["uid"] for each in sandbox.pods("web")}
    preview = sandbox.preview("rollout_restart", sandbox.ref(kind, "web"), action_id="act-1")
    assert (preview.changes, preview.cautions, preview.refusal) == ((Change("pods", "", "2"),), (), None)
    assert template_note(sandbox, kind, "web") == "", "a preview changes nothing"
    assert preview.plan.params["restarted_at"] == "2026-11-23T09:00:00Z"
    done = sandbox.cluster.perform(preview.plan)
    assert done.undo is None
    found = sandbox.get(kind, "web")
    assert done.resource_version == found["metadata"]["resourceVersion"]
    assert found["metadata"]["annotations"]["chatops.io/action-id"] == "act-1"
    assert template_note(sandbox, kind, "web") == "2026-11-23T09:00:00Z"
    assert sandbox.sent("PATCH") == 1
    assert any(entry["manager"] == "chatops" for entry in found["metadata"].get("managedFields", []))
    waiting = sandbox.cluster.follow(preview.plan)
    assert (waiting.finished, waiting.done, waiting.total) == (False, 0, 2)
    sandbox.server.step(300)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total, arrived.failed) == (True, 2, 2, "")
    assert not before & {each["metadata"]["uid"] for each in sandbox.pods("web")}


def test_a_restart_of_a_paused_deployment_is_refused(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["paused"] = True
    sandbox.apply(manifest)
    refusal = sandbox.preview("rollout_restart", sandbox.ref("Deployment", "web")).refusal
    assert refusal is not None
    assert refusal.code == cautions.PAUSED


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_a_restart_that_would_replace_nothing_is_refused(sandbox: Sandbox, kind: str) -> None:
    manifest = workload(kind, "web")
    manifest["spec"]["updateStrategy"] = {"type": "OnDelete"}
    sandbox.apply(manifest)
    ref = sandbox.ref(kind, "web")
    refusal = sandbox.preview("rollout_restart", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.ON_DELETE
    assert sandbox.cluster.workload(ref).on_delete


def test_recreate_is_said(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["strategy"] = {"type": "Recreate"}
    sandbox.apply(manifest)
    preview = sandbox.preview("rollout_restart", sandbox.ref("Deployment", "web"))
    assert codes(preview.cautions) == [cautions.RECREATE]


@pytest.mark.parametrize(
    ("kind", "replicas", "rolling", "stops_all"),
    [
        ("StatefulSet", 1, None, True),
        ("StatefulSet", 2, None, False),
        ("DaemonSet", 1, {"maxUnavailable": "100%"}, False),
        ("Deployment", 1, {"maxSurge": "25%", "maxUnavailable": "25%"}, False),
        ("Deployment", 1, {"maxSurge": 0, "maxUnavailable": 1}, True),
        ("Deployment", 2, {"maxSurge": 0, "maxUnavailable": 1}, False),
        ("Deployment", 2, {"maxSurge": 1, "maxUnavailable": "100%"}, True),
        ("Deployment", 0, {"maxSurge": 1, "maxUnavailable": "100%"}, False),
    ],
)
def test_a_rollout_that_may_stop_every_pod_is_said(
    sandbox: Sandbox, kind: str, replicas: int, rolling: Obj | None, stops_all: bool
) -> None:
    manifest = workload(kind, "web", replicas=replicas)
    field = "strategy" if kind == "Deployment" else "updateStrategy"
    if rolling:
        manifest["spec"][field] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    sandbox.apply(manifest)
    preview = sandbox.preview("rollout_restart", sandbox.ref(kind, "web"))
    assert codes(preview.cautions) == ([cautions.ALL_AT_ONCE] if stops_all else [])


def test_a_rollout_past_its_deadline_has_failed(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["progressDeadlineSeconds"] = 60
    sandbox.apply(manifest)
    sandbox.release("Deployment", "web", "app:bad")
    plan = Plan("rollout_undo", sandbox.ref("Deployment", "web"), params={"revision": "2"})
    progress = sandbox.cluster.follow(plan)
    assert progress.failed.startswith("ProgressDeadlineExceeded")
    assert not progress.finished


def test_a_moment_that_was_chosen_is_kept(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    chosen = sandbox.preview("rollout_restart", sandbox.ref("Deployment", "web"), restarted_at="then")
    assert chosen.plan.params["restarted_at"] == "then"

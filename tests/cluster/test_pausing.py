"""Pausing a rollout and going on with it."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox, workload


def set_image(image: str) -> object:
    def change(found: Obj) -> None:
        found["spec"]["template"]["spec"]["containers"][0]["image"] = image

    return change


def test_there_and_back(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Deployment", "web")
    preview = sandbox.preview("rollout_pause", ref, action_id="act-1")
    assert (preview.changes, preview.cautions) == ((Change("paused", "false", "true"),), ())
    done = sandbox.cluster.perform(preview.plan)
    found = sandbox.get("Deployment", "web")
    assert found["spec"]["paused"] is True
    assert found["metadata"]["annotations"]["chatops.io/action-id"] == "act-1"
    assert sandbox.cluster.follow(preview.plan).finished
    assert done.undo is not None
    assert (done.undo.action, done.undo.params) == ("rollout_resume", {})
    back = sandbox.preview(done.undo.action, done.undo.ref)
    assert (back.changes, back.cautions) == ((Change("paused", "true", "false"),), ())
    forth = sandbox.cluster.perform(back.plan).undo
    assert forth is not None
    assert forth.action == "rollout_pause"
    assert "paused" not in sandbox.get("Deployment", "web")["spec"]
    sandbox.server.step(1)
    assert sandbox.cluster.follow(back.plan).finished
    assert sandbox.sent("PATCH") == 2


@pytest.mark.parametrize(
    ("action", "paused", "code"),
    [("rollout_pause", True, cautions.ALREADY_PAUSED), ("rollout_resume", False, cautions.NOT_PAUSED)],
)
def test_what_is_so_already_is_refused(sandbox: Sandbox, action: str, paused: bool, code: str) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["paused"] = paused
    sandbox.apply(manifest)
    refusal = sandbox.preview(action, sandbox.ref("Deployment", "web")).refusal
    assert refusal is not None
    assert refusal.code == code


def test_resuming_starts_what_was_changed_meanwhile(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["strategy"] = {"type": "Recreate"}
    sandbox.apply(manifest)
    ref = sandbox.ref("Deployment", "web")
    sandbox.cluster.perform(sandbox.plan("rollout_pause", ref))
    sandbox.edit("Deployment", "web", set_image("app:2"))  # type: ignore[arg-type]  # a change of an object
    sandbox.server.step(60)
    before = {each["metadata"]["uid"] for each in sandbox.pods("web")}
    preview = sandbox.preview("rollout_resume", ref)
    assert preview.changes == (
        Change("paused", "true", "false"),
        Change("app image", "app:1", "app:2"),
        Change("pods", "", "2"),
    )
    assert [each.code for each in preview.cautions] == [cautions.RECREATE]
    sandbox.cluster.perform(preview.plan)
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(300)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 2, 2)
    assert not before & {each["metadata"]["uid"] for each in sandbox.pods("web")}


def test_resuming_half_a_rollout_says_that_pods_change(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=4))
    sandbox.edit("Deployment", "web", set_image("app:bad"))  # type: ignore[arg-type]  # a change of an object
    sandbox.server.step(20)
    ref = sandbox.ref("Deployment", "web")
    sandbox.cluster.perform(sandbox.plan("rollout_pause", ref))
    sandbox.server.step(1)
    assert sandbox.preview("rollout_resume", ref).changes == (
        Change("paused", "true", "false"),
        Change("pods", "", "4"),
    )


def test_without_the_right_to_see_revisions(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["paused"] = True
    sandbox.apply(manifest)
    sandbox.server.access.allow("*", Rule(verbs=("get", "patch"), resources=("deployments",)))
    changes = sandbox.preview("rollout_resume", sandbox.ref("Deployment", "web")).changes
    assert changes[0] == Change("paused", "true", "false")


def test_only_a_deployment_is_paused(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    refusal = sandbox.preview("rollout_pause", sandbox.ref("StatefulSet", "db")).refusal
    assert refusal is not None
    assert refusal.code == cautions.NOT_APPLICABLE


def test_k2_a_lost_answer_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_pause", sandbox.ref("Deployment", "web"))
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)

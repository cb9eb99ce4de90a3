"""Rollbacks: our own, and side by side with kubectl's on a second, identical workload."""

import shutil
import subprocess
from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Change
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ImageChange
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox, workload

KUBECTL = shutil.which("kubectl")

WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"]
OURS, THEIRS = "shop", "twin"


def image_of(sandbox: Sandbox, kind: str, namespace: str = OURS) -> str:
    return str(sandbox.get(kind, "web", namespace)["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize("kind", WORKLOADS)
def test_back_and_forth(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web", "app:1"))
    sandbox.release(kind, "web", "app:2")
    ref = sandbox.ref(kind, "web")
    rollout = sandbox.cluster.workload(ref).rollout
    assert rollout is not None
    assert (rollout.revision, rollout.previous) == (2, 1)
    assert rollout.changes == (ImageChange("app", "app:1", "app:2"),)
    preview = sandbox.preview("rollout_undo", ref, action_id="act-1")
    assert preview.changes == (
        Change("revision", "2", "1"),
        Change("app image", "app:2", "app:1"),
        Change("pods", "", "2"),
    )
    assert image_of(sandbox, kind) == "app:2", "a preview changes nothing"
    assert not sandbox.cluster.happened(preview.plan)
    done = sandbox.cluster.perform(preview.plan)
    assert sandbox.sent("PATCH") == 1
    assert sandbox.cluster.happened(preview.plan)
    assert image_of(sandbox, kind) == "app:1"
    assert sandbox.get(kind, "web")["metadata"]["annotations"]["chatops.io/action-id"] == "act-1"
    sandbox.server.step(300)
    assert sandbox.cluster.follow(preview.plan).finished
    rollout = sandbox.cluster.workload(ref).rollout
    assert rollout is not None
    assert (rollout.revision, rollout.previous) == (3, 2)

    assert done.undo is not None
    assert done.undo.params == {"revision": "2"}
    forth = sandbox.preview(done.undo.action, done.undo.ref, **done.undo.params)
    assert forth.changes[:2] == (Change("revision", "3", "2"), Change("app image", "app:1", "app:2"))
    sandbox.cluster.perform(forth.plan)
    sandbox.server.step(300)
    assert sandbox.cluster.follow(forth.plan).finished
    assert image_of(sandbox, kind) == "app:2"


@pytest.mark.parametrize("kind", WORKLOADS)
def test_k6_refusals(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web", "app:1"))
    ref = sandbox.ref(kind, "web")
    for revision, code, detail in (
        ("", cautions.NO_REVISION, ""),
        ("9", cautions.NO_REVISION, "9"),
        ("1", cautions.SAME_TEMPLATE, "1"),
    ):
        refusal = sandbox.preview("rollout_undo", ref, **({"revision": revision} if revision else {})).refusal
        assert refusal is not None
        assert (refusal.code, refusal.detail) == (code, detail)


def test_k6_a_paused_deployment_is_refused(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    sandbox.release("Deployment", "web", "app:2")
    sandbox.edit("Deployment", "web", lambda found: found["spec"].update(paused=True))
    refusal = sandbox.preview("rollout_undo", sandbox.ref("Deployment", "web")).refusal
    assert refusal is not None
    assert refusal.code == cautions.PAUSED


def test_k6_an_earlier_revision_that_is_the_same_is_passed_over(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "web", "app:1"))
    for image in ("app:2", "app:3"):
        sandbox.release("StatefulSet", "web", image)
    preview = sandbox.preview("rollout_undo", sandbox.ref("StatefulSet", "web"))
    assert preview.plan.params["revision"] == "2"


def test_names_of_variables_are_shown_and_values_never(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web", "app:1")
    sandbox.apply(manifest)

    def change(found: Obj) -> None:
        container = found["spec"]["template"]["spec"]["containers"][0]
        container["env"] = [
            {"name": "LEVEL", "value": "canary-other"},
            {"name": "FRESH", "value": "canary-x"},
        ]
        container["resources"] = {"limits": {"memory": "1Gi"}}

    sandbox.edit("Deployment", "web", change)
    sandbox.server.step(60)
    preview = sandbox.preview("rollout_undo", sandbox.ref("Deployment", "web"))
    assert Change("app env", "LEVEL, FRESH", "LEVEL") in preview.changes
    assert any(each.what == "app memory" and each.after == "" for each in preview.changes)
    assert "canary" not in str(preview)


def test_who_will_revert_it_is_said(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    sandbox.release("Deployment", "web", "app:2")
    mark = {"kustomize.toolkit.fluxcd.io/name": "apps"}
    sandbox.edit("Deployment", "web", lambda found: found["metadata"]["labels"].update(mark))
    (caution,) = sandbox.preview("rollout_undo", sandbox.ref("Deployment", "web")).cautions
    assert (caution.code, caution.detail) == (cautions.MANAGED_BY, "Flux Kustomization apps")


@pytest.mark.parametrize("kind", WORKLOADS)
def test_k2_a_lost_answer_is_looked_up_by_the_action_id(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web", "app:1"))
    sandbox.release(kind, "web", "app:2")
    plan = sandbox.plan("rollout_undo", sandbox.ref(kind, "web"), action_id="act-7")
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.sent("PATCH") == 1
    assert sandbox.cluster.happened(plan)
    assert image_of(sandbox, kind) == "app:1"


def test_k6_a_write_between_read_and_patch_is_a_failed_test_and_not_overwritten(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    sandbox.release("Deployment", "web", "app:2")
    plan = sandbox.plan("rollout_undo", sandbox.ref("Deployment", "web"))
    # The patch waits at the door while somebody else's release is written.
    held = sandbox.server.fail(Fault(kind="slow", method="PATCH", seconds=30.0))
    meanwhile = Meanwhile(sandbox)
    held.released = meanwhile  # type: ignore[assignment]  # an Event as far as the fault is concerned
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert meanwhile.done
    assert caught.value.reason is Reason.CONFLICT
    assert image_of(sandbox, "Deployment") == "app:3"
    assert sandbox.sent("PATCH") == 1


class Meanwhile:
    """Stands for the Event a slow request waits on: writes instead of waiting."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.done = False

    def wait(self, _: float) -> bool:
        self.sandbox.release("Deployment", "web", "app:3")
        self.done = True
        return True


def kubectl(sandbox: Sandbox, *words: str) -> tuple[int, str]:
    assert KUBECTL is not None
    done = subprocess.run(
        [KUBECTL, "--kubeconfig", sandbox.kubeconfig, "-n", THEIRS, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def essence(found: Obj) -> dict[str, Any]:
    """What a rollback decides: the template and the annotations, without our mark."""
    notes = {k: v for k, v in (found["metadata"].get("annotations") or {}).items() if k != "chatops.io/action-id"}
    template = found["spec"]["template"]
    template["metadata"].pop("creationTimestamp", None)
    return {"template": template, "annotations": notes}


def verdict_of_kubectl(code: int, words: str) -> str:
    if "paused" in words:
        return cautions.PAUSED
    if "current template already matches" in words:
        return cautions.SAME_TEMPLATE
    if "unable to find" in words or "no rollout history" in words or "no last revision" in words:
        return cautions.NO_REVISION
    assert code == 0, words
    return "rolled back"


IMAGES: dict[str, tuple[str, ...]] = {
    "one": ("app:1",),
    "two": ("app:1", "app:2"),
    "three": ("app:1", "app:2", "app:3"),
    "there and back": ("app:1", "app:2", "app:1"),
}


@pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
@pytest.mark.parametrize(
    ("kind", "paused"),
    [*((kind, False) for kind in WORKLOADS), ("Deployment", True)],
    ids=[*WORKLOADS, "paused"],
)
@pytest.mark.parametrize("history", list(IMAGES))
@pytest.mark.parametrize("revision", ["", "1", "2", "7"])
def test_k6_the_same_as_kubectl(sandbox: Sandbox, kind: str, history: str, revision: str, paused: bool) -> None:
    first, *rest = IMAGES[history]
    for namespace in (OURS, THEIRS):
        manifest = workload(kind, "web", first, namespace=namespace)
        manifest["metadata"]["annotations"] = {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "team": "shop",
        }
        sandbox.apply(manifest)
        for image in rest:
            sandbox.annotate(kind, "web", {"cause": image}, namespace)
            sandbox.release(kind, "web", image, namespace)
        if paused:
            sandbox.edit(kind, "web", lambda found: found["spec"].update(paused=True), namespace)
    asked = [f"--to-revision={revision}"] if revision else []
    theirs = verdict_of_kubectl(*kubectl(sandbox, "rollout", "undo", f"{kind.lower()}/web", *asked))
    preview = sandbox.preview("rollout_undo", sandbox.ref(kind, "web"), **({"revision": revision} if revision else {}))
    if preview.refusal is None:
        sandbox.cluster.perform(preview.plan)
    ours = preview.refusal.code if preview.refusal else "rolled back"
    assert ours == theirs
    sandbox.server.step(300)
    assert essence(sandbox.get(kind, "web", OURS)) == essence(sandbox.get(kind, "web", THEIRS))

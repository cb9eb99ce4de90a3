"""Counts: up, down, back, and the policy around them."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change
from tests.cluster.sandbox import Obj, Sandbox, workload

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_one_more_and_back(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"))
    ref = sandbox.ref(kind, "web")
    preview = sandbox.preview("scale_up", ref)
    assert (preview.changes, preview.cautions) == ((Change("replicas", "2", "3"),), ())
    done = sandbox.cluster.perform(preview.plan)
    assert sandbox.get(kind, "web")["spec"]["replicas"] == 3
    assert sandbox.sent("PATCH") == 1
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(60)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 3, 3)
    assert done.undo is not None
    assert (done.undo.action, done.undo.params) == ("scale_down", {"replicas": "2"})
    back = sandbox.preview(done.undo.action, done.undo.ref, **done.undo.params)
    assert back.changes == (Change("replicas", "3", "2"),)
    sandbox.cluster.perform(back.plan)
    sandbox.server.step(60)
    assert sandbox.cluster.follow(back.plan).finished
    assert len(sandbox.pods("web")) == 2


@pytest.mark.parametrize(
    ("action", "count", "asked", "code", "detail"),
    [
        ("scale_down", 2, "-1", cautions.AT_LIMIT, "0-20"),
        ("scale_up", 2, "21", cautions.AT_LIMIT, "0-20"),
        ("scale_up", 10, "61", cautions.AT_LIMIT, "0-60"),
        ("scale_up", 0, "11", cautions.AT_LIMIT, "0-10"),
        ("scale_down", 0, "", cautions.AT_LIMIT, "0-10"),
        ("scale_up", 2, "2", cautions.ALREADY, "2"),
        ("scale_up", 2, "1", cautions.ALREADY, "2"),
        ("scale_down", 2, "3", cautions.ALREADY, "2"),
        ("scale_up", 2, "many", cautions.BAD_PARAM, "replicas"),
        ("scale_up", 2, "1e9", cautions.BAD_PARAM, "replicas"),
        ("scale_up", 2, "9" * 5000, cautions.BAD_PARAM, "replicas"),
    ],
)
def test_k7_counts_outside_the_policy(
    sandbox: Sandbox, action: str, count: int, asked: str, code: str, detail: str
) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=count), seconds=1)
    refusal = sandbox.preview(
        action, sandbox.ref("Deployment", "web"), **({"replicas": asked} if asked else {})
    ).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail) == (code, detail)


def test_k7_what_a_count_should_be_warned_of(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["metadata"]["labels"]["argocd.argoproj.io/instance"] = "shop-web"
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web-hpa", "namespace": "shop"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "maxReplicas": 4,
        },
    }
    sandbox.apply(manifest, hpa)
    preview = sandbox.preview("scale_down", sandbox.ref("Deployment", "web"), replicas="0")
    assert [(each.code, each.detail) for each in preview.cautions] == [
        (cautions.MANAGED_BY, "Argo CD app shop-web"),
        (cautions.AUTOSCALER, "web-hpa 1-4"),
        (cautions.TO_ZERO, ""),
    ]
    view = sandbox.cluster.workload(sandbox.ref("Deployment", "web"))
    assert (view.managed_by, view.autoscaler) == ("Argo CD app shop-web", "web-hpa 1-4")


def test_a_count_somebody_else_changed_will_not_arrive(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("scale_up", sandbox.ref("Deployment", "web"))
    sandbox.cluster.perform(plan)

    def change(found: Obj) -> None:
        found["spec"]["replicas"] = 1

    sandbox.edit("Deployment", "web", change)
    progress = sandbox.cluster.follow(plan)
    assert progress.failed == "replicas is 1 by now, not 3"
    assert not progress.finished

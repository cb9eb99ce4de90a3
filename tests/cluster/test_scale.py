"""Counts: up, down, back, and the policy around them."""

import random
from collections import Counter

import pytest

from chatops.core import cautions
from chatops.core.actions import ACTIONS, Change, Danger
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


def test_k7_any_count_is_capped_warned_of_and_tried_first(sandbox: Sandbox) -> None:
    """K7: zero, tenfold, negative, owned by an autoscaler: generated, each tried before anything changes."""
    chance = random.Random(7)
    codes: Counter[str] = Counter()
    for number in range(120):
        kind = chance.choice(["Deployment", "StatefulSet"])
        name, count, owned = f"web-{number}", chance.choice([0, 1, 2, 3, 9, 40]), chance.random() < 0.3
        asked = chance.choice([0, count * 10, count * 10 + 1, -1, -count, count + 1, count - 1, count, 10**9])
        action = chance.choice(["scale_up", "scale_down"])
        sandbox.server.apply(workload(kind, name, replicas=count))
        if owned:
            sandbox.server.apply(autoscaler_of(kind, name))
        ref = sandbox.ref(kind, name)
        sandbox.server.requests.clear()
        preview = sandbox.preview(action, ref, replicas=str(asked))
        tried = sandbox.server.requests.matching(method="PATCH")
        assert sandbox.sent("PATCH") == 0
        assert sandbox.get(kind, name)["spec"]["replicas"] == count, "a preview changes nothing"
        told = {each.code for each in preview.cautions}
        fits = 0 <= asked <= max(10, min(count * 10, count + 50)) and (asked > count) == (action == "scale_up")
        state = (kind, count, asked, action, owned)
        assert (preview.refusal is None) == (fits and asked != count), state
        if preview.refusal is not None:
            codes[preview.refusal.code] += 1
            assert tried == []
            continue
        assert len(tried) == 1, "the server was asked what it thinks of it"
        assert (cautions.TO_ZERO in told) == (asked == 0), state
        assert (cautions.AUTOSCALER in told) == owned, state
        codes.update(told or {"plain"})
        sandbox.cluster.perform(preview.plan)
        assert sandbox.get(kind, name)["spec"]["replicas"] == asked
    assert set(codes) == {cautions.AT_LIMIT, cautions.ALREADY, cautions.TO_ZERO, cautions.AUTOSCALER, "plain"}


def test_k7_no_count_is_changed_in_one_tap() -> None:
    assert all(ACTIONS[action].changes for action in ("scale_up", "scale_down", "hpa_raise_max", "hpa_lower_min"))
    assert ACTIONS["scale_down"].danger is Danger.DISRUPT


def autoscaler_of(kind: str, name: str) -> Obj:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": name}
    meta = {"name": name, "namespace": "shop"}
    spec = {"scaleTargetRef": target, "maxReplicas": 4}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}


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

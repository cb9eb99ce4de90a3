"""Cleaning up failed pods: which go, which are kept, and in how many passes."""

from dataclasses import replace

import pytest

from chatops.cluster.operations.cleanup import AT_ONCE, MOST
from chatops.core import cautions
from chatops.core.actions import Change, Plan, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.evicting import failed
from tests.cluster.sandbox import Sandbox, pod, workload

CLUSTER = ObjectRef("Cluster", "demo", cluster="demo")


def quota(sandbox: Sandbox, namespace: str = "shop") -> ObjectRef:
    meta = {"name": "team", "namespace": namespace}
    sandbox.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": {"pods": "5"}}})
    return sandbox.ref("ResourceQuota", "team", namespace)


def left(sandbox: Sandbox) -> set[str]:
    return {each["metadata"]["name"] for each in sandbox.server.list("Pod")}


def finish(sandbox: Sandbox, plan: Plan) -> list[Progress]:
    """Every pass until the end."""
    seen = [sandbox.cluster.follow(plan)]
    while not seen[-1].finished:
        seen.append(sandbox.cluster.proceed(plan))
        assert len(seen) < 50
    return seen


def scene(sandbox: Sandbox) -> None:
    """Failed pods of several kinds beside running ones."""
    sandbox.apply(workload("Deployment", "web"))
    job = {"apiVersion": "batch/v1", "kind": "Job", "name": "report", "uid": "job-1", "controller": True}
    sandbox.apply(
        failed("evicted-1"),
        failed("evicted-2", node="worker-2"),
        failed("evicted-3", namespace="other"),
        failed("report-x", owner=job),
        failed("static-worker-1", annotations={"kubernetes.io/config.mirror": "hash"}),
        pod("busy", nodeName="worker-1"),
    )


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("Node", {"evicted-1", "evicted-3"}),
        ("ResourceQuota", {"evicted-1", "evicted-2"}),
        ("Cluster", {"evicted-1", "evicted-2", "evicted-3"}),
    ],
)
def test_only_failed_pods_of_the_scope_go(sandbox: Sandbox, kind: str, names: set[str]) -> None:
    scene(sandbox)
    # What a job's own controller would do with the pod's uid is not the subject.
    before = left(sandbox) | {"report-x"}
    ref = {"Node": sandbox.ref("Node", "worker-1", ""), "Cluster": CLUSTER}.get(kind) or quota(sandbox)
    preview = sandbox.preview("cleanup_pods", ref)
    assert preview.refusal is None
    (change,) = preview.changes
    assert (change.what, change.after) == ("failed pods", f"-{len(names)}")
    assert {each.split("/")[1] for each in change.before.split(", ")} == names
    assert preview.plan.params["count"] == str(len(names))
    done = sandbox.cluster.perform(preview.plan)
    assert done.undo is None
    assert sandbox.sent("DELETE") == len(names)
    assert sandbox.cluster.follow(preview.plan) == Progress(len(names), len(names), finished=True)
    assert before - left(sandbox) - {"report-x"} == names


def test_k4_a_node_replaced_meanwhile_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.apply(failed("evicted-1"))
    plan = sandbox.plan("cleanup_pods", sandbox.ref("Node", "worker-1", ""))
    other = Plan(plan.action, replace(plan.ref, uid="another"), params=plan.params)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(other)
    assert caught.value.reason is Reason.REPLACED
    assert left(sandbox) == {"evicted-1"}


def test_pods_of_jobs_are_kept_and_counted(sandbox: Sandbox) -> None:
    pod_spec = {"restartPolicy": "Never", "containers": [{"name": "task", "image": "app:bad"}]}
    meta = {"name": "report", "namespace": "shop"}
    spec = {"backoffLimit": 0, "template": {"spec": pod_spec}}
    sandbox.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec})
    assert [each["status"]["phase"] for each in sandbox.server.list("Pod", "shop")] == ["Failed"]
    refusal = sandbox.preview("cleanup_pods", CLUSTER).refusal
    assert refusal is not None
    assert refusal.code == cautions.NO_FAILED_PODS
    sandbox.apply(failed("evicted-1"))
    preview = sandbox.preview("cleanup_pods", CLUSTER)
    assert preview.changes == (Change("failed pods", "shop/evicted-1", "-1"),)
    assert [(each.code, each.detail) for each in preview.cautions] == [(cautions.JOB_PODS_KEPT, "1")]
    sandbox.cluster.perform(preview.plan)
    assert len(left(sandbox)) == 1


def test_many_take_several_passes(sandbox: Sandbox) -> None:
    sandbox.apply(*(failed(f"evicted-{number:03}") for number in range(AT_ONCE * 2 + 5)))
    plan = sandbox.plan("cleanup_pods", CLUSTER)
    sandbox.cluster.perform(plan)
    assert sandbox.sent("DELETE") == AT_ONCE
    seen = finish(sandbox, plan)
    assert [each.done for each in seen] == [20, 40, 45]
    assert {each.total for each in seen} == {45}
    assert sandbox.sent("DELETE") == 45


def test_no_more_than_the_bound_go_at_once(sandbox: Sandbox) -> None:
    sandbox.apply(*(failed(f"evicted-{number:03}") for number in range(MOST + 7)), seconds=1)
    preview = sandbox.preview("cleanup_pods", CLUSTER)
    assert [(each.code, each.detail) for each in preview.cautions] == [(cautions.ONLY_SOME, f"{MOST}/{MOST + 7}")]
    assert preview.changes[0].before.endswith(f"evicted-004 +{MOST - 5}")
    sandbox.cluster.perform(preview.plan)
    assert finish(sandbox, preview.plan)[-1] == Progress(MOST, MOST, finished=True)
    assert sandbox.sent("DELETE") == MOST
    assert left(sandbox) == {f"evicted-{number}" for number in range(MOST, MOST + 7)}


def test_pods_made_after_the_look_are_not_touched(sandbox: Sandbox) -> None:
    sandbox.apply(failed("old"), seconds=1)
    preview = sandbox.preview("cleanup_pods", CLUSTER)
    sandbox.server.step(2)
    sandbox.apply(failed("new"), seconds=1)
    sandbox.cluster.perform(preview.plan)
    assert finish(sandbox, preview.plan)[-1].finished
    assert left(sandbox) == {"new"}


def test_k2_a_lost_answer_is_looked_at_again(sandbox: Sandbox) -> None:
    sandbox.apply(failed("a"), failed("b"), failed("c"))
    plan = sandbox.plan("cleanup_pods", CLUSTER)
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="DELETE"))
    sandbox.cluster.perform(plan)
    assert left(sandbox) == set()
    assert sandbox.cluster.happened(plan)
    assert sandbox.sent("DELETE") == 3


def test_one_that_is_gone_already_is_passed_over(sandbox: Sandbox) -> None:
    sandbox.apply(failed("a"), failed("b"))
    plan = sandbox.plan("cleanup_pods", CLUSTER)
    sandbox.server.fail(Fault(kind="status", method="DELETE", code=404))
    sandbox.server.fail(Fault(kind="status", method="DELETE", code=409))
    sandbox.cluster.perform(plan)
    assert left(sandbox) == {"a", "b"}
    assert sandbox.cluster.proceed(plan).finished


def test_no_right_to_delete(sandbox: Sandbox) -> None:
    sandbox.apply(failed("a"))
    plan = sandbox.plan("cleanup_pods", CLUSTER)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list")))
    refusal = sandbox.preview("cleanup_pods", CLUSTER).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.FORBIDDEN


def test_a_plan_without_its_counts_is_refused(sandbox: Sandbox) -> None:
    for params in ({}, {"count": "x", "found": "1", "until": "then"}):
        with pytest.raises(Permanent) as caught:
            sandbox.cluster.perform(Plan("cleanup_pods", CLUSTER, params=params))
        assert caught.value.reason is Reason.REFUSED

"""Evicting a pod: the budgets are asked, and their no is explained and kept to."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.evicting import budget, with_scratch
from tests.cluster.sandbox import Sandbox, pod, workload


def first_pod(sandbox: Sandbox, app: str = "web") -> ObjectRef:
    return sandbox.ref("Pod", sandbox.pods(app)[0]["metadata"]["name"])


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_an_evicted_pod_is_replaced(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"), budget("web", maxUnavailable=1))
    ref = first_pod(sandbox)
    preview = sandbox.preview("evict_pod", ref)
    assert (preview.changes, preview.cautions, preview.refusal) == ((Change("pods", "", "1"),), (), None)
    assert "deletionTimestamp" not in sandbox.get("Pod", ref.name)["metadata"], "a preview changes nothing"
    assert not sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.perform(preview.plan).undo is None
    assert (sandbox.sent("POST"), sandbox.sent("DELETE")) == (1, 0)
    assert sandbox.cluster.happened(preview.plan)
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(90)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 2, 2)


def test_k5_a_budget_that_forbids_it_is_named_with_its_numbers(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("web", name="web-pdb", minAvailable=2), budget("other"))
    ref = first_pod(sandbox)
    asked = len(sandbox.server.requests.matching(method="POST"))
    refusal = sandbox.preview("evict_pod", ref).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail) == (cautions.BUDGET, "shop/web-pdb 2/2")
    assert len(sandbox.server.requests.matching(method="POST")) == asked + 1, "it is not asked again at once"
    assert sandbox.sent("POST") == sandbox.sent("DELETE") == 0


def test_k5_several_budgets_are_told(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("web", name="a", minAvailable=1), budget("web", name="b"))
    refusal = sandbox.preview("evict_pod", first_pod(sandbox)).refusal
    assert refusal is not None
    assert refusal.code == cautions.SEVERAL_BUDGETS
    assert refusal.detail == "shop/a 2/1, shop/b 2/2"


def test_k5_a_budget_that_cannot_be_read_leaves_the_servers_words(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("web", minAvailable=2))
    ref = first_pod(sandbox)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=("pods", "replicasets", "deployments")))
    sandbox.server.access.allow("*", Rule(verbs=("create",), resources=("pods/eviction",)))
    refusal = sandbox.preview("evict_pod", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert refusal.detail == "The disruption budget web needs 2 healthy pods and has 2 currently"


def test_k5_a_budget_that_forbids_it_by_then_is_kept_to(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("web", maxUnavailable=1))
    plan = sandbox.plan("evict_pod", first_pod(sandbox))
    sandbox.apply(budget("web", minAvailable=2), seconds=1)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.BUDGET
    assert caught.value.detail == "The disruption budget web needs 2 healthy pods and has 2 currently"
    assert (sandbox.sent("POST"), sandbox.sent("DELETE")) == (1, 0)
    assert not sandbox.cluster.happened(plan)


def test_k2_a_server_under_load_is_not_a_budget(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("evict_pod", first_pod(sandbox))
    sandbox.server.fail(Fault(kind="status", method="POST", code=429, retry_after=1, times=2))
    sandbox.cluster.perform(plan)
    assert sandbox.cluster.happened(plan)


def test_k4_another_pod_of_the_same_name_is_never_evicted(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    plan = sandbox.plan("evict_pod", sandbox.ref("Pod", "db-0"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(90)
    successor = sandbox.ref("Pod", "db-0")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.REPLACED
    assert sandbox.ref("Pod", "db-0") == successor
    assert sandbox.cluster.happened(plan)


def test_a_pod_gone_before_the_eviction(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    plan = sandbox.plan("evict_pod", sandbox.ref("Pod", "lonely"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(60)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.NOT_FOUND


def test_k4_an_eviction_needs_a_uid(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(Plan("evict_pod", ObjectRef("Pod", "lonely", "shop")))
    assert caught.value.reason is Reason.REFUSED
    assert sandbox.sent("POST") == 0


def test_k2_a_lost_eviction_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    plan = sandbox.plan("evict_pod", sandbox.ref("Pod", "lonely"))
    sandbox.server.fail(Fault(kind="drop_after", method="POST"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.sent("POST") == 1
    assert sandbox.cluster.happened(plan)


def test_what_an_eviction_should_be_warned_of(sandbox: Sandbox) -> None:
    sandbox.apply(with_scratch(pod("lonely"), "cache", "tmp"))
    found = sandbox.preview("evict_pod", sandbox.ref("Pod", "lonely")).cautions
    assert [(each.code, each.detail) for each in found] == [
        (cautions.OWNERLESS, ""),
        (cautions.EMPTY_DIR, "cache, tmp"),
    ]
    sandbox.apply(workload("StatefulSet", "db", replicas=1))
    (only,) = sandbox.preview("evict_pod", sandbox.ref("Pod", "db-0")).cautions
    assert (only.code, only.detail) == (cautions.LAST_REPLICA, "StatefulSet/db")


def test_a_static_pod_and_one_that_goes_are_refused(sandbox: Sandbox) -> None:
    mirror = pod("kube-apiserver-cp", nodeName="worker-1")
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "hash"}
    sandbox.apply(mirror, pod("lonely"))
    refusal = sandbox.preview("evict_pod", sandbox.ref("Pod", "kube-apiserver-cp")).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail) == (cautions.STATIC_POD, "worker-1")
    ref = sandbox.ref("Pod", "lonely")
    sandbox.cluster.perform(sandbox.plan("evict_pod", ref))
    refusal = sandbox.preview("evict_pod", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.GOING


def test_no_right_to_evict_is_a_refusal_in_the_servers_words(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = first_pod(sandbox)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list", "delete")))
    refusal = sandbox.preview("evict_pod", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert "pods/eviction" in refusal.detail


def test_a_deletion_says_which_budget_it_does_not_ask(sandbox: Sandbox) -> None:
    sandbox.apply(with_scratch(workload("Deployment", "web"), "cache"), budget("web", minAvailable=2))
    found = sandbox.preview("delete_pod", first_pod(sandbox)).cautions
    assert [(each.code, each.detail) for each in found] == [
        (cautions.EMPTY_DIR, "cache"),
        (cautions.BUDGET_UNASKED, "shop/web 2/2"),
    ]

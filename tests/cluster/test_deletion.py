"""Deleting a pod: that very one, and what takes its place."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, pod, workload

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"]


def codes(found: tuple[object, ...]) -> list[str]:
    return [caution.code for caution in found]  # type: ignore[attr-defined]  # Cautions


@pytest.mark.parametrize("kind", WORKLOADS)
def test_a_deleted_pod_is_replaced(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"))
    name = sandbox.pods("web")[0]["metadata"]["name"]
    preview = sandbox.preview("delete_pod", sandbox.ref("Pod", name))
    assert (preview.changes, preview.cautions, preview.refusal) == ((Change("pods", "", "1"),), (), None)
    assert sandbox.get("Pod", name)["metadata"].get("deletionTimestamp") is None
    done = sandbox.cluster.perform(preview.plan)
    assert done.undo is None
    assert sandbox.sent("DELETE") == 1
    going = sandbox.cluster.follow(preview.plan)
    assert (going.finished, going.total) == (False, 2)
    assert sandbox.cluster.happened(preview.plan)
    sandbox.server.step(90)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 2, 2)
    assert preview.plan.ref.uid not in {each["metadata"]["uid"] for each in sandbox.pods("web")}


def test_a_pod_nobody_owns_is_gone_for_good(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    preview = sandbox.preview("delete_pod", sandbox.ref("Pod", "lonely"))
    assert codes(preview.cautions) == [cautions.OWNERLESS]
    sandbox.cluster.perform(preview.plan)
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(60)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 1, 1)


def test_the_last_ready_pod_is_warned_of(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=1))
    name = sandbox.pods("web")[0]["metadata"]["name"]
    (caution,) = sandbox.preview("delete_pod", sandbox.ref("Pod", name)).cautions
    assert (caution.code, caution.detail) == (cautions.LAST_REPLICA, "Deployment/web")


def test_a_pod_that_goes_already_is_refused(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Pod", sandbox.pods("web")[0]["metadata"]["name"])
    sandbox.cluster.perform(sandbox.plan("delete_pod", ref))
    refusal = sandbox.preview("delete_pod", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.GOING


def test_k4_another_pod_of_the_same_name_is_never_deleted(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    ref = sandbox.ref("Pod", "db-0")
    plan = sandbox.plan("delete_pod", ref)
    sandbox.cluster.perform(plan)
    sandbox.server.step(90)
    successor = sandbox.ref("Pod", "db-0")
    assert successor.uid != ref.uid
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.REPLACED
    assert sandbox.ref("Pod", "db-0") == successor
    assert sandbox.cluster.happened(plan)
    with pytest.raises(Permanent):
        sandbox.preview("delete_pod", ref)


def test_k4_a_deletion_needs_a_uid(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(Plan("delete_pod", ObjectRef("Pod", "lonely", "shop")))
    assert caught.value.reason is Reason.REFUSED
    assert sandbox.sent("DELETE") == 0


def test_k2_a_lost_deletion_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    plan = sandbox.plan("delete_pod", sandbox.ref("Pod", "lonely"))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="DELETE"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.sent("DELETE") == 1
    assert sandbox.cluster.happened(plan)


def test_a_pod_gone_before_the_deletion(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    plan = sandbox.plan("delete_pod", sandbox.ref("Pod", "lonely"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(60)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.NOT_FOUND

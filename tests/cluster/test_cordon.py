"""Closing a node to new pods and opening it again; and deleting the record of one that is gone."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Change, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox, workload


def node_ref(sandbox: Sandbox, name: str = "worker-1") -> ObjectRef:
    return sandbox.ref("Node", name, "")


def test_there_and_back(sandbox: Sandbox) -> None:
    preview = sandbox.preview("cordon", node_ref(sandbox), action_id="act-1")
    assert (preview.changes, preview.cautions) == ((Change("unschedulable", "false", "true"),), ())
    assert "unschedulable" not in sandbox.get("Node", "worker-1", "").get("spec", {}), "a preview changes nothing"
    done = sandbox.cluster.perform(preview.plan)
    found = sandbox.get("Node", "worker-1", "")
    assert found["spec"]["unschedulable"] is True
    assert found["metadata"]["annotations"]["chatops.io/action-id"] == "act-1"
    assert sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(1)
    assert done.undo is not None
    assert done.undo.action == "uncordon"
    back = sandbox.preview("uncordon", done.undo.ref)
    assert back.changes == (Change("unschedulable", "true", "false"),)
    forth = sandbox.cluster.perform(back.plan).undo
    assert "unschedulable" not in sandbox.get("Node", "worker-1", "")["spec"]
    assert forth is not None
    assert forth.action == "cordon"
    assert sandbox.sent("PATCH") == 2


def test_what_is_so_already_is_refused(sandbox: Sandbox) -> None:
    refusal = sandbox.preview("uncordon", node_ref(sandbox)).refusal
    assert refusal is not None
    assert refusal.code == cautions.NOT_CORDONED
    sandbox.cluster.perform(sandbox.plan("cordon", node_ref(sandbox)))
    sandbox.server.step(1)
    refusal = sandbox.preview("cordon", node_ref(sandbox)).refusal
    assert refusal is not None
    assert refusal.code == cautions.ALREADY_CORDONED


@pytest.mark.parametrize("how", ["cordoned", "lost", "tainted"])
def test_the_last_node_that_takes_pods(sandbox: Sandbox, how: str) -> None:
    def change(found: Obj) -> None:
        spec = found.setdefault("spec", {})
        if how == "cordoned":
            spec["unschedulable"] = True
        else:
            spec["taints"] = [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]

    if how == "lost":
        sandbox.server.stop_node("worker-2")
        sandbox.server.step(60)
    else:
        sandbox.edit("Node", "worker-2", change, "")
    (caution,) = sandbox.preview("cordon", node_ref(sandbox)).cautions
    assert caution.code == cautions.LAST_OPEN_NODE


def test_without_the_right_to_list_nodes(sandbox: Sandbox) -> None:
    ref = node_ref(sandbox)
    sandbox.server.access.allow("*", Rule(verbs=("get", "patch"), resources=("nodes",)))
    assert sandbox.preview("cordon", ref).cautions == ()


def test_a_node_that_is_not_there(sandbox: Sandbox) -> None:
    with pytest.raises(Permanent) as caught:
        sandbox.preview("cordon", ObjectRef("Node", "worker-9"))
    assert caught.value.reason is Reason.NOT_FOUND


def test_k1_a_node_that_somebody_else_cordoned_meanwhile(sandbox: Sandbox) -> None:
    plan = sandbox.plan("cordon", node_ref(sandbox))
    sandbox.edit("Node", "worker-1", lambda found: found.setdefault("spec", {}).update(unschedulable=True), "")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.taken("PATCH") == 0


def test_k2_a_lost_cordon_is_looked_up(sandbox: Sandbox) -> None:
    plan = sandbox.plan("cordon", node_ref(sandbox))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)


# Deleting the record


def test_a_node_that_is_ready_is_not_deleted(sandbox: Sandbox) -> None:
    refusal = sandbox.preview("delete_node", node_ref(sandbox)).refusal
    assert refusal is not None
    assert refusal.code == cautions.NODE_IS_READY


def test_a_lost_node_is_forgotten(sandbox: Sandbox) -> None:
    sandbox.apply(workload("DaemonSet", "agent"), workload("Deployment", "web"))
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    preview = sandbox.preview("delete_node", node_ref(sandbox))
    assert preview.changes == (Change("node", "worker-1", ""),)
    assert [(each.code, each.detail) for each in preview.cautions] == [(cautions.PODS_GIVEN_UP, "2")]
    assert not sandbox.cluster.happened(preview.plan)
    assert not sandbox.cluster.follow(preview.plan).finished
    assert sandbox.cluster.perform(preview.plan).undo is None
    assert sandbox.server.get("Node", "worker-1") is None
    assert sandbox.cluster.happened(preview.plan)
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 1, 1)


def test_a_node_that_came_back_is_kept(sandbox: Sandbox) -> None:
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    plan = sandbox.plan("delete_node", node_ref(sandbox))
    sandbox.server.start_node("worker-1")
    sandbox.server.step(60)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.sent("DELETE") == 0


def test_k4_a_node_is_deleted_by_its_uid_only(sandbox: Sandbox) -> None:
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(Plan("delete_node", ObjectRef("Node", "worker-1")))
    assert caught.value.reason is Reason.REFUSED
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(Plan("delete_node", ObjectRef("Node", "worker-1", uid="another")))
    assert caught.value.reason is Reason.REPLACED
    assert sandbox.sent("DELETE") == 0


def test_k5_a_finalizer_holds_a_node(sandbox: Sandbox) -> None:
    hold = {"finalizers": ["example.com/machine"]}
    sandbox.edit("Node", "worker-1", lambda found: found["metadata"].update(hold), "")
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    plan = sandbox.plan("delete_node", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    going = sandbox.cluster.follow(plan)
    assert (going.finished, going.detail) == (False, "terminating")
    assert sandbox.cluster.happened(plan)


def test_no_right_to_delete_is_a_refusal(sandbox: Sandbox) -> None:
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    ref = node_ref(sandbox)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list")))
    refusal = sandbox.preview("delete_node", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED

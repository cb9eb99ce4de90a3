"""Deleting by force: only what cannot end otherwise, with what it may cost."""

from datetime import timedelta

import pytest

from chatops.core import cautions
from chatops.core.actions import Preview
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, pod, workload


def preview(sandbox: Sandbox, ref: ObjectRef) -> Preview:
    """The preview at the cluster's own time: what is due is judged by it."""
    return sandbox.cluster.preview("force_delete_pod", ref, {}, sandbox.server.clock.now())


def codes(shown: Preview) -> list[str]:
    return [each.code for each in shown.cautions]


def lost(sandbox: Sandbox, ref: ObjectRef) -> str:
    """Silence the pod's node."""
    node = str(sandbox.get("Pod", ref.name)["spec"]["nodeName"])
    sandbox.server.stop_node(node)
    sandbox.server.step(60)
    return node


def test_a_pod_that_can_end_otherwise_is_refused(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"), pod("waiting", nodeSelector={"no": "node"}))
    for name in ("db-0", "waiting"):
        refusal = preview(sandbox, sandbox.ref("Pod", name)).refusal
        assert refusal is not None
        assert refusal.code == cautions.NOT_STUCK
    ref = sandbox.ref("Pod", "db-0")
    sandbox.cluster.perform(sandbox.plan("delete_pod", ref))
    within = preview(sandbox, ref).refusal
    assert within is not None
    assert within.code == cautions.NOT_STUCK, "its grace period has not passed"


@pytest.mark.parametrize("deleted", [False, True])
def test_a_pod_on_a_lost_node(sandbox: Sandbox, deleted: bool) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    ref = sandbox.ref("Pod", "db-0")
    node = lost(sandbox, ref)
    if deleted:
        sandbox.cluster.perform(sandbox.plan("delete_pod", ref))
        sandbox.server.step(60)
    shown = preview(sandbox, ref)
    assert shown.refusal is None
    assert [(each.code, each.detail) for each in shown.cautions] == [
        (cautions.MAY_RUN_ON, node),
        (cautions.TWO_WRITERS, "StatefulSet/db"),
    ]
    assert sandbox.get("Pod", "db-0")["metadata"]["uid"] == ref.uid, "a preview changes nothing"
    assert not sandbox.cluster.happened(shown.plan)
    assert sandbox.cluster.perform(shown.plan).undo is None
    assert sandbox.cluster.happened(shown.plan)
    assert sandbox.server.get("Pod", "db-0", "shop") is None
    sandbox.server.step(120)
    arrived = sandbox.cluster.follow(shown.plan)
    assert (arrived.finished, arrived.done, arrived.total) == (True, 2, 2)
    assert sandbox.ref("Pod", "db-0").uid != ref.uid


def test_past_its_grace_period_the_node_does_not_matter(sandbox: Sandbox) -> None:
    sandbox.apply(pod("held"))
    sandbox.edit("Pod", "held", lambda found: found["metadata"].update(finalizers=["example.com/hold"]))
    ref = sandbox.ref("Pod", "held")
    sandbox.cluster.perform(sandbox.plan("delete_pod", ref))
    sandbox.server.step(31)
    due = sandbox.server.clock.now() + timedelta(seconds=30)
    shown = sandbox.cluster.preview("force_delete_pod", ref, {}, due)
    assert shown.refusal is None
    assert codes(shown) == [cautions.MAY_RUN_ON, cautions.FINALIZERS, cautions.OWNERLESS]
    assert shown.cautions[1].detail == "example.com/hold"
    sandbox.cluster.perform(shown.plan)
    going = sandbox.cluster.follow(shown.plan)
    assert (going.finished, going.detail) == (False, "terminating, held by example.com/hold")
    assert sandbox.cluster.happened(shown.plan)
    sandbox.edit("Pod", "held", lambda found: found["metadata"].update(finalizers=[]))
    assert sandbox.cluster.follow(shown.plan).finished


def test_a_pod_of_a_node_that_is_gone(sandbox: Sandbox) -> None:
    sandbox.apply(pod("left", nodeName="worker-9"))
    assert codes(preview(sandbox, sandbox.ref("Pod", "left"))) == [cautions.MAY_RUN_ON, cautions.OWNERLESS]


def test_without_the_right_to_see_nodes_only_time_tells(sandbox: Sandbox) -> None:
    sandbox.apply(pod("left", nodeName="worker-9"))
    ref = sandbox.ref("Pod", "left")
    sandbox.server.access.allow("*", Rule(verbs=("get", "list", "delete"), resources=("pods",)))
    refusal = preview(sandbox, ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.NOT_STUCK


def test_k4_another_pod_of_the_same_name_is_never_deleted(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    ref = sandbox.ref("Pod", "db-0")
    lost(sandbox, ref)
    plan = preview(sandbox, ref).plan
    sandbox.cluster.perform(plan)
    sandbox.server.step(60)
    successor = sandbox.ref("Pod", "db-0")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.REPLACED
    assert sandbox.ref("Pod", "db-0") == successor


def test_k2_a_lost_answer_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(pod("left", nodeName="worker-9"))
    plan = preview(sandbox, sandbox.ref("Pod", "left")).plan
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="DELETE"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)

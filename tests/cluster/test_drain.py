"""Draining a node: what is told beforehand, pass by pass to the end, and what stands in the way."""

import pytest

from chatops.cluster.operations.drain import AT_ONCE
from chatops.core import cautions
from chatops.core.actions import Change, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.evicting import budget, names_on, with_scratch
from tests.cluster.sandbox import Obj, Sandbox, node, pod, workload

NODE = "worker-1"


def node_ref(sandbox: Sandbox, name: str = NODE) -> ObjectRef:
    return sandbox.ref("Node", name, "")


def told(preview: Preview) -> list[tuple[str, str]]:
    return [(each.code, each.detail) for each in preview.cautions]


def pinned(manifest: Obj, name: str = NODE) -> Obj:
    """Bound to the node from the start, as a test's pod, whatever the scheduler would say."""
    manifest["spec"]["nodeName"] = name
    return manifest


def asking(manifest: Obj, **requests: str) -> Obj:
    spec = manifest["spec"]["template"]["spec"] if "template" in manifest["spec"] else manifest["spec"]
    spec["containers"][0]["resources"] = {"requests": requests}
    return manifest


def evictions(sandbox: Sandbox) -> int:
    return sum(1 for each in sandbox.server.requests.matching(method="POST") if "dryRun" not in each.query)


def passes(sandbox: Sandbox, plan: Plan, *, seconds: float = 60, most: int = 20) -> list[Progress]:
    """Passes with time between them, to the end or to the last allowed one."""
    seen: list[Progress] = []
    while len(seen) < most and not (seen and (seen[-1].finished or seen[-1].failed)):
        seen.append(sandbox.cluster.proceed(plan))
        sandbox.server.step(seconds)
    return seen


def test_a_node_is_emptied_and_opened_again(sandbox: Sandbox) -> None:
    mirror = pinned(pod("static-worker-1", namespace="kube-system"))
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "hash"}
    sandbox.apply(workload("Deployment", "web", replicas=4), workload("DaemonSet", "agent"), mirror)
    here = names_on(sandbox, NODE)
    web = {each for each in here if each.startswith("web")}
    preview = sandbox.preview("drain", node_ref(sandbox), action_id="act-1")
    assert preview.refusal is None
    assert preview.changes == (
        Change("unschedulable", "false", "true"),
        Change("pods evicted", "", "2"),
        Change("workloads", "", "1"),
        Change("DaemonSet pods that stay", "", "1"),
        Change("static pods that stay", "", "1"),
        Change("cpu of the other nodes", "0 %", "0 %"),
        Change("memory of the other nodes", "0 %", "0 %"),
    )
    assert told(preview) == []
    assert (preview.plan.params["total"], sandbox.sent("PATCH"), evictions(sandbox)) == ("2", 0, 0)
    assert not sandbox.cluster.happened(preview.plan)

    done = sandbox.cluster.perform(preview.plan)
    assert (sandbox.sent("PATCH"), evictions(sandbox)) == (1, 0)
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.follow(preview.plan) == Progress(0, 2)
    first = sandbox.cluster.proceed(preview.plan)
    assert (first.done, first.total, first.detail, first.finished) == (0, 2, "2 terminating", False)
    assert sandbox.cluster.follow(preview.plan) == first
    assert evictions(sandbox) == 2
    sandbox.server.step(60)
    last = sandbox.cluster.proceed(preview.plan)
    assert last == Progress(2, 2, finished=True)
    assert (evictions(sandbox), sandbox.sent("DELETE")) == (2, 0)
    assert names_on(sandbox, NODE) == here - web

    assert done.undo is not None
    assert done.undo.action == "uncordon"
    back = sandbox.preview(done.undo.action, done.undo.ref)
    sandbox.cluster.perform(back.plan)
    assert "unschedulable" not in sandbox.get("Node", NODE, "")["spec"]


def test_a_node_that_was_cordoned_stays_so(sandbox: Sandbox) -> None:
    sandbox.cluster.perform(sandbox.plan("cordon", node_ref(sandbox)))
    sandbox.server.step(1)
    preview = sandbox.preview("drain", node_ref(sandbox))
    assert preview.changes[0] == Change("pods evicted", "", "0")
    assert sandbox.cluster.perform(preview.plan).undo is None
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.proceed(preview.plan) == Progress(0, 0, finished=True)


def test_the_blast_radius_is_told(sandbox: Sandbox) -> None:
    sandbox.edit("Node", "worker-2", lambda found: found.setdefault("spec", {}).update(unschedulable=True), "")
    sandbox.server.step(1)
    sandbox.apply(
        with_scratch(workload("StatefulSet", "cache", replicas=1), "data"),
        workload("Deployment", "orders", replicas=2),
        workload("Deployment", "twice", replicas=1),
        budget("orders", name="orders-pdb", minAvailable=2),
        budget("twice", name="a", minAvailable=0),
        budget("twice", name="b", minAvailable=0),
        pod("debug-shell"),
    )
    sandbox.edit("Node", "worker-2", lambda found: found["spec"].pop("unschedulable"), "")
    sandbox.server.step(1)
    assert told(sandbox.preview("drain", node_ref(sandbox))) == [
        (cautions.EMPTY_DIR_PODS, "1 (cache-0)"),
        (cautions.OWNERLESS_PODS, "1 (debug-shell)"),
        (cautions.NONE_LEFT, "3 (Deployment/orders, Deployment/twice, StatefulSet/cache)"),
        (cautions.BUDGETS_BLOCK, "shop/orders-pdb 2/2"),
        (cautions.SEVERAL_BUDGETS, "shop/a 1/0, shop/b 1/0"),
    ]


def test_room_elsewhere(sandbox: Sandbox) -> None:
    sandbox.apply(asking(workload("Deployment", "web", replicas=2), cpu="2", memory="8Gi"))
    assert sandbox.preview("drain", node_ref(sandbox)).changes[-2:] == (
        Change("cpu of the other nodes", "25 %", "50 %"),
        Change("memory of the other nodes", "25 %", "50 %"),
    )
    sandbox.apply(asking(workload("Deployment", "big", replicas=2), cpu="5"))
    crowded = sandbox.preview("drain", node_ref(sandbox))
    assert crowded.changes[-2] == Change("cpu of the other nodes", "88 %", "175 %")
    assert told(crowded) == [(cautions.NO_ROOM, "2")]


def test_no_other_node_is_no_room(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=1))
    name = str(sandbox.pods("web")[0]["spec"]["nodeName"])
    (other,) = {"worker-1", "worker-2"} - {name}
    sandbox.server.stop_node(other)
    sandbox.server.step(60)
    found = sandbox.preview("drain", node_ref(sandbox, name))
    assert (cautions.NO_ROOM, "1") in told(found)
    assert not any("other nodes" in each.what for each in found.changes)


def test_room_that_cannot_be_seen_is_said(sandbox: Sandbox) -> None:
    ref = node_ref(sandbox)
    everything_else = ("pods", "pods/eviction", "daemonsets", "poddisruptionbudgets")
    sandbox.server.access.allow("*", Rule(verbs=("get", "list", "create"), resources=everything_else))
    sandbox.server.access.allow("*", Rule(verbs=("get", "patch"), resources=("nodes",)))
    assert told(sandbox.preview("drain", ref)) == [(cautions.ROOM_UNKNOWN, "")]


@pytest.mark.parametrize("label", ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"])
def test_a_control_plane_node_is_refused(sandbox: Sandbox, label: str) -> None:
    sandbox.edit("Node", NODE, lambda found: found["metadata"].setdefault("labels", {}).update({label: ""}), "")
    refusal = sandbox.preview("drain", node_ref(sandbox)).refusal
    assert refusal is not None
    assert refusal.code == cautions.CONTROL_PLANE


def test_a_node_that_is_not_there(sandbox: Sandbox) -> None:
    with pytest.raises(Permanent) as caught:
        sandbox.preview("drain", ObjectRef("Node", "worker-9"))
    assert caught.value.reason is Reason.NOT_FOUND


def test_k5_a_budget_slows_a_drain_and_does_not_end_it(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=6), budget("web", maxUnavailable=1))
    plan = sandbox.plan("drain", node_ref(sandbox))
    assert plan.params["total"] == "3"
    sandbox.cluster.perform(plan)
    first = sandbox.cluster.proceed(plan)
    assert (first.done, first.total, first.failed) == (0, 3, "")
    assert first.detail.startswith("1 terminating; blocked by PDB shop/web ")
    asked = evictions(sandbox)
    assert asked == 2, "once one pod of a workload is refused, the others are not asked for"
    sandbox.server.step(60)
    seen = passes(sandbox, plan)
    assert [each.done for each in seen] == [1, 2, 3]
    assert seen[-1].finished
    ready = [each for each in sandbox.pods("web") if "deletionTimestamp" not in each["metadata"]]
    assert len(ready) == 6


def test_k5_a_budget_that_never_allows_it_is_waited_for(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db", replicas=2), budget("db", maxUnavailable=0))
    sandbox.apply(workload("Deployment", "web", replicas=2))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    seen = passes(sandbox, plan, most=4)
    assert [(each.done, each.total, each.finished, each.failed) for each in seen][1:] == [(1, 2, False, "")] * 3
    assert seen[-1].detail == "blocked by PDB shop/db 2/2"
    assert sandbox.cluster.follow(plan) == seen[-1]
    assert sandbox.sent("DELETE") == 0
    sandbox.apply(budget("db", maxUnavailable=1))
    assert passes(sandbox, plan)[-1].finished


def test_unready_pods_go_first(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=6), budget("web", minAvailable=5))
    ill = sorted(names_on(sandbox, NODE))[-1]

    def sicken(found: Obj) -> None:
        found["status"]["conditions"] = [{"type": "Ready", "status": "False"}]

    sandbox.edit("Pod", ill, sicken)
    sandbox.server.step(1)
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    sandbox.cluster.proceed(plan)
    assert names_on(sandbox, NODE) - names_on(sandbox, NODE, going=False) == {ill}


def test_one_pass_is_bounded(sandbox: Sandbox) -> None:
    sandbox.apply(*(pinned(pod(f"batch-{number:02}")) for number in range(AT_ONCE + 5)))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    assert sandbox.cluster.proceed(plan).detail == f"{AT_ONCE} terminating"
    assert evictions(sandbox) == AT_ONCE
    sandbox.server.step(60)
    seen = passes(sandbox, plan)
    assert [(each.done, each.total) for each in seen] == [(20, 25), (25, 25)]
    assert evictions(sandbox) == AT_ONCE + 5


def test_pods_that_came_after_the_look_are_counted(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("early")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.apply(pinned(pod("late-1")), pinned(pod("late-2")))
    sandbox.cluster.perform(plan)
    assert sandbox.cluster.follow(plan) == Progress(0, 3)
    assert passes(sandbox, plan)[-1].finished


def test_k2_a_lost_answer_is_seen_in_the_next_pass(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")), pinned(pod("b")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="POST"))
    assert sandbox.cluster.proceed(plan).detail == "2 terminating"
    assert evictions(sandbox) == 2


def test_a_pod_that_is_gone_already_is_passed_over(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")), pinned(pod("b")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    sandbox.server.fail(Fault(kind="status", method="POST", code=404))
    assert sandbox.cluster.proceed(plan).detail == "1 terminating"


def test_k4_a_pod_that_was_replaced_under_its_name_is_looked_at_anew(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    sandbox.server.fail(Fault(kind="status", method="POST", code=409))
    assert not sandbox.cluster.proceed(plan).failed
    assert passes(sandbox, plan)[-1].finished


def test_an_api_server_that_is_away_interrupts_a_pass(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    with sandbox.server.away(), pytest.raises(Temporary):
        sandbox.cluster.proceed(plan)
    assert passes(sandbox, plan)[-1].finished


def test_a_right_that_is_missing_is_said_before(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")))
    ref = node_ref(sandbox)
    plan = sandbox.plan("drain", ref)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list", "patch", "delete")))
    refusal = sandbox.preview("drain", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    sandbox.cluster.perform(plan)
    failed = sandbox.cluster.proceed(plan)
    assert not failed.finished
    assert 'cannot create resource "pods/eviction"' in failed.failed
    assert sandbox.sent("DELETE") == 0


def test_k5_a_namespace_that_goes_takes_its_pods_along(sandbox: Sandbox) -> None:
    hold = pinned(pod("held", namespace="ending"))
    sandbox.apply(hold, pinned(pod("a")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    going = sandbox.server.kinds.of("v1", "Namespace")
    assert going is not None
    sandbox.server.store.delete(going, "", "ending", finalizers=("kubernetes",))
    progress = sandbox.cluster.proceed(plan)
    assert "because it is being terminated" in progress.detail
    assert not progress.failed
    sandbox.server.step(1)
    assert passes(sandbox, plan)[-1].finished


def test_a_node_that_was_opened_meanwhile_is_left(sandbox: Sandbox) -> None:
    sandbox.apply(pinned(pod("a")))
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.cluster.perform(plan)
    sandbox.edit("Node", NODE, lambda found: found["spec"].pop("unschedulable"), "")
    for progress in (sandbox.cluster.proceed(plan), sandbox.cluster.follow(plan)):
        assert (progress.finished, progress.failed) == (False, "the node was uncordoned meanwhile")
    assert evictions(sandbox) == 0
    assert not sandbox.cluster.happened(plan)


def test_k4_another_node_of_the_same_name_is_not_drained(sandbox: Sandbox) -> None:
    plan = sandbox.plan("drain", node_ref(sandbox))
    nodes = sandbox.server.kinds.of("v1", "Node")
    assert nodes is not None
    sandbox.server.store.delete(nodes, "", NODE)
    sandbox.server.apply(node(NODE))
    for attempt in (sandbox.cluster.perform, sandbox.cluster.proceed, sandbox.cluster.follow):
        with pytest.raises(Permanent) as caught:
            attempt(plan)
        assert caught.value.reason is Reason.REPLACED


def test_daemon_pods_whose_set_is_gone_leave(sandbox: Sandbox) -> None:
    orphan = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "gone", "controller": True}
    sandbox.apply(workload("DaemonSet", "agent"))
    uid = sandbox.get("DaemonSet", "agent")["metadata"]["uid"]
    left = pinned(pod("left"))
    left["metadata"]["ownerReferences"] = [{**orphan, "uid": uid}]
    sandbox.server.apply(left)
    assert sandbox.preview("drain", node_ref(sandbox)).plan.params["total"] == "1"
    sandbox.server.access.allow("*", Rule(verbs=("*",), resources=("nodes", "pods", "pods/eviction")))
    assert sandbox.preview("drain", node_ref(sandbox)).plan.params["total"] == "0", "not known to be gone: it stays"


def test_k2_a_lost_cordon_is_looked_up(sandbox: Sandbox) -> None:
    plan = sandbox.plan("drain", node_ref(sandbox))
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)


def test_only_a_stepwise_action_proceeds(sandbox: Sandbox) -> None:
    plan = sandbox.plan("cordon", node_ref(sandbox))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.proceed(plan)
    assert caught.value.reason is Reason.REFUSED

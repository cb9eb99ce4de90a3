"""An autoscaler's bounds: one step, the room for it, and back."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Obj, Sandbox, workload

KIND = "HorizontalPodAutoscaler"


def autoscaler(low: int | None = 2, high: int = 5, **meta: Any) -> Obj:
    spec: Obj = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "maxReplicas": high,
        **({"minReplicas": low} if low is not None else {}),
    }
    meta = {"name": "web", "namespace": "shop", **meta}
    return {"apiVersion": "autoscaling/v2", "kind": KIND, "metadata": meta, "spec": spec}


def asking(cpu: str, *, replicas: int = 2, **spec: Any) -> Obj:
    """A Deployment `web` whose pods request this much."""
    found = workload("Deployment", "web", replicas=replicas)
    template = found["spec"]["template"]["spec"]
    template.update(spec)
    template["containers"][0]["resources"] = {"requests": {"cpu": cpu, "memory": "1Gi"}}
    return found


def spec_of(sandbox: Sandbox) -> Obj:
    found: Obj = sandbox.get(KIND, "web")["spec"]
    return found


def test_the_maximum_goes_up_and_back(sandbox: Sandbox) -> None:
    sandbox.apply(asking("1"), autoscaler())
    preview = sandbox.preview("hpa_raise_max", sandbox.ref(KIND, "web"))
    assert preview.changes == (Change("maxReplicas", "5", "8"),)
    # Two nodes of 8 CPUs, one pod of 1 on each.
    assert preview.cautions == (Caution(cautions.SPARE_ROOM, "14"),)
    done = sandbox.cluster.perform(preview.plan)
    assert (spec_of(sandbox)["maxReplicas"], spec_of(sandbox)["minReplicas"]) == (8, 2)
    assert sandbox.cluster.follow(preview.plan).finished
    assert sandbox.cluster.happened(preview.plan)
    assert done.undo is not None
    assert (done.undo.action, done.undo.params) == ("hpa_raise_max", {"max": "5", "back": "8"})
    back = sandbox.preview(done.undo.action, done.undo.ref, **done.undo.params)
    assert (back.changes, back.cautions, back.refusal) == ((Change("maxReplicas", "8", "5"),), (), None)
    again = sandbox.cluster.perform(back.plan).undo
    assert spec_of(sandbox)["maxReplicas"] == 5
    assert again is not None
    assert (again.action, again.params) == ("hpa_raise_max", {"max": "8", "back": "5"})


def test_the_minimum_goes_down_and_back(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler(low=5, high=9))
    preview = sandbox.preview("hpa_lower_min", sandbox.ref(KIND, "web"))
    assert (preview.changes, preview.cautions) == ((Change("minReplicas", "5", "2"),), ())
    undo = sandbox.cluster.perform(preview.plan).undo
    assert spec_of(sandbox)["minReplicas"] == 2
    assert undo is not None
    back = sandbox.preview(undo.action, undo.ref, **undo.params)
    sandbox.cluster.perform(back.plan)
    assert spec_of(sandbox)["minReplicas"] == 5


@pytest.mark.parametrize(
    ("action", "low", "high", "asked", "code", "detail"),
    [
        ("hpa_raise_max", 2, 5, {"max": "5"}, cautions.STANDS_AT, "5"),
        ("hpa_raise_max", 2, 5, {"max": "4"}, cautions.STANDS_AT, "5"),
        ("hpa_raise_max", 2, 5, {"max": "11"}, cautions.AT_LIMIT, "6-10"),
        ("hpa_raise_max", 2, 100, {"max": "121"}, cautions.AT_LIMIT, "101-120"),
        ("hpa_raise_max", 2, 5, {"max": "-6"}, cautions.BAD_PARAM, "max"),
        ("hpa_raise_max", 2, 5, {"max": "9" * 5000}, cautions.BAD_PARAM, "max"),
        ("hpa_raise_max", 2, 5, {"max": "4", "back": "9"}, cautions.STANDS_AT, "5"),
        ("hpa_lower_min", 3, 5, {"min": "3"}, cautions.STANDS_AT, "3"),
        ("hpa_lower_min", 3, 5, {"min": "0"}, cautions.AT_LIMIT, "1-2"),
        ("hpa_lower_min", None, 5, {}, cautions.STANDS_AT, "1"),
        ("hpa_lower_min", 3, 5, {"min": "4", "back": "1"}, cautions.STANDS_AT, "3"),
        ("hpa_lower_min", 3, 5, {"min": "two"}, cautions.BAD_PARAM, "min"),
    ],
)
def test_k7_bounds_outside_the_policy(
    sandbox: Sandbox, action: str, low: int | None, high: int, asked: dict[str, str], code: str, detail: str
) -> None:
    sandbox.apply(autoscaler(low, high), seconds=1)
    assert sandbox.preview(action, sandbox.ref(KIND, "web"), **asked).refusal == Caution(code, detail)


@pytest.mark.parametrize(("high", "chosen"), [(1, "2"), (5, "8"), (40, "60"), (100, "120")])
def test_half_as_much_again_within_one_step(sandbox: Sandbox, high: int, chosen: str) -> None:
    sandbox.apply(autoscaler(1, high), seconds=1)
    assert sandbox.preview("hpa_raise_max", sandbox.ref(KIND, "web")).plan.params["max"] == chosen


def test_the_api_server_keeps_the_minimum_below_the_maximum(sandbox: Sandbox) -> None:
    sandbox.apply(autoscaler(low=3, high=5), seconds=1)
    refusal = sandbox.preview("hpa_lower_min", sandbox.ref(KIND, "web"), min="6", back="3").refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert "must be greater than or equal to `minReplicas`" in refusal.detail


def test_the_room_is_short(sandbox: Sandbox) -> None:
    sandbox.apply(asking("3", replicas=2), autoscaler(high=8))
    preview = sandbox.preview("hpa_raise_max", sandbox.ref(KIND, "web"))
    # 5 CPUs are left on each of two nodes, and a pod takes 3: one each, although 10 would hold three.
    assert preview.cautions == (Caution(cautions.SHORT_ROOM, "2"),)


def test_only_nodes_that_take_the_pods_have_room(sandbox: Sandbox) -> None:
    sandbox.apply(asking("2", replicas=1, nodeSelector={"disk": "ssd"}), autoscaler(low=1))
    ref = sandbox.ref(KIND, "web")
    assert sandbox.preview("hpa_raise_max", ref).cautions == (Caution(cautions.SHORT_ROOM, "0"),)

    def label(found: Obj) -> None:
        found["metadata"]["labels"] = {"disk": "ssd"}

    for name in ("worker-1", "worker-2"):
        sandbox.edit("Node", name, label, "")
    sandbox.server.step(30)
    assert sandbox.preview("hpa_raise_max", ref).cautions == (Caution(cautions.SPARE_ROOM, "7"),)

    def cordon(found: Obj) -> None:
        found["spec"] = {"unschedulable": True}

    def taint(found: Obj) -> None:
        found["spec"] = {"taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}

    sandbox.edit("Node", "worker-1", cordon, "")
    sandbox.edit("Node", "worker-2", taint, "")
    assert sandbox.preview("hpa_raise_max", ref).cautions == (Caution(cautions.SHORT_ROOM, "0"),)

    def tolerate(found: Obj) -> None:
        tolerations = [{"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}]
        found["spec"]["template"]["spec"]["tolerations"] = tolerations

    sandbox.edit("Deployment", "web", tolerate)
    assert sandbox.preview("hpa_raise_max", ref).cautions[0].code in (cautions.SPARE_ROOM, cautions.SHORT_ROOM)
    assert sandbox.preview("hpa_raise_max", ref).cautions[0].detail != "0"


def test_without_a_size_or_a_right_the_room_is_not_told(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler())
    ref = sandbox.ref(KIND, "web")
    assert sandbox.preview("hpa_raise_max", ref).cautions == ()
    sandbox.apply(asking("1"))
    sandbox.server.access.allow(
        "*", Rule(resources=("horizontalpodautoscalers", "deployments"), groups=("autoscaling", "apps"))
    )
    preview = sandbox.preview("hpa_raise_max", ref)
    assert (preview.cautions, preview.refusal) == ((), None)


def test_going_back_under_what_runs_is_said(sandbox: Sandbox) -> None:
    load = {"sandbox/load-percent": "640"}
    sandbox.apply(workload("Deployment", "web"), autoscaler(high=8, annotations=load))
    assert sandbox.get("Deployment", "web")["spec"]["replicas"] == 8
    back = sandbox.preview("hpa_raise_max", sandbox.ref(KIND, "web"), max="5", back="8")
    assert back.cautions == (Caution(cautions.ABOVE_MAX, "8"),)


def test_somebody_elses_bound_will_not_arrive(sandbox: Sandbox) -> None:
    sandbox.apply(autoscaler(), seconds=1)
    plan = sandbox.plan("hpa_raise_max", sandbox.ref(KIND, "web"))
    sandbox.cluster.perform(plan)
    sandbox.apply(autoscaler(high=6), seconds=1)
    assert sandbox.cluster.follow(plan).failed == "maxReplicas is 6 by now, not 8"


def test_k2_a_lost_answer_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(autoscaler(), seconds=1)
    plan = sandbox.plan("hpa_raise_max", sandbox.ref(KIND, "web"))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)
    assert sandbox.sent("PATCH") == 1


def test_k1_a_bound_changed_meanwhile_is_a_conflict(sandbox: Sandbox) -> None:
    sandbox.apply(autoscaler(), seconds=1)
    plan = sandbox.plan("hpa_raise_max", sandbox.ref(KIND, "web"))
    sandbox.apply(autoscaler(high=7), seconds=1)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert spec_of(sandbox)["maxReplicas"] == 7

"""What every change has in common: preconditions, lost answers, denials, and that nothing is sent twice."""

import pytest

from chatops.core import cautions
from chatops.core.actions import Plan
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, workload

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def template_note(sandbox: Sandbox, kind: str, name: str) -> str:
    notes = sandbox.get(kind, name)["spec"]["template"]["metadata"].get("annotations") or {}
    return str(notes.get(RESTARTED_AT, ""))


@pytest.mark.parametrize("action", ["rollout_restart", "scale_up"])
def test_k2_a_lost_answer_is_an_unknown_outcome_and_never_repeated(sandbox: Sandbox, action: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan(action, sandbox.ref("Deployment", "web"))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.sent("PATCH") == 1
    assert sandbox.cluster.happened(plan)


def test_k2_an_answer_lost_before_the_effect_did_not_happen(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    sandbox.server.fail(Fault(kind="drop_before", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.sent("PATCH") == 1
    assert not sandbox.cluster.happened(plan)


def test_k2_a_patch_that_hangs_is_an_unknown_outcome(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    sandbox.server.fail(Fault(kind="hang", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.connect(read_timeout=0.2).perform(plan)
    sandbox.server.faults.clear()
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.server.requests.wait_for(1, method="PATCH")
    assert sandbox.sent("PATCH") == 1


@pytest.mark.parametrize("code", [429, 503])
def test_k2_a_patch_turned_away_is_sent_again(sandbox: Sandbox, code: int) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    sandbox.server.fail(Fault(kind="status", code=code, retry_after=1, method="PATCH", times=2))
    sandbox.cluster.perform(plan)
    assert sandbox.sent("PATCH") == 3


def test_k2_a_server_that_is_away_is_temporary(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    with sandbox.server.away(), pytest.raises(Temporary):
        sandbox.cluster.perform(plan)
    sandbox.cluster.perform(plan)
    assert sandbox.sent("PATCH") == 1


def test_k1_a_status_that_moved_on_is_no_conflict(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), seconds=1)
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    sandbox.server.step(120)
    assert sandbox.get("Deployment", "web")["metadata"]["resourceVersion"] != plan.resource_version
    sandbox.cluster.perform(plan)
    assert template_note(sandbox, "Deployment", "web") == plan.params["restarted_at"]


@pytest.mark.parametrize("action", ["rollout_restart", "rollout_undo", "scale_up"])
def test_k1_a_spec_that_changed_since_is_a_conflict_and_nothing_is_changed(sandbox: Sandbox, action: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    sandbox.release("Deployment", "web", "app:2")
    plan = sandbox.plan(action, sandbox.ref("Deployment", "web"))
    sandbox.release("Deployment", "web", "app:3")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.taken("PATCH") == 0


def test_k1_a_plan_without_a_generation_holds_to_its_version(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Deployment", "web")
    plan = Plan("rollout_restart", ref, "1", {"restarted_at": "2026-11-23T09:00:00Z"})
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.taken("PATCH") == 0


@pytest.mark.parametrize("action", ["rollout_restart", "scale_up"])
def test_what_is_as_it_was_previewed_is_changed_without_another_look(sandbox: Sandbox, action: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan(action, sandbox.ref("Deployment", "web"))
    sandbox.server.requests.clear()
    sandbox.cluster.perform(plan)
    assert [record.method for record in sandbox.server.requests.matching()] == ["PATCH"]


@pytest.mark.parametrize("action", ["rollout_restart", "scale_up"])
def test_k1_conflicts_without_end_are_given_up(sandbox: Sandbox, action: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan(action, sandbox.ref("Deployment", "web"))
    sandbox.server.fail(Fault(kind="status", code=409, method="PATCH", times=99))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.sent("PATCH") == 5


@pytest.mark.parametrize("action", ["rollout_restart", "scale_up"])
def test_k4_an_object_replaced_since_is_not_touched(sandbox: Sandbox, action: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Deployment", "web")
    plan = sandbox.plan(action, ref)
    kind = next(each for each in sandbox.server.kinds if each.kind == "Deployment")
    sandbox.server.store.delete(kind, "shop", "web")
    sandbox.apply(workload("Deployment", "web"))
    assert sandbox.ref("Deployment", "web").uid != ref.uid
    for attempt in (lambda: sandbox.cluster.perform(plan), lambda: sandbox.preview(action, ref)):
        with pytest.raises(Permanent) as caught:
            attempt()
        assert caught.value.reason is Reason.REPLACED
    assert sandbox.taken("PATCH") == 0


def test_an_object_that_is_gone(sandbox: Sandbox) -> None:
    with pytest.raises(Permanent) as caught:
        sandbox.preview("rollout_restart", ObjectRef("Deployment", "web", "shop"))
    assert caught.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("rollout_restart", "Deployment"),
        ("rollout_undo", "Deployment"),
        ("scale_up", "Deployment"),
        ("delete_pod", "Pod"),
    ],
)
def test_what_the_server_denies_is_refused_before_it_is_confirmed(sandbox: Sandbox, action: str, kind: str) -> None:
    sandbox.apply(workload("Deployment", "web"))
    sandbox.release("Deployment", "web", "app:2")
    name = "web" if kind == "Deployment" else sandbox.pods("web")[0]["metadata"]["name"]
    ref = sandbox.ref(kind, name)
    sandbox.server.access.allow("*", Rule(verbs=("get", "list")))
    refusal = sandbox.preview(action, ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert "is forbidden" in refusal.detail


def test_a_denial_after_the_preview_is_permanent(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    plan = sandbox.plan("rollout_restart", sandbox.ref("Deployment", "web"))
    sandbox.server.access.allow("*", Rule(verbs=("get", "list")))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.FORBIDDEN
    assert "cannot patch resource" in caught.value.detail


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("scale_up", "DaemonSet"),
        ("delete_pod", "Deployment"),
        ("logs", "Pod"),
        ("cordon", "Pod"),
        ("silence", "Node"),
        ("", "Pod"),
    ],
)
def test_what_does_not_apply_is_refused(sandbox: Sandbox, action: str, kind: str) -> None:
    refusal = sandbox.preview(action, ObjectRef(kind, "web", "shop")).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail) == (cautions.NOT_APPLICABLE, kind)
    assert sandbox.server.requests.matching() == []


def test_a_plan_of_no_action_is_refused(sandbox: Sandbox) -> None:
    plan = Plan("silence", ObjectRef("Node", "worker-1"))
    for attempt in (sandbox.cluster.perform, sandbox.cluster.follow, sandbox.cluster.happened):
        with pytest.raises(Permanent) as caught:
            attempt(plan)
        assert caught.value.reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("rollout_restart", {}),
        ("rollout_undo", {"revision": ""}),
        ("scale_up", {}),
        ("scale_up", {"replicas": "-1"}),
        ("scale_down", {"replicas": "²"}),
        ("scale_down", {"replicas": "9" * 30}),
    ],
)
def test_a_plan_that_no_preview_made_is_refused(sandbox: Sandbox, action: str, params: dict[str, str]) -> None:
    plan = Plan(action, ObjectRef("Deployment", "web", "shop"), params=params)
    for attempt in (sandbox.cluster.perform, sandbox.cluster.follow, sandbox.cluster.happened):
        with pytest.raises(Permanent) as caught:
            attempt(plan)
        assert caught.value.reason is Reason.REFUSED
    assert sandbox.server.requests.matching() == []

"""What Git says, applied now: Argo CD's and Flux's parts are played by the test."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.sandbox import Obj, Sandbox

ACTION_ID = "chatops.io/action-id"
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
MOMENT = "2026-11-23T09:00:00.000000Z"
FLUX = "kustomize.toolkit.fluxcd.io/v1"


@pytest.fixture(autouse=True)
def controllers(sandbox: Sandbox) -> None:
    sandbox.server.register(custom_resource("argoproj.io/v1alpha1", "applications", "Application"))
    sandbox.server.register(custom_resource(FLUX, "kustomizations", "Kustomization", sub="status"))


def application(policy: Obj | None = None, status: Obj | None = None, **spec: Any) -> Obj:
    source = {"repoURL": "https://git.example.com/shop", "path": "deploy", "targetRevision": "main"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {"source": source, "project": "default", **({"syncPolicy": policy} if policy else {}), **spec},
        "status": {"sync": {"status": "OutOfSync", "revision": "3f2c9a1d55e0b7"}, **(status or {})},
    }


def kustomization(**spec: Any) -> Obj:
    return {
        "apiVersion": FLUX,
        "kind": "Kustomization",
        "metadata": {
            "name": "apps",
            "namespace": "flux-system",
            "labels": {"kustomize.toolkit.fluxcd.io/name": "root"},
        },
        "spec": {"interval": "10m", "path": "./apps", **spec},
    }


def sees(sandbox: Sandbox, **status: Any) -> None:
    """What Argo CD's controller writes into the Application."""

    def change(found: Obj) -> None:
        found["status"] = {**found["status"], **status}

    sandbox.edit("Application", "shop", change, "argocd")


def works(sandbox: Sandbox, phase: str, message: str) -> None:
    """Argo CD takes the operation up, and puts it away when it has ended."""

    def change(found: Obj) -> None:
        state = (found.get("status") or {}).get("operationState") or {}
        operation = found.get("operation") or state.get("operation")
        found["status"]["operationState"] = {"operation": operation, "phase": phase, "message": message}
        if phase not in ("Running", "Terminating"):
            found.pop("operation", None)

    sandbox.edit("Application", "shop", change, "argocd")


def handles(sandbox: Sandbox, at: str, *conditions: tuple[str, str, str]) -> None:
    """Flux answers the request of this moment."""

    def change(found: Obj) -> None:
        found["status"] = {
            "lastHandledReconcileAt": at,
            "conditions": [
                {"type": kind, "status": status, "reason": reason, "message": "said"}
                for kind, status, reason in conditions
            ],
        }

    sandbox.edit("Kustomization", "apps", change, "flux-system")


def synced(sandbox: Sandbox, given: Obj) -> tuple[Plan, Obj]:
    sandbox.apply(given, seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref("Application", "shop", "argocd"))
    sandbox.cluster.perform(plan)
    found: Obj = sandbox.get("Application", "shop", "argocd")
    return plan, found


def test_an_application_is_synced(sandbox: Sandbox) -> None:
    sandbox.apply(application(), seconds=1)
    preview = sandbox.preview("gitops_sync", sandbox.ref("Application", "shop", "argocd"))
    assert (preview.changes, preview.cautions) == ((Change("revision", "3f2c9a1d55e0", "main"),), ())
    assert "operation" not in sandbox.get("Application", "shop", "argocd")
    # Argo CD refreshes the status all the time, and without a status subresource that counts as a new generation.
    sees(sandbox, reconciledAt="2026-11-23T09:01:00Z")
    plan = preview.plan
    assert sandbox.cluster.perform(plan).undo is None
    found = sandbox.get("Application", "shop", "argocd")
    action_id = plan.params["action_id"]
    assert found["operation"] == {
        "sync": {"revision": "main"},
        "initiatedBy": {"username": "chatops"},
        "info": [{"name": ACTION_ID, "value": action_id}],
    }
    assert found["metadata"]["annotations"] == {ACTION_ID: action_id}
    assert sandbox.cluster.happened(plan)
    assert sandbox.cluster.follow(plan).detail == "waiting for Argo CD"
    works(sandbox, "Running", "waiting for healthy state of apps/Deployment/web")
    running = sandbox.cluster.follow(plan)
    assert (running.finished, running.detail) == (False, "waiting for healthy state of apps/Deployment/web")
    works(sandbox, "Succeeded", "successfully synced (all tasks run)")
    arrived = sandbox.cluster.follow(plan)
    assert (arrived.finished, arrived.detail) == (True, "successfully synced (all tasks run)")


@pytest.mark.parametrize("phase", ["Failed", "Error"])
def test_a_sync_that_fails(sandbox: Sandbox, phase: str) -> None:
    plan, _ = synced(sandbox, application())
    works(sandbox, phase, "one or more objects failed to apply")
    assert sandbox.cluster.follow(plan).failed == f"{phase}: one or more objects failed to apply"


def test_an_operation_that_ended_before_is_not_taken_for_ours(sandbox: Sandbox) -> None:
    earlier = {"operation": {"sync": {}}, "phase": "Failed", "message": "of yesterday"}
    plan, _ = synced(sandbox, application(status={"operationState": earlier}))
    waiting = sandbox.cluster.follow(plan)
    assert (waiting.failed, waiting.detail) == ("", "waiting for Argo CD")

    def drop(found: Obj) -> None:
        del found["operation"]

    sandbox.edit("Application", "shop", drop, "argocd")
    assert sandbox.cluster.follow(plan).failed == "another operation took its place"


def test_the_applications_own_ways_are_kept(sandbox: Sandbox) -> None:
    policy = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["ServerSideApply=true"]}
    _, found = synced(sandbox, application(policy))
    assert found["operation"]["sync"] == {
        "revision": "main",
        "syncOptions": ["ServerSideApply=true"],
        "prune": True,
    }


def test_several_sources_have_a_revision_each(sandbox: Sandbox) -> None:
    sources = [{"repoURL": "a", "targetRevision": "v1"}, {"repoURL": "b"}]
    given = application(sources=sources)
    sandbox.apply(given, seconds=1)
    ref = sandbox.ref("Application", "shop", "argocd")
    assert sandbox.preview("gitops_sync", ref).changes[0].after == "v1, HEAD"
    _, found = synced(sandbox, given)
    assert found["operation"]["sync"] == {"revisions": ["v1", ""]}


@pytest.mark.parametrize("phase", ["Running", "Terminating"])
def test_an_application_at_work_is_left_alone(sandbox: Sandbox, phase: str) -> None:
    sandbox.apply(application(status={"operationState": {"phase": phase}}), seconds=1)
    ref = sandbox.ref("Application", "shop", "argocd")
    assert sandbox.preview("gitops_sync", ref).refusal == Caution(cautions.SYNCING)


def test_k1_an_operation_begun_since_the_preview_is_not_mingled_with(sandbox: Sandbox) -> None:
    sandbox.apply(application(), seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref("Application", "shop", "argocd"))

    def begin(found: Obj) -> None:
        found["operation"] = {"sync": {"prune": True}}

    sandbox.edit("Application", "shop", begin, "argocd")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.sent("PATCH") == 0


def test_an_application_in_sync_is_said_to_be(sandbox: Sandbox) -> None:
    sandbox.apply(application(status={"sync": {"status": "Synced", "revision": "abc"}}), seconds=1)
    ref = sandbox.ref("Application", "shop", "argocd")
    assert sandbox.preview("gitops_sync", ref).cautions == (Caution(cautions.IN_SYNC),)


def test_flux_is_asked(sandbox: Sandbox) -> None:
    sandbox.apply(kustomization(), seconds=1)
    preview = sandbox.preview("gitops_sync", sandbox.ref("Kustomization", "apps", "flux-system"))
    assert (preview.changes, preview.cautions) == ((Change("requestedAt", "", MOMENT),), ())
    plan = preview.plan
    assert not sandbox.cluster.happened(plan)
    assert sandbox.cluster.perform(plan).undo is None
    notes = sandbox.get("Kustomization", "apps", "flux-system")["metadata"]["annotations"]
    assert notes == {ACTION_ID: plan.params["action_id"], REQUESTED_AT: MOMENT}
    assert sandbox.cluster.happened(plan)
    handles(sandbox, "2026-11-22T00:00:00Z", ("Ready", "True", "ReconciliationSucceeded"))
    assert sandbox.cluster.follow(plan).detail == "waiting for Flux"
    handles(sandbox, MOMENT, ("Ready", "Unknown", "Progressing"), ("Reconciling", "True", "Progressing"))
    running = sandbox.cluster.follow(plan)
    assert (running.finished, running.failed, running.detail) == (False, "", "Progressing: said")
    handles(sandbox, MOMENT, ("Ready", "True", "ReconciliationSucceeded"))
    arrived = sandbox.cluster.follow(plan)
    assert (arrived.finished, arrived.detail) == (True, "ReconciliationSucceeded: said")


@pytest.mark.parametrize(
    "conditions",
    [
        (("Ready", "False", "BuildFailed"),),
        (("Ready", "False", "BuildFailed"), ("Reconciling", "True", "ProgressingWithRetry")),
        (("Ready", "False", "BuildFailed"), ("Stalled", "True", "BuildFailed")),
    ],
)
def test_a_reconciliation_that_fails(sandbox: Sandbox, conditions: tuple[tuple[str, str, str], ...]) -> None:
    sandbox.apply(kustomization(), seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref("Kustomization", "apps", "flux-system"))
    sandbox.cluster.perform(plan)
    handles(sandbox, MOMENT, *conditions)
    assert sandbox.cluster.follow(plan).failed == "BuildFailed: said"


def test_a_request_that_another_replaced(sandbox: Sandbox) -> None:
    sandbox.apply(kustomization(), seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref("Kustomization", "apps", "flux-system"))
    sandbox.cluster.perform(plan)
    sandbox.annotate("Kustomization", "apps", {REQUESTED_AT: "later"}, "flux-system")
    assert sandbox.cluster.follow(plan).failed == "another request took its place"


def test_what_is_suspended_is_not_asked(sandbox: Sandbox) -> None:
    sandbox.apply(kustomization(suspend=True), seconds=1)
    ref = sandbox.ref("Kustomization", "apps", "flux-system")
    assert sandbox.preview("gitops_sync", ref).refusal == Caution(cautions.SUSPENDED)


@pytest.mark.parametrize(
    ("kind", "given", "namespace"),
    [("Application", application(), "argocd"), ("Kustomization", kustomization(), "flux-system")],
)
def test_k2_a_lost_answer_is_looked_up(sandbox: Sandbox, kind: str, given: Obj, namespace: str) -> None:
    sandbox.apply(given, seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref(kind, given["metadata"]["name"], namespace))
    assert not sandbox.cluster.happened(plan)
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)

"""Certificate requests: those of nodes, approved once, by the request as it is."""

import json
from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.kinds import REQUESTS
from tests.cluster.sandbox import Obj, Sandbox

KIND = "CertificateSigningRequest"
SERVING = "kubernetes.io/kubelet-serving"
CLIENT = "kubernetes.io/kube-apiserver-client-kubelet"


def request(signer: str = SERVING, user: str = "system:node:worker-1", **status: Any) -> Obj:
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": KIND,
        "metadata": {"name": "csr-abcde"},
        "spec": {
            "request": "LS0tLS1CRUdJTg==",
            "signerName": signer,
            "username": user,
            "groups": ["system:nodes", "system:authenticated"],
            "usages": ["digital signature", "server auth"],
            "extra": {"node": ["worker-1"]},
        },
        **({"status": status} if status else {}),
    }


def ref(sandbox: Sandbox) -> ObjectRef:
    return sandbox.ref(KIND, "csr-abcde", "")


def conditions(sandbox: Sandbox) -> list[Obj]:
    return list((sandbox.get(KIND, "csr-abcde", "").get("status") or {}).get("conditions") or ())


def test_a_node_gets_its_certificate(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    preview = sandbox.preview("approve_csr", ObjectRef(KIND, "csr-abcde", cluster="demo"))
    assert preview.changes == (
        Change("requestor", "", "system:node:worker-1"),
        Change("signer", "", SERVING),
        Change("usages", "", "digital signature, server auth"),
    )
    assert preview.cautions == ()
    assert conditions(sandbox) == []
    assert not sandbox.cluster.happened(preview.plan)
    before = sandbox.get(KIND, "csr-abcde", "")
    assert sandbox.cluster.perform(preview.plan).undo is None
    (condition,) = conditions(sandbox)
    action_id = preview.plan.params["action_id"]
    assert (condition["type"], condition["status"], condition["reason"]) == ("Approved", "True", "ChatopsApprove")
    assert action_id in condition["message"]
    assert condition["lastUpdateTime"]
    (sent,) = [each for each in sandbox.server.requests.matching(method="PUT") if "dryRun" not in each.query]
    assert json.loads(sent.body)["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    assert sandbox.get(KIND, "csr-abcde", "")["spec"] == before["spec"]
    assert sandbox.cluster.happened(preview.plan)
    waiting = sandbox.cluster.follow(preview.plan)
    assert (waiting.finished, waiting.detail) == (False, "approved, waiting for the certificate")
    sandbox.server.step(1)
    assert sandbox.cluster.follow(preview.plan).finished


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (request("example.com/mine"), Caution(cautions.FOREIGN_SIGNER, "example.com/mine")),
        (
            request("kubernetes.io/kube-apiserver-client"),
            Caution(cautions.FOREIGN_SIGNER, "kubernetes.io/kube-apiserver-client"),
        ),
        (request(conditions=[{"type": "Approved", "status": "True"}]), Caution(cautions.DECIDED, "Approved")),
        (request(conditions=[{"type": "Denied", "status": "True"}]), Caution(cautions.DECIDED, "Denied")),
    ],
)
def test_what_is_not_approved(sandbox: Sandbox, given: Obj, expected: Caution) -> None:
    sandbox.apply(given, seconds=1)
    assert sandbox.preview("approve_csr", ref(sandbox)).refusal == expected


@pytest.mark.parametrize(
    ("user", "warned"),
    [("system:bootstrap:abcdef", False), ("system:serviceaccount:shop:default", True), ("mallory", True)],
)
def test_who_asks_is_looked_at(sandbox: Sandbox, user: str, warned: bool) -> None:
    sandbox.apply(request(CLIENT, user), seconds=1)
    expected = (Caution(cautions.NO_NODE, user),) if warned else ()
    assert sandbox.preview("approve_csr", ref(sandbox)).cautions == expected


def test_the_right_to_approve_is_given_by_signer(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    seen = ref(sandbox)
    may = Rule(resources=("certificatesigningrequests", "certificatesigningrequests/approval"))
    sandbox.server.access.allow("*", may)
    refusal = sandbox.preview("approve_csr", seen).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert f'not permitted to approve requests with signerName "{SERVING}"' in refusal.detail
    sandbox.server.access.allow("*", Rule(verbs=("approve",), resources=("signers",), names=(SERVING,)))
    assert sandbox.preview("approve_csr", seen).refusal is None


def test_k1_a_request_that_moves_on_is_read_again(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    plan = sandbox.plan("approve_csr", ref(sandbox))
    sandbox.annotate(KIND, "csr-abcde", {"seen": "1"}, "")
    sandbox.cluster.perform(plan)
    assert [each["type"] for each in conditions(sandbox)] == ["Approved"]


def test_k1_a_request_denied_meanwhile_stays_denied(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    plan = sandbox.plan("approve_csr", ref(sandbox))
    sandbox.apply(request(conditions=[{"type": "Denied", "status": "True"}]), seconds=1)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert sandbox.sent("PUT") == 0
    assert sandbox.cluster.follow(plan).failed.startswith("Denied")
    assert not sandbox.cluster.happened(plan)


def test_k2_a_lost_approval_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    plan = sandbox.plan("approve_csr", ref(sandbox))
    sandbox.server.fail(Fault(kind="drop_after", method="PUT"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)
    assert sandbox.sent("PUT") == 1


def test_k4_another_request_of_the_same_name(sandbox: Sandbox) -> None:
    sandbox.apply(request(), seconds=1)
    plan = sandbox.plan("approve_csr", ref(sandbox))
    sandbox.server.store.delete(REQUESTS, "", "csr-abcde")
    sandbox.apply(request(user="mallory"), seconds=1)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.REPLACED
    assert conditions(sandbox) == []

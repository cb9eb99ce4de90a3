"""A Certificate issued anew, with cert-manager's part played by the test."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.sandbox import Obj, Sandbox

KIND = "Certificate"
READY = {
    "type": "Ready",
    "status": "True",
    "reason": "Ready",
    "message": "Certificate is up to date and has not expired",
    "lastTransitionTime": "2026-10-01T00:00:00Z",
    "observedGeneration": 3,
}
ISSUED = {"conditions": [READY], "revision": 4, "notAfter": "2026-12-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def cert_manager(sandbox: Sandbox) -> None:
    sandbox.server.register(custom_resource("cert-manager.io/v1", "certificates", KIND, sub="status"))


def certificate(status: Obj | None = None, **meta: Any) -> Obj:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": KIND,
        "metadata": {"name": "shop-tls", "namespace": "shop", **meta},
        "spec": {"secretName": "shop-tls", "dnsNames": ["shop.example.com"], "issuerRef": {"name": "le"}},
        "status": ISSUED if status is None else status,
    }


def reports(sandbox: Sandbox, **status: Any) -> None:
    """What cert-manager writes into the status."""

    def change(found: Obj) -> None:
        found["status"] = {**found["status"], **status}

    sandbox.edit(KIND, "shop-tls", change)


def test_a_certificate_is_renewed(sandbox: Sandbox) -> None:
    sandbox.apply(certificate(), seconds=1)
    preview = sandbox.preview("cert_renew", sandbox.ref(KIND, "shop-tls"))
    assert preview.changes == (Change("revision", "4", "5"), Change("notAfter", "2026-12-01T00:00:00Z", ""))
    assert preview.refusal is None
    assert sandbox.get(KIND, "shop-tls")["status"] == ISSUED
    assert not sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.perform(preview.plan).undo is None
    (sent,) = [each for each in sandbox.server.requests.matching(method="PATCH") if "dryRun" not in each.query]
    assert sent.path.endswith("/certificates/shop-tls/status")
    ready, issuing = sandbox.get(KIND, "shop-tls")["status"]["conditions"]
    assert ready == READY
    assert (issuing["type"], issuing["status"], issuing["reason"]) == ("Issuing", "True", "ManuallyTriggered")
    assert issuing["lastTransitionTime"] == "2026-11-23T09:00:00Z"
    assert sandbox.get(KIND, "shop-tls")["status"]["revision"] == 4
    assert sandbox.cluster.happened(preview.plan)
    waiting = sandbox.cluster.follow(preview.plan)
    assert not waiting.finished
    assert waiting.detail.startswith("ManuallyTriggered: ")
    assert sandbox.preview("cert_renew", sandbox.ref(KIND, "shop-tls")).refusal == Caution(cautions.ISSUING)
    reports(sandbox, conditions=[READY], revision=5, notAfter="2027-02-01T00:00:00Z")
    arrived = sandbox.cluster.follow(preview.plan)
    assert (arrived.finished, arrived.detail) == (True, "2027-02-01T00:00:00Z")
    assert sandbox.cluster.happened(preview.plan)


def test_an_issuance_that_fails(sandbox: Sandbox) -> None:
    sandbox.apply(certificate(), seconds=1)
    plan = sandbox.plan("cert_renew", sandbox.ref(KIND, "shop-tls"))
    sandbox.cluster.perform(plan)
    failed = {"type": "Issuing", "status": "False", "reason": "Failed", "message": "order is in 'invalid' state"}
    reports(sandbox, conditions=[READY, failed])
    assert sandbox.cluster.follow(plan).failed == "Failed: order is in 'invalid' state"


def test_a_certificate_that_was_never_issued(sandbox: Sandbox) -> None:
    missing = {"type": "Ready", "status": "False", "reason": "DoesNotExist", "message": "Secret does not exist"}
    sandbox.apply(certificate({"conditions": [missing]}), seconds=1)
    preview = sandbox.preview("cert_renew", sandbox.ref(KIND, "shop-tls"))
    assert preview.changes == (Change("revision", "0", "1"),)
    sandbox.cluster.perform(preview.plan)
    reports(sandbox, conditions=[missing])
    assert sandbox.cluster.follow(preview.plan).detail == "DoesNotExist: Secret does not exist"
    reports(sandbox, conditions=[READY], revision=1, notAfter="2027-02-01T00:00:00Z")
    assert sandbox.cluster.follow(preview.plan).finished


def test_git_does_not_take_a_renewal_back(sandbox: Sandbox) -> None:
    sandbox.apply(certificate(labels={"argocd.argoproj.io/instance": "shop"}), seconds=1)
    assert sandbox.preview("cert_renew", sandbox.ref(KIND, "shop-tls")).cautions == ()


def test_k2_a_lost_answer_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.apply(certificate(), seconds=1)
    plan = sandbox.plan("cert_renew", sandbox.ref(KIND, "shop-tls"))
    sandbox.server.fail(Fault(kind="drop_after", method="PATCH"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert sandbox.cluster.happened(plan)


def test_k1_a_status_that_moves_on_is_kept(sandbox: Sandbox) -> None:
    sandbox.apply(certificate(), seconds=1)
    plan = sandbox.plan("cert_renew", sandbox.ref(KIND, "shop-tls"))
    other = {"type": "Other", "status": "True"}
    reports(sandbox, conditions=[READY, other])
    sandbox.cluster.perform(plan)
    found = sandbox.get(KIND, "shop-tls")["status"]["conditions"]
    assert [each["type"] for each in found] == ["Ready", "Other", "Issuing"]

"""cert_status: until when, and at which step of the way to a new one it is stuck."""

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef
from chatops.core.screens.trouble import trouble
from chatops.core.texts import tongue
from chatops.sandbox.kubeapi.operators import CERT_MANAGER
from tests.cluster.reports.reading import codes, condition, lines, names, now, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox

API, ACME = "cert-manager.io/v1", "acme.cert-manager.io/v1"


@pytest.fixture
def cert_manager(sandbox: Sandbox) -> Sandbox:
    for resource in CERT_MANAGER:
        sandbox.server.register(resource)
    return sandbox


def certificate(*conditions: Obj, expires: str, renewal: str, **status: object) -> Obj:
    spec = {
        "secretName": "shop-tls",
        "dnsNames": ["shop.example.com", "www.shop.example.com"],
        "issuerRef": {"kind": "ClusterIssuer", "name": "letsencrypt", "group": "cert-manager.io"},
    }
    told = {"conditions": list(conditions), "notAfter": expires, "renewalTime": renewal, "revision": 3, **status}
    return thing(API, "Certificate", "shop", spec, told)


def owned(made: Obj, owner: Obj) -> Obj:
    meta = owner["metadata"]
    made["metadata"]["ownerReferences"] = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": meta["name"],
            "uid": meta["uid"],
            "controller": True,
        }
    ]
    return made


READY = condition("Ready", "True", "Ready", "Certificate is up to date and has not expired")


def test_one_that_is_good(cert_manager: Sandbox) -> None:
    cert_manager.apply(certificate(READY, expires="2031-02-01T00:00:00Z", renewal="2031-01-01T00:00:00Z"))
    told = read(cert_manager, "cert_status", "Certificate", "shop")
    facts = dict(told.facts)
    assert told.facts[0] == ("ready", "True Ready")
    assert facts["expires"].startswith("2031-02-01 00:00 UTC (in ")
    assert facts["names"] == "shop.example.com, www.shop.example.com"
    assert facts["issuer"] == "ClusterIssuer/letsencrypt"
    assert facts["secret name"] == "shop-tls"
    assert (told.health, codes(told)) == (Health.GOOD, [])
    assert names(told) == ["ClusterIssuer/letsencrypt"]
    assert told.related[0].namespace == ""


def test_a_renewal_stuck_at_its_challenge(cert_manager: Sandbox) -> None:
    failing = condition("Issuing", "False", "Failed", "The certificate request has failed to complete")
    cert_manager.apply(
        certificate(
            READY,
            failing,
            expires="2031-02-01T00:00:00Z",
            renewal="2020-01-01T00:00:00Z",
            failedIssuanceAttempts=4,
            lastFailureTime="2020-01-02T00:00:00Z",
        )
    )
    own = cert_manager.get("Certificate", "shop")
    stale = owned(thing(API, "CertificateRequest", "shop-2", {}, creationTimestamp="2019-01-01T00:00:00Z"), own)
    pending = condition("Ready", "False", "Pending", "Waiting on certificate issuance from order")
    cert_manager.apply(stale, owned(thing(API, "CertificateRequest", "shop-3", {}, {"conditions": [pending]}), own))
    request = cert_manager.get("CertificateRequest", "shop-3")
    cert_manager.apply(owned(thing(ACME, "Order", "shop-3-1", {}, {"state": "pending"}), request))
    order = cert_manager.get("Order", "shop-3-1")
    why = "Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'"
    challenge = thing(
        ACME, "Challenge", "c1", {"type": "HTTP-01", "dnsName": "shop.example.com"}, {"state": "pending", "reason": why}
    )
    cert_manager.apply(owned(challenge, order), thing(ACME, "Challenge", "stranger", {"type": "DNS-01"}))
    told = read(cert_manager, "cert_status", "Certificate", "shop")
    steps = lines(told, "Issuance")
    assert steps[0].startswith("CertificateRequest shop-3 Pending, ")
    assert steps[1:] == ["Order shop-3-1 pending", f"Challenge HTTP-01 shop.example.com pending: {why}"]
    assert (codes(told), told.health) == (["cert_renewal_late"], Health.WARN)
    assert dict(told.facts)["failed attempts"] == "4"
    assert section(told, "Conditions")[0].health is Health.BAD


def test_one_that_has_expired(cert_manager: Sandbox) -> None:
    expired = condition("Ready", "False", "Expired", "Certificate expired on Tue, 03 Mar 2020")
    cert_manager.apply(certificate(expired, expires="2020-03-03T00:00:00Z", renewal="2020-02-03T00:00:00Z"))
    told = read(cert_manager, "cert_status", "Certificate", "shop")
    assert (codes(told), told.health) == (["cert_expired"], Health.BAD)
    assert dict(told.facts)["message"].startswith("Certificate expired")


@pytest.mark.parametrize("kind", ["Issuer", "ClusterIssuer"])
def test_an_issuer_that_could_not_register(cert_manager: Sandbox, kind: str) -> None:
    why = 'Failed to register ACME account: Get "https://acme.example.com/directory": dial tcp: i/o timeout'
    status = {"conditions": [condition("Ready", "False", "ErrRegisterACMEAccount", why)]}
    spec = {"acme": {"server": "https://acme.example.com/acme/canary-path", "email": "canary@example.com"}}
    namespace = "shop" if kind == "Issuer" else ""
    cert_manager.apply(thing(API, kind, "letsencrypt", spec, status, namespace=namespace))
    told = read(cert_manager, "cert_status", kind, "letsencrypt", namespace)
    facts = dict(told.facts)
    assert (facts["ready"], facts["message"]) == ("False ErrRegisterACMEAccount", why)
    assert (facts["type"], facts["server"]) == ("acme", "acme.example.com")
    assert told.health is Health.BAD
    assert "canary" not in repr(told)


def test_a_cluster_without_cert_manager_says_so(sandbox: Sandbox) -> None:
    ref = ObjectRef("Certificate", "shop", "shop")
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.report("cert_status", ref, {}, now(sandbox))
    failure = caught.value
    assert (failure.reason, failure.detail) == (
        Reason.NOT_SERVED,
        "Certificate of cert-manager.io (cert-manager is not installed, or too old)",
    )
    with pytest.raises(Permanent) as described:
        sandbox.cluster.describe(ref)
    assert described.value.reason is Reason.NOT_SERVED
    screen = trouble(ref, failure.reason, failure.detail, tongue("en"), incident_id=1, again=None)
    assert "does not serve the API for it: Certificate of cert-manager.io" in screen.html


def test_a_certificate_that_is_gone_is_only_gone(cert_manager: Sandbox) -> None:
    with pytest.raises(Permanent) as caught:
        cert_manager.cluster.report("cert_status", ObjectRef("Certificate", "shop", "shop"), {}, now(cert_manager))
    assert caught.value.reason is Reason.NOT_FOUND


def test_without_acme_the_request_is_told_alone(sandbox: Sandbox) -> None:
    for resource in CERT_MANAGER:
        if resource.group == "cert-manager.io":
            sandbox.server.register(resource)
    sandbox.apply(certificate(READY, expires="2031-02-01T00:00:00Z", renewal="2031-01-01T00:00:00Z"))
    denied = {"conditions": [condition("Denied", "True", "policy", "not by our rules")]}
    sandbox.apply(owned(thing(API, "CertificateRequest", "shop-1", {}, denied), sandbox.get("Certificate", "shop")))
    [line] = section(read(sandbox, "cert_status", "Certificate", "shop"), "Issuance")
    assert line.text.endswith(": not by our rules")
    assert line.health is Health.BAD

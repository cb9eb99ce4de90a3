"""What the stand-in refuses and does with claims, quotas, certificate requests and custom resources."""

from __future__ import annotations

from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.kinds import custom_resource

from .conftest import JSON_PATCH, Http, Obj

CLAIM = "/api/v1/namespaces/shop/persistentvolumeclaims/data"
REQUEST = "/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-1"
SIGNER = "kubernetes.io/kubelet-serving"


def claim(phase: str = "Bound", **spec: Any) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}, **spec},
        "status": {"phase": phase, "capacity": {"storage": "10Gi"}} if phase == "Bound" else {"phase": phase},
    }


def storage_class(*, grows: bool = True) -> Obj:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "fast"},
        "provisioner": "disk.example.com",
        "allowVolumeExpansion": grows,
    }


def request() -> Obj:
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": "csr-1"},
        "spec": {"request": "LS0=", "signerName": SIGNER, "username": "system:node:n1", "usages": ["server auth"]},
    }


def size(storage: str) -> Obj:
    return {"spec": {"resources": {"requests": {"storage": storage}}}}


def status_of(server: KubeApiServer, kind: str, name: str, namespace: str = "") -> Obj:
    found = server.get(kind, name, namespace)
    assert found is not None
    status: Obj = found.get("status") or {}
    return status


def test_a_claim_grows_and_may_come_down_again_until_it_has_grown(server: KubeApiServer, http: Http) -> None:
    server.apply([storage_class(), claim()])
    assert http.patch(CLAIM, size("20Gi"), dryRun="All").status == 200
    assert http.patch(CLAIM, size("20Gi")).status == 200
    assert http.patch(CLAIM, size("15Gi")).status == 200
    for small in ("10Gi", "9Gi"):
        refused = http.patch(CLAIM, size(small))
        assert (refused.status, refused.body["reason"]) == (422, "Invalid")
        assert (
            "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
            in (refused.body["message"])
        )
    server.step(30)
    assert status_of(server, "PersistentVolumeClaim", "data", "shop")["capacity"] == {"storage": "15Gi"}
    assert http.patch(CLAIM, size("15Gi")).status == 200
    assert http.patch(CLAIM, size("12Gi")).status == 422


def test_a_class_that_does_not_grow(server: KubeApiServer, http: Http) -> None:
    server.apply([storage_class(grows=False), claim()])
    refused = http.patch(CLAIM, size("20Gi"))
    assert (refused.status, refused.body["reason"]) == (403, "Forbidden")
    assert refused.body["message"] == (
        'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the '
        "storageclass that provisions the pvc must support resize"
    )


@pytest.mark.parametrize(
    ("phase", "patch"),
    [("Pending", size("20Gi")), ("Bound", {"spec": {"storageClassName": "other"}}), ("Bound", {"spec": {"x": 1}})],
)
def test_the_rest_of_a_claim_is_immutable(server: KubeApiServer, http: Http, phase: str, patch: Obj) -> None:
    server.apply([storage_class(), claim(phase)])
    refused = http.patch(CLAIM, patch)
    assert refused.status == 422
    assert "spec is immutable after creation" in refused.body["message"]


def test_a_quantity_must_be_one(server: KubeApiServer, http: Http) -> None:
    meta = {"name": "ci", "namespace": "shop"}
    server.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": {"pods": "4"}}})
    path = "/api/v1/namespaces/shop/resourcequotas/ci"
    assert http.patch(path, {"spec": {"hard": {"pods": "many"}}}).status == 400
    assert http.patch(path, {"spec": {"hard": {"pods": "-1"}}}).status == 422
    assert http.patch(path, {"spec": {"hard": {"pods": "5"}}}).status == 200
    server.step(1)
    assert status_of(server, "ResourceQuota", "ci", "shop") == {"hard": {"pods": "5"}, "used": {"pods": "0"}}


def approved(kind: str = "Approved", status: str = "True") -> Obj:
    return {"type": kind, "status": status, "reason": "Tested"}


def test_an_approval_changes_the_conditions_only(server: KubeApiServer, http: Http) -> None:
    server.apply(request())
    body = http("GET", REQUEST).body
    body["spec"]["username"] = "mallory"
    body["metadata"]["labels"] = {"a": "b"}
    body["status"] = {"conditions": [approved()], "certificate": "bWluZQ=="}
    assert http("PUT", f"{REQUEST}/approval", body, dryRun="All").status == 200
    assert status_of(server, "CertificateSigningRequest", "csr-1") == {}
    done = http("PUT", f"{REQUEST}/approval", body)
    assert done.status == 200
    assert done.body["spec"]["username"] == "system:node:n1"
    assert "labels" not in done.body["metadata"]
    assert "certificate" not in done.body["status"]
    (condition,) = done.body["status"]["conditions"]
    assert condition["lastUpdateTime"] == condition["lastTransitionTime"] == "2026-11-23T09:00:00Z"
    assert http("PUT", f"{REQUEST}/approval", body).status == 409
    server.step(1)
    assert status_of(server, "CertificateSigningRequest", "csr-1")["certificate"]


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([approved(status="False")], 'status: Unsupported value: "False"'),
        ([approved(), approved()], 'type: Duplicate value: "Approved"'),
        ([approved(), approved("Denied")], "mutually exclusive"),
        ([{"status": "True"}], "type: Required value"),
        ([{"type": "Approved"}], "status: Required value"),
    ],
)
def test_conditions_that_cannot_be(server: KubeApiServer, http: Http, conditions: list[Obj], words: str) -> None:
    server.apply(request())
    refused = http.patch(f"{REQUEST}/approval", {"status": {"conditions": conditions}})
    assert refused.status == 422
    assert words in refused.body["message"]


def test_a_decision_stays(server: KubeApiServer, http: Http) -> None:
    server.apply(request())
    assert http.patch(f"{REQUEST}/approval", {"status": {"conditions": [approved("Denied")]}}).status == 200
    server.step(1)
    assert "certificate" not in status_of(server, "CertificateSigningRequest", "csr-1")
    refused = http.patch(f"{REQUEST}/approval", {"status": {"conditions": [approved()]}})
    assert refused.status == 422
    assert "may not remove a condition of type Denied" in refused.body["message"]


@pytest.mark.parametrize(("name", "code"), [(SIGNER, 200), ("kubernetes.io/*", 200), ("example.com/*", 403)])
def test_the_right_to_approve_is_the_signers(server: KubeApiServer, http: Http, name: str, code: int) -> None:
    server.apply(request())
    server.access.allow("*", Rule(resources=("certificatesigningrequests/approval",)))
    server.access.allow("*", Rule(verbs=("approve",), resources=("signers",), names=(name,)))
    assert http.patch(f"{REQUEST}/approval", {"status": {"conditions": [approved()]}}).status == code


def test_a_jobs_name_fits_a_label(server: KubeApiServer, http: Http) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "app:1"}]}
    path = "/apis/batch/v1/namespaces/shop/jobs"
    for length, code in ((63, 201), (64, 422)):
        body = {"metadata": {"name": "j" * length}, "spec": {"template": {"spec": pod}}}
        assert http("POST", path, body).status == code
    change = [{"op": "replace", "path": "/spec/selector", "value": {"matchLabels": {"a": "b"}}}]
    assert http.patch(f"{path}/{'j' * 63}", change, JSON_PATCH).status == 422


def test_without_a_status_subresource_the_status_counts_as_a_generation(server: KubeApiServer, http: Http) -> None:
    server.register(custom_resource("example.com/v1", "plains", "Plain"))
    server.register(custom_resource("example.com/v1", "halves", "Half", sub="status"))
    generations = []
    for kind, plural in (("Plain", "plains"), ("Half", "halves")):
        meta = {"name": "one", "namespace": "shop"}
        server.apply({"apiVersion": "example.com/v1", "kind": kind, "metadata": meta, "spec": {"a": 1}})
        path = f"/apis/example.com/v1/namespaces/shop/{plural}/one"
        http.patch(path if kind == "Plain" else f"{path}/status", {"status": {"seen": True}})
        body = http("GET", path).body
        assert body["status"] == {"seen": True}
        generations.append(body["metadata"]["generation"])
    assert generations == [2, 1]


def test_the_preferred_version_is_the_stable_and_highest(server: KubeApiServer, http: Http) -> None:
    for version in ("v1alpha1", "v2beta2", "v1", "v2", "v2beta10"):
        server.register(custom_resource(f"example.com/{version}", f"{version}s", version.title()))
    group = http("GET", "/apis/example.com").body
    assert group["preferredVersion"]["version"] == "v2"
    assert [each["version"] for each in group["versions"]] == ["v2", "v1", "v2beta10", "v2beta2", "v1alpha1"]

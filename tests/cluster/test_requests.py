"""A request is counted in RBAC's words, whatever its path; what it names is in no label."""

import pytest
from prometheus_client import REGISTRY

from chatops.cluster.places import collection, place
from chatops.cluster.requests import Told, verb_and_resource
from chatops.core.permissions import RESOURCES
from chatops.core.resources import CLUSTER_WIDE, ObjectRef


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/api/v1/namespaces/shop/pods", ("list", "pods")),
        ("GET", "/api/v1/pods", ("list", "pods")),
        ("GET", "/api/v1/namespaces/shop/pods/cart/log", ("get", "pods/log")),
        ("POST", "/api/v1/namespaces/shop/pods/cart/eviction", ("create", "pods/eviction")),
        ("GET", "/api/v1/nodes/n1/proxy/stats/summary", ("get", "nodes/proxy")),
        ("GET", "/api/v1/namespaces", ("list", "namespaces")),
        ("GET", "/api/v1/namespaces/shop", ("get", "namespaces")),
        ("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", ("patch", "deployments")),
        ("PUT", "/apis/batch/v1/namespaces/shop/jobs/x", ("update", "jobs")),
        ("DELETE", "/api/v1/namespaces/pods/pods/pods", ("delete", "pods")),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", ("create", "selfsubjectrulesreviews")),
        ("GET", "/version", ("get", "discovery")),
        ("GET", "/livez", ("get", "discovery")),
        ("GET", "/apis", ("get", "discovery")),
        ("GET", "/apis/apps/v1", ("get", "discovery")),
    ],
)
def test_verb_and_resource(method: str, path: str, told: tuple[str, str]) -> None:
    assert verb_and_resource(method, path) == told


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_kind_that_is_looked_at_has_its_own_label(kind: str) -> None:
    ref = ObjectRef(kind, "payments-7f9c", "" if kind in CLUSTER_WIDE else "shop")
    plural = RESOURCES[kind][1]
    for method, path in (("GET", collection(kind, ref.namespace)), ("PATCH", place(ref))):
        told = Told(method, path)
        told.code = 200
        labels = {"verb": "list" if method == "GET" else "patch", "resource": plural, "code": "200"}
        before = REGISTRY.get_sample_value("chatops_kubernetes_requests_total", labels) or 0
        told.tell()
        assert REGISTRY.get_sample_value("chatops_kubernetes_requests_total", labels) == before + 1

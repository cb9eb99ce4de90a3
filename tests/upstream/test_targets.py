"""Which scrape targets belong to an object, and what is told of those that are down."""

from typing import Any

import pytest

from chatops.core.resources import Health, ObjectRef
from chatops.sandbox.prometheus import PrometheusServer
from chatops.upstream import UpstreamDoor
from chatops.upstream.endpoint import Endpoint
from chatops.upstream.prometheus import Prometheus
from tests.upstream.test_graphs import NOW

META = "__meta_kubernetes_"


def target(
    instance: str, *, error: str = "", discovered: dict[str, str] | None = None, **labels: str
) -> dict[str, Any]:
    return {
        "discoveredLabels": discovered or {},
        "labels": {"instance": instance, "job": "web", **labels},
        "scrapePool": "serviceMonitor/shop/web/0",
        "scrapeUrl": f"http://{instance}/metrics",
        "lastError": error,
        "lastScrape": "2026-11-23T09:00:00Z",
        "health": "down" if error else "up",
    }


POD = {"namespace": "shop", "pod": "checkout-6d9f7c5b8d-x2k4q", "service": "checkout"}
CONTROLLER = {META + "pod_controller_name": "cart-74b8", META + "pod_controller_kind": "ReplicaSet"}
TARGETS = [
    target("10.0.0.1:8080", error="connection refused", **POD),
    target("10.0.0.2:8080", **{**POD, "pod": "checkout-6d9f7c5b8d-9pqzn"}),
    target("10.0.0.3:8080", namespace="shop", pod="cart-74b8-1", discovered=CONTROLLER),
    target("10.0.0.4:8080", namespace="mail", pod="checkout-1", service="checkout"),
    target("worker-3:9100", error="context deadline exceeded"),
    target("10.0.0.9:10250", discovered={META + "node_name": "worker-4"}),
]


@pytest.fixture
def door(prometheus: PrometheusServer) -> UpstreamDoor:
    prometheus.targets = TARGETS
    return UpstreamDoor([], prometheus.url)


@pytest.mark.parametrize(
    ("ref", "total", "down"),
    [
        (ObjectRef("Service", "checkout", "shop"), 2, 1),
        (ObjectRef("Deployment", "checkout", "shop"), 2, 1),
        (ObjectRef("Deployment", "cart", "shop"), 1, 0),
        (ObjectRef("Deployment", "car", "shop"), 0, 0),
        (ObjectRef("Pod", "checkout-6d9f7c5b8d-x2k4q", "shop"), 1, 1),
        (ObjectRef("Service", "checkout", "mail"), 1, 0),
        (ObjectRef("Node", "worker-3"), 1, 1),
        (ObjectRef("Node", "worker-4"), 1, 0),
        (ObjectRef("Node", "worker-5"), 0, 0),
        (ObjectRef("PersistentVolumeClaim", "checkout", "shop"), 0, 0),
    ],
)
def test_the_targets_of_an_object(door: UpstreamDoor, ref: ObjectRef, total: int, down: int) -> None:
    report = door.report("target_health", ref, "", NOW)
    if total:
        assert report.facts == (("targets", str(total)), ("down", str(down)))
    else:
        assert [note.code for note in report.notes] == ["no_targets"]
    assert report.health is (Health.BAD if down else Health.GOOD if total else Health.UNKNOWN)


def test_a_down_target_is_told_with_its_error(door: UpstreamDoor) -> None:
    report = door.report("target_health", ObjectRef("Service", "checkout", "shop"), "", NOW)
    assert [section.title for section in report.sections] == ["down", "up"]
    assert report.sections[0].lines[0].text == "10.0.0.1:8080 · web: connection refused"


def test_a_password_in_an_error_is_masked(prometheus: PrometheusServer) -> None:
    error = 'Get "http://user:canarypassword@10.0.0.1/metrics": EOF'
    prometheus.targets = [target("worker-3:9100", error=error)]
    report = UpstreamDoor([], prometheus.url).report("target_health", ObjectRef("Node", "worker-3"), "", NOW)
    assert "canary" not in str(report)


def test_its_version_is_told(prometheus: PrometheusServer) -> None:
    assert Prometheus(Endpoint(prometheus.url)).check() == "Prometheus 2.42.0"

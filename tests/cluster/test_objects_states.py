"""What is seen of objects in states that call for something, and where not all of it may be seen."""

from typing import Any

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.objects import TieRole, Trait
from chatops.core.permissions import RESOURCES
from chatops.core.resources import Health, ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import Sandbox
from tests.cluster.showing import see, tied, told
from tests.cluster.world_parts import simple


def test_a_node_and_its_heaviest_pod_that_another_could_take(own_world: Sandbox) -> None:
    heavy = simple("Deployment", "shop", "heavy")
    given = heavy["spec"]["template"]["spec"]
    given["containers"][0]["resources"] = {"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}}
    given["nodeSelector"] = {"kubernetes.io/hostname": "worker-3"}
    daemon = simple("DaemonSet", "shop", "heavier")
    daemon["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"memory": "4Gi"}}
    own_world.apply(heavy, daemon)
    view = see(own_world, "Node", "worker-3", "")
    heaviest = [tie for tie in view.ties if tie.role is TieRole.HEAVIEST]
    assert [tie.ref.name.rsplit("-", 2)[0] for tie in heaviest] == ["heavy"]
    assert [tie.detail for tie in heaviest] == ["2Gi"]
    assert view.health is Health.GOOD
    assert view.trait(Trait.READY) == "True"
    assert view.trait(Trait.SUMMARY).startswith("Ready, ")
    assert view.trait(Trait.CONTROL_PLANE) == ""


def test_the_control_plane_has_no_movable_pod(world: Sandbox) -> None:
    view = see(world, "Node", "cp-1", "")
    assert view.trait(Trait.CONTROL_PLANE) == "yes"
    assert view.ties == ()


def test_a_node_in_trouble(own_world: Sandbox) -> None:
    def press(found: Any) -> None:
        found["spec"]["unschedulable"] = True
        for condition in found["status"]["conditions"]:
            if condition["type"] == "DiskPressure":
                condition["status"] = "True"
        # node-problem-detector's good news is False, k3s' is True.
        found["status"]["conditions"] += [
            {"type": "KernelDeadlock", "status": "False"},
            {"type": "EtcdIsVoter", "status": "True"},
        ]

    own_world.edit("Node", "worker-3", press, "")
    view = see(own_world, "Node", "worker-3", "")
    assert view.health is Health.WARN
    assert view.trait(Trait.UNSCHEDULABLE) == "yes"
    assert view.trait(Trait.PRESSURES) == "DiskPressure"
    assert view.trait(Trait.SUMMARY).startswith("Ready,SchedulingDisabled, DiskPressure, ")


def test_pods_that_should_be_gone_are_stuck(own_world: Sandbox) -> None:
    own_world.server.stop_node("worker-3")
    own_world.server.step(400)
    view = see(own_world, "Node", "worker-3", "", later=120)
    assert view.health is Health.BAD
    assert view.trait(Trait.READY) == "Unknown"
    assert view.trait(Trait.PRESSURES) == ""
    stuck = {ref.name for ref in view.tied(TieRole.STUCK)}
    assert "checkout-6d9f7c5b8d-x2k4q" in stuck
    assert not see(own_world, "Node", "worker-3", "", later=-3000).tied(TieRole.STUCK)


def test_the_cluster_as_a_whole(own_world: Sandbox) -> None:
    own_world.edit("Node", "worker-2", lambda found: found["spec"].update(unschedulable=True), "")
    request = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": "csr-x2k4q"},
        "spec": {"signerName": "kubernetes.io/kubelet-serving", "username": "system:node:worker-3", "request": "x"},
    }

    def idle(found: Any) -> None:
        limited = {"type": "ScalingLimited", "status": "True", "reason": "TooFewReplicas"}
        found["status"] = {"currentReplicas": 2, "desiredReplicas": 2, "conditions": [limited]}

    own_world.server.apply(request)
    own_world.edit("HorizontalPodAutoscaler", "checkout", idle)
    own_world.server.requests.clear()
    view = see(own_world, "Cluster", "", "")
    assert view.ref == ObjectRef("Cluster", "demo", cluster="demo")
    assert view.health is Health.WARN
    assert told(view) == {
        "failed_pods": "1",
        "summary": "4 nodes, 1 cordoned, 1 failed pods, 1 pending CSRs",
    }
    assert tied(view) == [
        "cordoned Node worker-2",
        "pending_csr CertificateSigningRequest csr-x2k4q",
        "idle_autoscaler HorizontalPodAutoscaler shop/checkout",
    ]
    (pods,) = [record for record in own_world.server.requests.matching() if record.path == "/api/v1/pods"]
    assert pods.query == {"fieldSelector": "status.phase=Failed", "limit": "500"}


def test_a_service_that_sleeps_leads_to_its_workload(own_world: Sandbox) -> None:
    own_world.edit("Deployment", "grafana", lambda found: found["spec"].update(replicas=0), "monitoring")
    own_world.server.step(60)
    view = see(own_world, "Service", "grafana", "monitoring")
    assert view.health is Health.BAD
    assert tied(view) == ["target Deployment monitoring/grafana"]


def test_a_service_without_a_selector_leads_to_its_endpoints(own_world: Sandbox) -> None:
    pod = "orders-db-0"
    own_world.server.apply(
        [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "by-hand", "namespace": "shop"}, "spec": {}},
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {
                    "name": "by-hand-1",
                    "namespace": "shop",
                    "labels": {"kubernetes.io/service-name": "by-hand"},
                },
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["10.1.1.1"], "targetRef": {"kind": "Pod", "name": pod}}],
            },
        ]
    )
    assert tied(see(own_world, "Service", "by-hand")) == ["target StatefulSet shop/orders-db"]


def test_an_address_leads_by_the_rule_that_fits_it_best(own_world: Sandbox) -> None:
    def rule(host: str, *paths: tuple[str, str]) -> Any:
        entries = [
            {"path": path, "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}
            for path, name in paths
        ]
        return {"host": host, "http": {"paths": entries}}

    rules = [rule("*.example.com", ("/", "grafana")), rule("api.example.com", ("/", "web"), ("/cart", "cart"))]
    meta = {"name": "more", "namespace": "monitoring"}
    own_world.server.apply(
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": {"rules": rules}}
    )
    targets = {
        host: [ref.path for ref in see(own_world, "External", host, "").tied(TieRole.TARGET)]
        for host in ("api.example.com", "x.example.com", "a.b.example.com", "shop.example.com", "checkout.shop")
    }
    assert targets == {
        "api.example.com": ["monitoring/web", "monitoring/cart"],
        "x.example.com": ["monitoring/grafana"],
        "a.b.example.com": [],
        "shop.example.com": ["shop/checkout"],
        "checkout.shop": ["shop/checkout"],
    }


def test_what_stands_beside_it_may_be_forbidden(own_world: Sandbox) -> None:
    kinds = ("HorizontalPodAutoscaler", "PersistentVolumeClaim", "Service", "Job", "CronJob", "ResourceQuota", "Node")
    plurals = tuple(RESOURCES[kind][1] for kind in kinds)
    own_world.server.access.allow("*", Rule(verbs=("get",), resources=plurals))
    names = {"Job": "nightly-report-29384760", "CronJob": "nightly-report", "PersistentVolumeClaim": "data-orders-db-0"}
    names |= {"ResourceQuota": "compute", "Node": "worker-3"}
    for kind in kinds:
        view = see(own_world, kind, names.get(kind, "checkout"), "" if kind == "Node" else "shop")
        assert view.trait(Trait.SUMMARY), kind
    assert see(own_world, "Cluster", "", "").health is Health.UNKNOWN
    with pytest.raises(Permanent) as failed:
        see(own_world, "Ingress", "shop")
    assert failed.value.reason is Reason.FORBIDDEN

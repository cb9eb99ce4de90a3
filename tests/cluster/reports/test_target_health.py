"""target_health without Prometheus: endpoints and pods."""

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related
from tests.cluster.sandbox import Obj, Sandbox, workload


def service(name: str, app: str) -> Obj:
    spec = {"selector": {"app": app}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def test_ready_and_not_ready_endpoints(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web"), service("web", "web"))
    told = read("target_health", "Service", "web")
    assert (facts(told)["endpoints"], told.health, notes(told)) == ("2/2 ready", Health.GOOD, ["no_prometheus"])
    pods = sorted(each["metadata"]["name"] for each in sandbox.pods("web"))
    assert related(told) == [f"Pod shop/{name}" for name in pods]
    sandbox.server.stop_node("worker-2")
    sandbox.server.step(60)
    half = read("target_health", "Service", "web")
    assert (facts(half)["endpoints"], half.health) == ("1/2 ready", Health.WARN)
    assert [" not ready " in line for line in lines(half, "Endpoints")] == [True, False]
    assert half.sections[0].lines[0].text.endswith("worker-2")


def test_a_service_that_selects_nothing(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(service("web", "nobody"))
    told = read("target_health", "Service", "web")
    assert (facts(told)["endpoints"], told.health) == ("0/0 ready", Health.BAD)
    assert notes(told) == ["no_prometheus", "no_endpoints"]


def test_a_pod_in_two_slices_counts_once(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.apply(service("dual", "nobody"))
    target = {"kind": "Pod", "name": "web-0", "namespace": "shop", "uid": "u"}
    for family, address in (("IPv4", "10.42.0.9"), ("IPv6", "fd00::9")):
        meta = {"name": f"dual-{family.lower()}", "namespace": "shop", "labels": {"kubernetes.io/service-name": "dual"}}
        ends = [{"addresses": [address], "conditions": {}, "targetRef": target}]
        piece = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "endpoints": ends}
        sandbox.server.apply({**piece, "addressType": family, "ports": [{"name": "http", "port": 8080}]})
    told = read("target_health", "Service", "dual")
    assert (facts(told), related(told)) == ({"endpoints": "1/1 ready", "ports": "http 8080"}, ["Pod shop/web-0"])


def test_workloads_and_nodes(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "bad", "app:bad"), seconds=100)
    told = read("target_health", "Deployment", "bad")
    assert (facts(told), told.health, len(related(told))) == ({"ready": "0/2"}, Health.BAD, 2)
    node = read("target_health", "Node", "worker-1")
    assert node.health is Health.GOOD
    assert "Ready KubeletReady" in {line.partition(",")[0] for line in lines(node, "Conditions")}


def test_gone_or_never_scraped(read: Read) -> None:
    with pytest.raises(Permanent) as caught:
        read("target_health", "Service", "none")
    assert caught.value.reason is Reason.NOT_FOUND
    with pytest.raises(Permanent) as caught:
        read("target_health", "Job", "none")
    assert caught.value.reason is Reason.REFUSED

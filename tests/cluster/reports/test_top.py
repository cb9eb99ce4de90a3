"""top: usage beside requests and limits, with and without metrics."""

from typing import Any

import pytest

from chatops.core.failures import Permanent
from chatops.core.resources import Health
from chatops.sandbox.kubeapi import Behaviour
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related
from tests.cluster.sandbox import Obj, Sandbox, workload

MIB = 2**20


def sized(name: str, image: str, kind: str = "Deployment", **resources: Any) -> Obj:
    found = workload(kind, name, image)
    found["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return found


@pytest.fixture
def busy(sandbox: Sandbox) -> Sandbox:
    """web at 502Mi of 512Mi and 410m of 1 cpu, api without limits."""
    # The stand-in adds what a name is worth: 6 MiB and 6m for `app`.
    sandbox.server.behave("web:1", Behaviour(memory=496 * MIB, cpu=404))
    sandbox.server.behave("api:1", Behaviour(memory=94 * MIB, cpu=34))
    limits = {"cpu": "1", "memory": "512Mi"}
    sandbox.apply(
        sized("web", "web:1", requests={"cpu": "250m", "memory": "256Mi"}, limits=limits),
        sized("api", "api:1", requests={"cpu": "20m"}),
    )
    return sandbox


def test_a_pod_by_container(busy: Sandbox, read: Read) -> None:
    told = read("top", "Pod", busy.pods("web")[0]["metadata"]["name"])
    assert lines(told, "Containers") == ["app cpu 0.41/1 41% · mem 502Mi/512Mi 98%"]
    assert told.health is Health.BAD
    assert facts(told) == {"cpu": "0.41, requests 0.25", "memory": "502Mi, requests 256Mi"}
    assert told.ref.uid
    plain = read("top", "Pod", busy.pods("api")[0]["metadata"]["name"])
    assert lines(plain, "Containers") == ["app cpu 40m (request 20m) · mem 100Mi"]
    assert plain.health is Health.GOOD


def test_a_workload_by_pod_heaviest_first(busy: Sandbox, read: Read) -> None:
    told = read("top", "Deployment", "web")
    pods = sorted(each["metadata"]["name"] for each in busy.pods("web"))
    assert lines(told, "Pods") == [f"{name} cpu 0.41/1 41% · mem 502Mi/512Mi 98%" for name in pods]
    assert facts(told) == {"cpu": "0.82, requests 0.5", "memory": "1004Mi, requests 512Mi"}
    assert related(told) == [f"Pod shop/{name}" for name in pods]
    assert told.full_text == ""


def test_a_node_and_its_heaviest_pods(busy: Sandbox, read: Read) -> None:
    told = read("top", "Node", "worker-1")
    assert [line.split()[0].rsplit("-", 2)[0] for line in lines(told, "Pods")] == ["shop/web", "shop/api"]
    assert facts(told) == {
        "cpu": "0.57/8 7%",
        "cpu requests": "0.27/8 3%",
        "memory": "1502Mi/32Gi 4%",
        "memory requests": "256Mi/32Gi 0%",
    }
    assert told.health is Health.GOOD


def test_an_autoscaler_by_its_target(busy: Sandbox, read: Read) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5}
    meta = {"name": "web", "namespace": "shop"}
    busy.apply({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec})
    told = read("top", "HorizontalPodAutoscaler", "web")
    assert (told.ref.kind, len(lines(told, "Pods")), related(told)[0]) == (
        "HorizontalPodAutoscaler",
        2,
        "Deployment shop/web",
    )


def test_without_metrics_requests_and_limits_are_still_there(busy: Sandbox, read: Read) -> None:
    pod = busy.pods("web")[0]["metadata"]["name"]
    busy.server.cluster.serve_metrics(on=False)
    for kind, name, title in (("Pod", pod, "Containers"), ("Deployment", "web", "Pods"), ("Node", "worker-1", "Pods")):
        told = read("top", kind, name)
        assert notes(told) == ["no_metrics"]
        assert any("cpu -/1 (request 0.25) · mem -/512Mi (request 256Mi)" in line for line in lines(told, title)), kind


def test_metrics_that_are_down_or_denied_are_told_apart(busy: Sandbox, read: Read) -> None:
    pod = busy.pods("web")[0]["metadata"]["name"]
    busy.server.fail(Fault(kind="status", code=503, path="/apis/metrics.k8s.io", times=99))
    assert notes(read("top", "Pod", pod)) == ["no_metrics"]
    busy.server.faults.clear()
    busy.server.access.allow("*", Rule(groups=("", "apps")))
    assert notes(read("top", "Pod", pod)) == ["metrics_denied"]


def test_a_pod_that_runs_nothing_yet_is_not_measured(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web"), seconds=0)
    told = read("top", "Pod", sandbox.pods("web")[0]["metadata"]["name"])
    assert (notes(told), lines(told, "Containers")) == (["not_measured"], ["app cpu - · mem -"])


def test_what_uses_nothing_is_refused(read: Read) -> None:
    with pytest.raises(Permanent):
        read("top", "Service", "web")

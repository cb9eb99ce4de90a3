"""component_health: the API server's own checks, and what runs in kube-system."""

import pytest

from chatops.core.failures import Temporary
from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related, titles
from tests.cluster.sandbox import Sandbox, pod


def component(name: str, image: str = "app:1", **labels: str) -> dict:  # type: ignore[type-arg]
    containers = [{"name": "app", "image": image}]
    return pod(name, namespace="kube-system", labels=labels, nodeName="worker-1", containers=containers)


def test_all_is_well(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(
        component("kube-apiserver-m1", component="kube-apiserver", tier="control-plane"),
        component("etcd-m1", component="etcd", tier="control-plane"),
        component("etcd-m2", component="etcd", tier="control-plane"),
        component("dns-1", **{"k8s-app": "kube-dns"}),
        component("other"),
    )
    told = read("component_health", "Cluster")
    assert facts(told) == {"readyz": "6/6 ok", "livez": "6/6 ok"}
    assert titles(told) == ["Control plane", "Add-ons"]
    assert lines(told, "Control plane") == ["etcd 2/2", "kube-apiserver 1/1"]
    assert lines(told, "Add-ons") == ["kube-dns 1/1"]
    assert (told.health, told.notes, told.related) == (Health.GOOD, (), ())
    asked = [record.query for record in sandbox.server.requests.matching(path="/readyz")]
    assert asked == [{"verbose": ""}]


def test_a_check_that_fails_answers_500_with_the_list(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.cluster.failing_checks.add("etcd")
    told = read("component_health", "Cluster")
    assert facts(told) == {"readyz": "5/6 ok", "livez": "5/6 ok"}
    assert lines(told, "Failing checks") == ["etcd failed: reason withheld"]
    assert told.health is Health.BAD
    assert len(sandbox.server.requests.matching(path="/readyz")) == 1


def test_a_500_that_is_no_list_is_a_failure(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.fail(Fault(kind="status", code=500, path="/readyz", times=9))
    with pytest.raises(Temporary) as caught:
        read("component_health", "Cluster")
    assert "etcdserver" in caught.value.detail


def test_a_managed_control_plane_has_no_pods_here(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(component("dns-1", **{"k8s-app": "kube-dns"}))
    assert notes(read("component_health", "Cluster")) == ["managed_control_plane"]


def test_a_broken_component_is_broken_on_every_node_and_named_on_three(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(*(component(f"proxy-{n}", "app:bad", **{"k8s-app": "kube-proxy"}) for n in range(6)), seconds=100)
    told = read("component_health", "Cluster")
    found = lines(told, "Add-ons")
    assert found[0].startswith("kube-proxy 0/6 · ")
    assert [line.split()[0] for line in found[1:]] == ["proxy-0", "proxy-1", "proxy-2"]
    assert told.health is Health.BAD
    assert len(related(told)) == 6


def test_without_rights(sandbox: Sandbox, read: Read) -> None:
    """Every user may get the health paths (system:public-info-viewer), unless that was taken away."""
    sandbox.server.access.allow("*", Rule(paths=("/livez",)))
    sandbox.server.fail(Fault(kind="status", code=403, path="/readyz"))
    told = read("component_health", "Cluster")
    assert notes(told) == ["health_denied", "kube_system_denied"]
    assert told.notes[0].detail == "/readyz"
    assert facts(told) == {"livez": "6/6 ok"}

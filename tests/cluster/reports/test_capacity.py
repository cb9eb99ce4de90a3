"""capacity: requests against what there is, and whether one node could be missed."""

from typing import Any

from chatops.core.resources import Health
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related
from tests.cluster.sandbox import Obj, Sandbox, node, pod


def asking(name: str, cpu: str, memory: str, on: str = "", **more: Any) -> Obj:
    containers = [{"name": "app", "image": "app:1", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]
    placed = {"nodeName": on} if on else {}
    return pod(name, containers=containers, **placed, **more)


def test_sums_nodes_and_namespaces(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(
        asking("a", "2", "4Gi", "worker-1"),
        asking("b", "1", "4Gi", "worker-2"),
        asking("c", "1", "1Gi", "worker-2", namespace="mail"),
        {**asking("over", "8", "8Gi", "worker-2"), "status": {"phase": "Succeeded"}},
    )
    told = read("capacity", "Cluster")
    assert facts(told) == {
        "cpu": "4/16 25%",
        "memory": "9216Mi/64Gi 14%",
        "without worker-1": "cpu 50%, memory 28%",
    }
    assert lines(told, "Nodes") == [
        "worker-1 · cpu 2/8 25% · memory 4096Mi/32Gi 12% · pods 1/110",
        "worker-2 · cpu 2/8 25% · memory 5120Mi/32Gi 15% · pods 2/110",
    ]
    assert lines(told, "Largest namespaces") == [
        "shop · cpu 3 · memory 8192Mi · pods 2",
        "mail · cpu 1 · memory 1024Mi · pods 1",
    ]
    assert (notes(told), told.notes[0].detail, told.health) == (["fits_without"], "worker-1", Health.GOOD)


def test_it_would_not_fit_without_the_largest_node(sandbox: Sandbox, read: Read) -> None:
    large = node("large")
    large["status"]["allocatable"] = {"cpu": "16", "memory": "64Gi", "pods": "110"}
    sandbox.apply(large, asking("a", "7", "1Gi", "worker-1"), asking("b", "10", "1Gi", "large"))
    told = read("capacity", "Cluster")
    assert (notes(told), told.notes[0].detail, told.health) == (["no_fit_without"], "large", Health.WARN)
    assert facts(told)["without large"] == "cpu 106%, memory 3%"


def test_what_goes_with_its_node_needs_no_room_elsewhere(sandbox: Sandbox, read: Read) -> None:
    daemon = asking("agent", "7", "1Gi", "worker-1")
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": "u", "controller": True}
    daemon["metadata"]["ownerReferences"] = [owner]
    running = {"phase": "Running"}
    sandbox.server.apply([{**daemon, "status": running}, {**asking("b", "7", "1Gi", "worker-2"), "status": running}])
    assert facts(read("capacity", "Cluster"))["without worker-2"] == "cpu 175%, memory 6%"


def test_a_cordoned_node_takes_nothing_over_and_is_named(sandbox: Sandbox, read: Read) -> None:
    sandbox.edit("Node", "worker-2", lambda found: found["spec"].update(unschedulable=True), "")
    sandbox.apply(asking("a", "1", "1Gi", "worker-1"))
    told = read("capacity", "Cluster")
    assert facts(told)["cordoned"] == "worker-2"
    assert facts(told)["without worker-1"] == "cpu 999%, memory 999%"
    assert related(told) == ["Node worker-2"]
    assert any(line.endswith("cordoned") for line in lines(told, "Nodes"))


def test_the_control_planes_nodes_are_not_counted_on(sandbox: Sandbox, read: Read) -> None:
    master = node("master-1")
    master["spec"] = {"taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}
    sandbox.apply(master, asking("apiserver", "2", "2Gi", "master-1"))
    told = read("capacity", "Cluster")
    assert facts(told)["cpu"] == "0/16 0%"
    assert len(lines(told, "Nodes")) == 3


def test_pods_that_wait_for_a_node_and_a_node_that_is_silent(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(asking("huge", "64", "1Gi"))
    sandbox.server.stop_node("worker-2")
    sandbox.server.step(60)
    told = read("capacity", "Cluster")
    assert facts(told)["waiting for a node"] == "pods 1 · cpu 64 · memory 1024Mi"
    assert facts(told)["NotReady"] == "worker-2"
    assert told.health is Health.BAD


def test_a_cluster_without_nodes(sandbox: Sandbox, read: Read) -> None:
    for name in ("worker-1", "worker-2"):
        sandbox.server.store.delete(sandbox.server.kinds.of("v1", "Node"), "", name)
    told = read("capacity", "Cluster")
    assert (notes(told), facts(told)) == (["no_nodes"], {"cpu": "0", "memory": "0"})

"""node_pods: worst and heaviest first, and who has no replica elsewhere."""

from chatops.core.resources import Health
from chatops.sandbox.kubeapi import Behaviour
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related, titles
from tests.cluster.sandbox import Sandbox, pod, workload

ALONE, OWNERLESS = "No healthy replica elsewhere", "Nobody recreates"


def pinned(name: str, image: str = "app:1", node: str = "worker-1", kind: str = "Deployment") -> dict:  # type: ignore[type-arg]
    found = workload(kind, name, image, replicas=1)
    found["spec"]["template"]["spec"]["nodeName"] = node
    return found


def names(found: list[str]) -> list[str]:
    return [line.split(" ")[0].partition("/")[2].split("-")[0] for line in found]


def test_impact_comes_first(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(
        workload("Deployment", "web", replicas=4),
        workload("DaemonSet", "agent"),
        pinned("single"),
        pinned("db", kind="StatefulSet"),
        pinned("other", node="worker-2"),
        pod("lonely", nodeName="worker-1"),
    )
    told = read("node_pods", "Node", "worker-1")
    assert titles(told) == [ALONE, OWNERLESS, "Pods"]
    assert lines(told, ALONE) == ["deploy shop/single", "sts shop/db"]
    assert lines(told, OWNERLESS) == ["shop/lonely"]
    assert related(told)[:2] == ["Deployment shop/single", "StatefulSet shop/db"]
    assert sorted(names(lines(told, "Pods"))) == ["agent", "db", "lonely", "single", "web", "web"]
    assert facts(told)["pods"] == "6"


def test_a_replica_elsewhere_counts_only_while_it_is_healthy(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=2))
    assert titles(read("node_pods", "Node", "worker-1")) == ["Pods"]
    assert "no_impact" in notes(read("node_pods", "Node", "worker-1"))
    sandbox.server.stop_node("worker-2")
    sandbox.server.step(100)
    assert lines(read("node_pods", "Node", "worker-1"), ALONE) == ["deploy shop/web"]


def test_a_new_revision_elsewhere_stands_in(sandbox: Sandbox, read: Read) -> None:
    """A Deployment in the middle of a rollout has pods of two ReplicaSets."""
    sandbox.apply(workload("Deployment", "web", replicas=2))
    sandbox.release("Deployment", "web", "app:2")
    assert lines(read("node_pods", "Node", "worker-1"), ALONE) == []


def test_the_sick_first_then_by_memory(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.behave("big:1", Behaviour(memory=900 * 2**20, cpu=5))
    sandbox.server.behave("busy:1", Behaviour(memory=2**20, cpu=3000))
    sandbox.apply(pinned("big", "big:1"), pinned("busy", "busy:1"), pinned("bad", "app:bad"), seconds=100)
    told = read("node_pods", "Node", "worker-1")
    assert names(lines(told, "Pods")) == ["bad", "big", "busy"]
    assert told.health is Health.BAD
    assert " 0/1 " in lines(told, "Pods")[0]
    assert "mem 906Mi" in lines(told, "Pods")[1]
    assert names(lines(read("node_pods", "Node", "worker-1", sort="cpu"), "Pods")) == ["bad", "busy", "big"]


def test_without_metrics_by_requests(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.cluster.serve_metrics(on=False)
    small, large = pinned("small"), pinned("large")
    for found, memory in ((small, "64Mi"), (large, "2Gi")):
        found["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"memory": memory}}
    sandbox.apply(small, large)
    told = read("node_pods", "Node", "worker-1")
    assert names(lines(told, "Pods")) == ["large", "small"]
    assert "requests cpu 0 mem 2048Mi" in lines(told, "Pods")[0]
    assert "no_metrics" in notes(told)
    assert facts(told) == {"pods": "2", "requests": "cpu 0 mem 2112Mi"}


def test_pods_that_are_over_do_not_count(sandbox: Sandbox, read: Read) -> None:
    over = {**pod("over", nodeName="worker-1"), "status": {"phase": "Failed", "reason": "Evicted"}}
    sandbox.apply(over)
    told = read("node_pods", "Node", "worker-1")
    assert facts(told) == {"pods": "0", "ended": "1", "requests": "cpu 0 mem 0"}
    assert (titles(told), lines(told, "Pods")[0].split()[1]) == (["Pods"], "Evicted")


def test_an_empty_node(sandbox: Sandbox, read: Read) -> None:
    told = read("node_pods", "Node", "worker-1")
    assert (told.sections, told.health) == ((), Health.GOOD)

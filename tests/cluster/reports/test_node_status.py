"""node_status: conditions with their age, heartbeat, room, and what the node complains of."""

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes
from tests.cluster.sandbox import Obj, Sandbox, workload


def lease(node: str) -> Obj:
    meta = {"name": node, "namespace": "kube-node-lease"}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": {"holderIdentity": node}}


@pytest.fixture
def leased(sandbox: Sandbox) -> Sandbox:
    web = workload("Deployment", "web", replicas=4)
    requests = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    web["spec"]["template"]["spec"]["containers"][0]["resources"] = requests
    sandbox.apply(lease("worker-1"), lease("worker-2"), web)
    return sandbox


def test_a_node_that_is_well(leased: Sandbox, read: Read) -> None:
    told = read("node_status", "Node", "worker-1")
    assert told.health is Health.GOOD
    assert facts(told) | {"heartbeat": ""} == {
        "status": "Ready",
        "heartbeat": "",
        "cpu requests": "1/8 12%",
        "memory requests": "2048Mi/32Gi 6%",
        "pods": "2/110",
    }
    assert notes(told) == []
    assert lines(told, "Conditions")[0].startswith("Ready True")
    assert told.ref.uid


def test_a_silent_node(leased: Sandbox, read: Read) -> None:
    leased.server.stop_node("worker-1")
    leased.server.step(200)
    told = read("node_status", "Node", "worker-1")
    assert (told.health, facts(told)["status"], notes(told)) == (Health.BAD, "NotReady", ["heartbeat_late"])
    assert facts(told)["heartbeat"] in ("3m20s ago", "3m25s ago", "3m30s ago")
    assert "node.kubernetes.io/unreachable:NoExecute" in facts(told)["taints"]
    assert any(
        line.startswith("Ready Unknown 3m20s NodeStatusUnknown: Kubelet stopped") for line in lines(told, "Conditions")
    )


def test_a_cordoned_node_under_pressure_with_its_warnings(leased: Sandbox, read: Read) -> None:
    def strain(found: Obj) -> None:
        found["spec"]["unschedulable"] = True
        for each in found["status"]["conditions"]:
            if each["type"] == "DiskPressure":
                each |= {"status": "True", "reason": "KubeletHasDiskPressure", "message": "disk password=hunter2secret"}

    leased.edit("Node", "worker-1", strain, "")
    node = leased.get("Node", "worker-1", "")
    about = {"kind": "Node", "name": "worker-1", "uid": "worker-1"}
    now = leased.server.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for kind, reason in (("Warning", "EvictionThresholdMet"), ("Normal", "Starting")):
        event = {"metadata": {"name": f"e-{reason.lower()}", "namespace": "default"}, "type": kind, "reason": reason}
        event |= {"involvedObject": about, "message": "Attempting to reclaim", "count": 3, "lastTimestamp": now}
        leased.server.apply({"apiVersion": "v1", "kind": "Event", **event})
    leased.server.step(60)
    told = read("node_status", "Node", "worker-1")
    assert (told.health, facts(told)["status"]) == (Health.WARN, "Ready,SchedulingDisabled")
    assert told.sections[0].lines[0].health is Health.BAD
    assert "DiskPressure True" in told.sections[0].lines[0].text
    assert lines(told, "Events") == ["EvictionThresholdMet x3 60s ago: Attempting to reclaim"]
    assert "hunter2secret" not in str(told)
    assert node["metadata"]["uid"] == told.ref.uid


def test_without_the_right_to_pods_events_and_leases(leased: Sandbox, read: Read) -> None:
    leased.server.access.allow("*", Rule(resources=("nodes",)))
    told = read("node_status", "Node", "worker-1")
    assert "cpu requests" not in facts(told)
    assert told.health is Health.GOOD
    leased.server.access.reset()
    leased.server.access.allow("*", Rule(resources=("pods",)))
    with pytest.raises(Permanent) as caught:
        read("node_status", "Node", "worker-1")
    assert caught.value.reason is Reason.FORBIDDEN

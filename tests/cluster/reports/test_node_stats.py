"""node_stats: disks and memory as the kubelet tells them, and why it may tell nothing."""

import pytest

from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related
from tests.cluster.sandbox import Obj, Sandbox, pod

GI = 2**30


def test_disks_memory_and_processes(sandbox: Sandbox, read: Read) -> None:
    told = read("node_stats", "Node", "worker-1")
    assert facts(told) == {
        "fs": "38Gi/100Gi 38%, 62Gi free",
        "fs inodes": "6% used",
        "imageFs": "38Gi/100Gi 38%, 62Gi free",
        "imageFs inodes": "6% used",
        "memory": "10Gi free, 6144Mi in use",
        "processes": "512/4194304",
    }
    assert (told.health, told.notes) == (Health.GOOD, ())


def fill(summary: Obj) -> None:
    node = summary["node"]
    node["fs"] |= {"availableBytes": 15 * GI, "inodesFree": 100_000}
    node["runtime"]["imageFs"] |= {"availableBytes": 12 * GI}
    node["memory"]["availableBytes"] = 90 * 2**20
    node["memory"]["psi"] = {"some": {"avg10": 9, "avg60": 4.25, "total": 1}, "full": {"avg60": 1.5}}
    node["io"] = {"psi": {"some": {"avg60": 30.0}, "full": {"avg60": 12.0}}}
    for each in summary["pods"]:
        if each["podRef"]["name"] == "log":
            each["ephemeral-storage"]["usedBytes"] = 12 * GI
            each["containers"][0] |= {"logs": {"usedBytes": 11 * GI}, "rootfs": {"usedBytes": 5}}
            claim = {"name": "data", "namespace": "shop"}
            each["volume"] = [
                {"name": "data", "pvcRef": claim, "capacityBytes": 10 * GI, "usedBytes": 9933 * 2**20},
                {"name": "tmp", "capacityBytes": GI, "usedBytes": GI},
            ]


def test_who_filled_the_disk(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(pod("log", nodeName="worker-1"), pod("small", nodeName="worker-1"), pod("far", nodeName="worker-2"))
    sandbox.server.pose_stats("worker-1", fill)
    told = read("node_stats", "Node", "worker-1")
    assert told.health is Health.BAD
    assert lines(told, "Ephemeral storage") == ["shop/log 12Gi (logs 11Gi)", "shop/small 4Mi"]
    assert lines(told, "Full volumes") == ["pvc shop/data 9933Mi/10Gi 97%"]
    assert related(told) == ["Pod shop/log", "Pod shop/small"]
    said = facts(told)
    assert (said["fs inodes"], said["memory"]) == ("98% used", "90Mi free, 6144Mi in use")
    assert said["memory stalled"] == "some 4.2%, full 1.5% of the last minute"
    assert said["io stalled"] == "some 30.0%, full 12.0% of the last minute"


@pytest.mark.parametrize(
    ("free", "health"), [(25, Health.GOOD), (19, Health.WARN), (10, Health.WARN), (9, Health.BAD), (0, Health.BAD)]
)
def test_disks_are_judged_by_what_a_kubelet_evicts_at(sandbox: Sandbox, read: Read, free: int, health: Health) -> None:
    sandbox.server.pose_stats("worker-1", lambda summary: summary["node"]["fs"].update(availableBytes=free * GI))
    sandbox.server.pose_stats(
        "worker-1", lambda summary: summary["node"].update(fs={"capacityBytes": 100, "availableBytes": free})
    )
    assert read("node_stats", "Node", "worker-1").health is health


def test_why_there_is_nothing(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.stop_node("worker-1")
    sandbox.server.step(60)
    silent = read("node_stats", "Node", "worker-1")
    assert (notes(silent), silent.health) == (["stats_unreachable"], Health.BAD)
    assert "i/o timeout" in silent.notes[0].detail
    assert facts(silent) == {"pressure": "MemoryPressure, DiskPressure, PIDPressure"}
    sandbox.server.access.allow("*", Rule(resources=("nodes",)))
    assert notes(read("node_stats", "Node", "worker-2")) == ["stats_denied"]


def test_a_kubelet_that_tells_nothing_of_a_disk(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.pose_stats("worker-1", lambda summary: summary.update(node={"nodeName": "worker-1"}, pods=None))
    told = read("node_stats", "Node", "worker-1")
    assert (told.facts, told.sections, told.health) == ((), (), Health.GOOD)

"""Pods as people see them, and as kubectl shows them."""

import shutil
import subprocess
from typing import Any

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from tests.cluster.sandbox import Obj, Sandbox, pod, workload

KUBECTL = shutil.which("kubectl")


def test_a_pod_of_another_life_is_replaced(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    assert sandbox.cluster.pod(sandbox.ref("Pod", "lonely")).status == "Running"
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.pod(ObjectRef("Pod", "lonely", "shop", uid="before"))
    assert caught.value.reason is Reason.REPLACED


def test_pods_of_a_node_and_of_a_workload(sandbox: Sandbox) -> None:
    sandbox.apply(workload("DaemonSet", "agent"), workload("Deployment", "web"))
    on_node = sandbox.cluster.pods(ObjectRef("Node", "worker-1"))
    assert {view.node for view in on_node} == {"worker-1"}
    assert any(view.owner and view.owner.kind == "DaemonSet" for view in on_node)
    of_web = sandbox.cluster.pods(ObjectRef("Deployment", "web", "shop"))
    assert len(of_web) == 2
    with pytest.raises(Permanent):
        sandbox.cluster.pods(ObjectRef("Service", "web", "shop"))


@pytest.mark.parametrize("name", ["a/b", "..", "a?x", "-x", ""])
def test_names_are_checked_before_they_are_sent(sandbox: Sandbox, name: str) -> None:
    for ref in (
        ObjectRef("Pod", name, "shop"),
        ObjectRef("Pod", "x", name),
        ObjectRef("Secret", "x", "shop"),
    ):
        with pytest.raises(Permanent) as caught:
            sandbox.cluster.describe(ref)
        assert caught.value.reason is Reason.REFUSED
    assert sandbox.server.requests.matching() == []


def running(name: str, **more: Any) -> Obj:
    return {
        "name": name,
        "ready": True,
        "restartCount": 0,
        "image": "app:1",
        "state": {"running": {}},
        **more,
    }


def waiting(name: str, reason: str, **more: Any) -> Obj:
    return running(name, ready=False, state={"waiting": {"reason": reason}}, **more)


def ended(name: str, code: int, reason: str = "", **more: Any) -> Obj:
    return running(name, ready=False, state={"terminated": {"exitCode": code, "reason": reason}}, **more)


READY = [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}]
POSES: dict[str, Obj] = {
    "running": {"phase": "Running", "conditions": READY, "containerStatuses": [running("app")]},
    "crash": {"phase": "Running", "containerStatuses": [waiting("app", "CrashLoopBackOff", restartCount=4)]},
    "signal": {"phase": "Failed", "containerStatuses": [ended("app", 137)]},
    "error": {"phase": "Failed", "containerStatuses": [ended("app", 1, "Error")]},
    "evicted": {"phase": "Failed", "reason": "Evicted"},
    "done": {"phase": "Succeeded", "containerStatuses": [ended("app", 0, "Completed")]},
    "lost": {"phase": "Running", "reason": "NodeLost", "containerStatuses": [running("app")]},
}


@pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
def test_the_columns_are_those_of_kubectl(sandbox: Sandbox) -> None:
    sandbox.server.apply([{**pod(name, nodeName="worker-1"), "status": status} for name, status in POSES.items()])
    init = pod("init", initContainers=[{"name": "one", "image": "app:1"}, {"name": "two", "image": "app:1"}])
    inside = {
        "phase": "Pending",
        "initContainerStatuses": [ended("one", 0), waiting("two", "CrashLoopBackOff", restartCount=2)],
        "containerStatuses": [waiting("app", "PodInitializing")],
    }
    sandbox.server.apply({**init, "status": inside})
    sandbox.apply(workload("Deployment", "bad", "app:bad"), workload("Deployment", "web"), seconds=100)
    assert KUBECTL is not None
    command = [KUBECTL, "--kubeconfig", sandbox.kubeconfig, "-n", "shop", "get", "pods", "--no-headers"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    theirs = {words[0]: tuple(words[1:4]) for words in (line.split() for line in done.stdout.splitlines())}
    ours = {}
    for found in sandbox.server.list("Pod", "shop"):
        view = sandbox.cluster.pod(ObjectRef("Pod", found["metadata"]["name"], "shop"))
        ours[view.ref.name] = (f"{view.ready}/{view.total}", view.status, str(view.restarts))
    assert ours == theirs
    assert len(ours) == len(POSES) + 5

"""What we change is what kubectl changes: the same object, but for our mark and the time."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from tests.cluster.evicting import budget, failed, with_scratch
from tests.cluster.sandbox import NODES, Obj, Sandbox, node, pod, workload
from tests.cluster.twins import OURS, THEIRS, Kubectl, essence, needs_kubectl

pytestmark = needs_kubectl

WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"]


@pytest.fixture
def kubectl(sandbox: Sandbox, tmp_path: Path) -> Kubectl:
    return Kubectl(sandbox.server, tmp_path / "home")


def both(sandbox: Sandbox, kind: str, **changes: object) -> None:
    for namespace in (OURS, THEIRS):
        manifest = workload(kind, "web", namespace=namespace)
        manifest["metadata"]["annotations"] = {"team": "shop"}
        manifest["spec"].update(changes)
        sandbox.apply(manifest)


def same(sandbox: Sandbox, kind: str, name: str = "web") -> bool:
    return essence(sandbox.get(kind, name, OURS)) == essence(sandbox.get(kind, name, THEIRS))


@pytest.mark.parametrize("kind", WORKLOADS)
def test_restart(sandbox: Sandbox, kubectl: Kubectl, kind: str) -> None:
    both(sandbox, kind)
    code, said = kubectl("rollout", "restart", f"{kind.lower()}/web")
    assert code == 0, said
    sandbox.cluster.perform(sandbox.plan("rollout_restart", sandbox.ref(kind, "web")))
    assert same(sandbox, kind)


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_pause_and_resume(sandbox: Sandbox, kubectl: Kubectl, verb: str) -> None:
    both(sandbox, "Deployment", **({"paused": True} if verb == "resume" else {}))
    code, said = kubectl("rollout", verb, "deployment/web")
    assert code == 0, said
    sandbox.cluster.perform(sandbox.plan(f"rollout_{verb}", sandbox.ref("Deployment", "web")))
    assert same(sandbox, "Deployment")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(("action", "count"), [("scale_up", 5), ("scale_down", 0), ("scale_down", 1)])
def test_scale(sandbox: Sandbox, kubectl: Kubectl, kind: str, action: str, count: int) -> None:
    both(sandbox, kind)
    code, said = kubectl("scale", f"{kind.lower()}/web", f"--replicas={count}")
    assert code == 0, said
    sandbox.cluster.perform(sandbox.plan(action, sandbox.ref(kind, "web"), replicas=str(count)))
    assert same(sandbox, kind)


@pytest.mark.parametrize(("resource", "limit", "new"), [("memory", "512Mi", "768Mi"), ("cpu", "1", "1500m")])
@pytest.mark.parametrize("kind", WORKLOADS)
def test_limits(sandbox: Sandbox, kubectl: Kubectl, kind: str, resource: str, limit: str, new: str) -> None:
    for namespace in (OURS, THEIRS):
        manifest = workload(kind, "web", namespace=namespace)
        containers = manifest["spec"]["template"]["spec"]["containers"]
        containers[0]["resources"] = {"limits": {"cpu": "1", "memory": "512Mi"}, "requests": {"cpu": "10m"}}
        containers.append({"name": "proxy", "image": "proxy:1"})
        sandbox.apply(manifest)
    code, said = kubectl("set", "resources", f"{kind.lower()}/web", "-c=app", f"--limits={resource}={new}")
    assert code == 0, said
    preview = sandbox.preview(f"raise_{resource}_limit", sandbox.ref(kind, "web"))
    assert preview.plan.params[resource] == new
    sandbox.cluster.perform(preview.plan)
    assert same(sandbox, kind)


def test_cordon_and_uncordon(sandbox: Sandbox, kubectl: Kubectl) -> None:
    ours, theirs = NODES
    for verb in ("cordon", "uncordon"):
        code, said = kubectl(verb, theirs)
        assert code == 0, said
        sandbox.cluster.perform(sandbox.plan(verb, sandbox.ref("Node", ours, "")))
        assert essence(sandbox.get("Node", ours, "")) == essence(sandbox.get("Node", theirs, "")), verb
        sandbox.server.step(1)


def one_each(sandbox: Sandbox, kind: str) -> tuple[str, str]:
    """Names of a pod of ours and one of theirs, both of which finalizers hold, so that what is left can be seen."""
    both(sandbox, kind)
    names = [str(sandbox.pods("web", namespace)[0]["metadata"]["name"]) for namespace in (OURS, THEIRS)]
    hold = {"finalizers": ["example.com/hold"]}
    for namespace, name in zip((OURS, THEIRS), names, strict=True):
        sandbox.edit("Pod", name, lambda found: found["metadata"].update(hold), namespace)
    return names[0], names[1]


def going(sandbox: Sandbox, name: str, namespace: str) -> tuple[str, int]:
    meta = sandbox.get("Pod", name, namespace)["metadata"]
    return meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]


@pytest.mark.parametrize("kind", WORKLOADS)
def test_delete_a_pod(sandbox: Sandbox, kubectl: Kubectl, kind: str) -> None:
    ours, theirs = one_each(sandbox, kind)
    code, said = kubectl("delete", "pod", theirs, "--wait=false")
    assert code == 0, said
    sandbox.cluster.perform(sandbox.plan("delete_pod", sandbox.ref("Pod", ours)))
    assert going(sandbox, ours, OURS) == going(sandbox, theirs, THEIRS)
    assert going(sandbox, ours, OURS)[1] == 30


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_delete_a_pod_by_force(sandbox: Sandbox, kubectl: Kubectl, kind: str) -> None:
    ours, theirs = one_each(sandbox, kind)
    sandbox.server.stop_node(str(sandbox.get("Pod", ours)["spec"]["nodeName"]))
    sandbox.server.step(0)
    code, said = kubectl("delete", "pod", theirs, "--force", "--grace-period=0", "--wait=false")
    assert code == 0, said
    sandbox.cluster.perform(sandbox.plan("force_delete_pod", sandbox.ref("Pod", ours)))
    assert going(sandbox, ours, OURS) == going(sandbox, theirs, THEIRS)
    assert going(sandbox, ours, OURS)[1] == 0


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_evict_a_pod(sandbox: Sandbox, kubectl: Kubectl, kind: str) -> None:
    ours, theirs = one_each(sandbox, kind)
    sandbox.edit("Pod", theirs, lambda found: found["metadata"]["labels"].update(one="yes"), THEIRS)
    where = str(sandbox.get("Pod", theirs, THEIRS)["spec"]["nodeName"])
    # Nothing moves here, so that it would wait for the pod's end for ever.
    _, said = kubectl("drain", where, "--pod-selector=one=yes", "--timeout=1s")
    assert f"evicting pod {THEIRS}/{theirs}" in said
    sandbox.cluster.perform(sandbox.plan("evict_pod", sandbox.ref("Pod", ours)))
    assert going(sandbox, ours, OURS) == going(sandbox, theirs, THEIRS)


# Drains


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two clusters that are the same to the last uid."""
    with KubeApiServer(auto=False, seed=7) as ours, KubeApiServer(auto=False, seed=7) as theirs:
        pair = [Sandbox(server, tmp_path / name) for server, name in ((ours, "ours"), (theirs, "theirs"))]
        for each in pair:
            each.server.apply([node(name) for name in (*NODES, "worker-3")])
            each.server.step(5)
        yield pair[0], pair[1]


def populate(sandbox: Sandbox, chance: random.Random) -> None:
    """Workloads of every kind and pods of every fate, the same for the same chance."""
    for number in range(chance.randint(1, 4)):
        kind = chance.choice(["Deployment", "StatefulSet"])
        manifest = workload(kind, f"app-{number}", replicas=chance.randint(1, 6))
        if chance.random() < 0.4:
            with_scratch(manifest, "tmp")
        sandbox.apply(manifest)
        if chance.random() < 0.5:
            rule = chance.choice(["minAvailable", "maxUnavailable"])
            sandbox.apply(budget(f"app-{number}", **{rule: chance.randint(0, 3)}))
    sandbox.apply(workload("DaemonSet", "agent"))
    agent = sandbox.get("DaemonSet", "agent")["metadata"]
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": agent["uid"], "controller": True}
    makers: dict[str, Callable[[str], Obj]] = {
        "bare": lambda name: pod(name, nodeName="worker-1"),
        "scratch": lambda name: with_scratch(pod(name, nodeName="worker-1"), "tmp"),
        "mirror": mirror,
        "failed": failed,
        "succeeded": lambda name: ended(name, "Succeeded"),
        "finished-agent": lambda name: failed(name, owner=owner),
        "orphan-agent": lambda name: owned(pod(name, nodeName="worker-1"), {**owner, "name": "gone"}),
        "other-owner": lambda name: owned(pod(name, nodeName="worker-1"), {**owner, "kind": "Custom", "name": "own"}),
    }
    for kind, make in makers.items():
        sandbox.server.apply([make(f"{kind}-{number}") for number in range(chance.randint(0, 2))])
    for name in sorted(each["metadata"]["name"] for each in sandbox.server.list("Pod", "shop")):
        if chance.random() < 0.1 and not name.startswith("finished"):
            sandbox.cluster.perform(sandbox.plan("delete_pod", sandbox.ref("Pod", name)))


def mirror(name: str) -> Obj:
    manifest = pod(name, nodeName="worker-1")
    manifest["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "hash"}
    return manifest


def ended(name: str, phase: str) -> Obj:
    manifest = failed(name)
    manifest["status"] = {"phase": phase}
    return manifest


def owned(manifest: Obj, owner: Obj) -> Obj:
    manifest["metadata"]["ownerReferences"] = [owner]
    return manifest


def fates(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """Of the node's pods: how many of each workload stay, and go. Which of equals goes is chance in kubectl."""
    found: Counter[tuple[str, str]] = Counter()
    for each in sandbox.server.list("Pod"):
        if each["spec"].get("nodeName") == "worker-1":
            meta = each["metadata"]
            group = meta.get("labels", {}).get("app") or meta["name"]
            found[group, "goes" if "deletionTimestamp" in meta else "stays"] += 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_drain(twins: tuple[Sandbox, Sandbox], tmp_path: Path, seed: int) -> None:
    ours, theirs = twins
    for each in twins:
        populate(each, random.Random(seed))
    assert fates(ours) == fates(theirs)
    plan = ours.plan("drain", ours.ref("Node", "worker-1", ""))
    ours.cluster.perform(plan)
    before, progress = -1, ours.cluster.proceed(plan)
    while progress.done != before:
        before, progress = progress.done, ours.cluster.proceed(plan)
    # Nothing moves while it looks, so that pods that were told to go stay and it gives up at its time limit.
    flags = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=1s")
    code, said = Kubectl(theirs.server, tmp_path / "home")("drain", "worker-1", *flags)
    assert "evicting pod" in said or code == 0, said
    assert fates(ours) == fates(theirs), said
    assert (code == 0) == progress.finished, said
    assert essence(ours.get("Node", "worker-1", "")) == essence(theirs.get("Node", "worker-1", ""))

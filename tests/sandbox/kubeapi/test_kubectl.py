"""The real kubectl, verb by verb: what it prints is the judge of the stand-in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.sandbox.kubeapi import Behaviour, Command, KubeApiServer, LogLine
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.behaviours import CRASH_LOOP, NEVER_READY
from chatops.sandbox.kubeapi.demo_cluster import demo_cluster

from .conftest import deployment, node, workload

KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
SPEED = 20.0
STATIONS = {
    "pods": "NAME READY STATUS RESTARTS AGE",
    "deployments": "NAME READY UP-TO-DATE AVAILABLE AGE",
    "replicasets": "NAME DESIRED CURRENT READY AGE",
    "statefulsets": "NAME READY AGE",
    "daemonsets": "NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE",
    "nodes": "NAME STATUS ROLES AGE VERSION",
    "events": "LAST SEEN TYPE REASON OBJECT MESSAGE",
    "jobs": "NAME STATUS COMPLETIONS DURATION AGE",
    "cronjobs": "NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE",
    "hpa": "NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE",
    "pvc": "NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE",
    "namespaces": "NAME STATUS AGE",
    "services": "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE",
    "pdb": "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE",
    "endpointslices": "NAME ADDRESSTYPE PORTS ENDPOINTS AGE",
    "controllerrevisions": "NAME CONTROLLER REVISION AGE",
    "leases": "NAME HOLDER AGE",
    "storageclasses": "NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE",
    "apiservices": "NAME SERVICE AVAILABLE AGE",
    "resourcequotas": "NAME REQUEST LIMIT AGE",
}


class Kubectl:
    """kubectl with a home of its own. `code` is the exit status demanded, None for any."""

    def __init__(self, server: KubeApiServer, home: Path, namespace: str = "shop") -> None:
        self.server = server
        self.config = server.kubeconfig(home / "config", namespace=namespace)
        self.env = {"HOME": str(home), "PATH": os.environ["PATH"], "KUBECACHEDIR": str(home / "cache")}

    def command(self, *arguments: str) -> list[str]:
        return [str(KUBECTL), f"--kubeconfig={self.config}", f"--cache-dir={self.env['KUBECACHEDIR']}", *arguments]

    def __call__(self, *arguments: str, code: int | None = 0) -> str:
        done = subprocess.run(
            self.command(*arguments), env=self.env, capture_output=True, text=True, timeout=60, check=False
        )
        said = done.stdout + done.stderr
        assert code is None or done.returncode == code, f"{arguments}: {done.returncode}\n{said}"
        return said

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "-o", "json"))

    def names(self, *arguments: str) -> list[str]:
        return [each.partition("/")[2] for each in self("get", *arguments, "-o", "name").split()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """The demo's cluster, only looked at."""
    with demo_cluster() as server:
        yield Kubectl(server, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture
def kubectl(home: Path) -> Iterator[Kubectl]:
    """A small cluster that moves by itself, fast."""
    with KubeApiServer(speed=SPEED, seed=5) as server:
        server.apply([node("n1"), node("n2")])
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        yield Kubectl(server, home)


def rolled_out(kubectl: Kubectl, *objects: dict[str, Any]) -> None:
    kubectl.server.apply(objects)
    for each in objects:
        kubectl("rollout", "status", f"{each['kind'].lower()}/{each['metadata']['name']}", "--timeout=30s")


@pytest.mark.parametrize(("kind", "columns"), STATIONS.items())
def test_get_every_kind(demo: Kubectl, kind: str, columns: str) -> None:
    lines = demo("get", kind, "-A").splitlines()
    heads = lines[0].split()
    if heads[0] == "NAMESPACE":
        heads = heads[1:]
    assert heads == columns.split()
    assert len(lines) > 1


def test_get_in_its_forms(demo: Kubectl) -> None:
    assert "IMAGES" in demo("get", "deploy", "-o", "wide")
    wide = demo("get", "pods", "-o", "wide")
    assert re.search(
        r"checkout-\w+-x2k4q +1/2 +(CrashLoopBackOff|OOMKilled|Running|Error) +\d+ \(\S+ ago\) +1\dm", wide
    )
    assert demo.json("get", "deploy", "checkout")["status"]["readyReplicas"] == 3
    assert "apiVersion: apps/v1" in demo("get", "deploy", "checkout", "-o", "yaml")
    assert len(demo.names("pods", "-l", "app.kubernetes.io/name in (checkout,cart)")) == 8
    assert demo.names("pods", "-A", "--field-selector=spec.nodeName=cp-1,status.phase=Running")
    assert "checkout" in demo("get", "all")
    assert demo("get", "pods", "nope", code=1) == 'Error from server (NotFound): pods "nope" not found\n'
    assert "field label not supported: foo" in demo("get", "pods", "--field-selector=foo=bar", code=1)
    assert len(demo("get", "pods", "-A", "--chunk-size=5").splitlines()) == len(demo("get", "pods", "-A").splitlines())


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("deploy/checkout", ["3 available | 2 unavailable", "MinimumReplicasUnavailable", "shop/checkout:1.42.0"]),
        ("sts/orders-db", ["2 desired | 2 total", "Volume Claims", "Partition"]),
        ("ds/node-exporter -n monitoring", ["Desired Number of Nodes Scheduled: 4"]),
        ("node/worker-1", ["Non-terminated Pods", "KubeletReady", "HolderIdentity:  worker-1", "Allocated resources"]),
        ("hpa/checkout", ["91% (227m) / 70%", "TooManyReplicas"]),
        ("pdb/checkout", ["Allowed disruptions:  0"]),
        ("svc/checkout", ["TargetPort:               8080/TCP"]),
        ("cronjob/report -n ci", ["*/20 * * * *"]),
        ("quota/ci -n ci", ["requests.cpu"]),
        ("pvc/data-orders-db-0", ["Used By:       orders-db-0"]),
        ("rs -l app.kubernetes.io/name=cart", ["Controlled By:  Deployment/cart"]),
        ("job -n ci", ["Pods Statuses:", "Completed"]),
    ],
)
def test_describe(demo: Kubectl, what: str, expected: list[str]) -> None:
    text = demo("describe", *what.split())
    for each in expected:
        assert each in text


def test_describe_a_crashing_pod(demo: Kubectl) -> None:
    (name,) = [each for each in demo.names("pods") if each.endswith("x2k4q")]
    text = demo("describe", "pod", name)
    for each in (
        "OOMKilled",
        "Exit Code:    137",
        "Restart Count:",
        "Back-off restarting failed container app in pod",
    ):
        assert each in text
    assert re.search(r"Warning +BackOff +\S+ \(x\d+ over 1\dm\) +kubelet", text)
    assert re.search(r"Warning +Unhealthy +\S+ \(x\d+ over 1\dm\) +kubelet +Readiness probe failed", text)


def test_logs(demo: Kubectl) -> None:
    (name,) = [each for each in demo.names("pods") if each.endswith("x2k4q")]
    assert 'Defaulted container "app" out of: app, istio-proxy, migrate (init)' in demo("logs", name)
    assert demo("logs", name, "-c", "app", "--previous", "--tail=2").splitlines() == [
        "    at shop.cache.load(cache.py:88)",
        "INFO  shutting down",
    ]
    assert "nothing to migrate" in demo("logs", name, "-c", "migrate", "--timestamps")
    assert "container nope is not valid for pod" in demo("logs", name, "-c", "nope", code=1)
    assert len(demo("logs", "deploy/cart", "--since=25s").splitlines()) in (3, 4)
    assert "previous terminated container" in demo("logs", "orders-db-0", "--previous", code=1)


def test_rollout_history(demo: Kubectl) -> None:
    history = demo("rollout", "history", "deploy/checkout")
    assert re.search(r"^42 +release 1.41.2$", history, re.MULTILINE)
    assert re.search(r"^43 +release 1.42.0$", history, re.MULTILINE)
    assert "shop/checkout:1.41.2" in demo("rollout", "history", "deploy/checkout", "--revision=42")
    assert "unable to find the specified revision" in demo(
        "rollout", "history", "deploy/checkout", "--revision=7", code=1
    )
    assert "REVISION" in demo("rollout", "history", "sts/orders-db")
    assert "REVISION" in demo("rollout", "history", "ds/node-exporter", "-n", "monitoring")


def test_events_and_top_and_raw(demo: Kubectl) -> None:
    assert "BackOff" in demo("get", "events", "--field-selector=type=Warning", "--sort-by=.lastTimestamp")
    assert re.search(r"\(x\d+ over 1\dm\) +Warning +BackOff +Pod/checkout", demo("events", "--types=Warning"))
    assert re.search(r"orders-db-0 +\d+m +\d+Mi", demo("top", "pods"))
    assert re.search(r"worker-1 +\d+m +\d+% +\d+Mi +\d+%", demo("top", "nodes"))
    assert "readyz check passed" in demo("get", "--raw", "/readyz?verbose")
    assert "Server Version: v1.32" in demo("version")
    assert "horizontalpodautoscalers" in demo("api-resources")


def test_rollback_and_its_refusals(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=3))
    assert 'no rollout history found for deployment "web"' in kubectl("rollout", "undo", "deploy/web", code=1)
    kubectl.server.behave("app:2", NEVER_READY)
    kubectl("set", "image", "deploy/web", "app=app:2")
    assert "Waiting for deployment" in kubectl("rollout", "status", "deploy/web", "--timeout=1s", code=1)
    assert "rolled back" in kubectl("rollout", "undo", "deploy/web")
    assert "successfully rolled out" in kubectl("rollout", "status", "deploy/web", "--timeout=30s")
    assert kubectl.json("get", "deploy", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert re.findall(r"^(\d+) ", kubectl("rollout", "history", "deploy/web"), re.MULTILINE) == ["2", "3"]
    skipped = kubectl("rollout", "undo", "deploy/web", "--to-revision=3")
    assert "skipped rollback (current template already matches revision 3)" in skipped
    assert "unable to find specified revision 99" in kubectl(
        "rollout", "undo", "deploy/web", "--to-revision=99", code=1
    )


def test_progress_deadline_is_told(kubectl: Kubectl) -> None:
    kubectl.server.behave("app:1", CRASH_LOOP)
    kubectl.server.apply(deployment(replicas=1, progressDeadlineSeconds=10))
    said = kubectl("rollout", "status", "deploy/web", "--timeout=30s", code=1)
    assert 'deployment "web" exceeded its progress deadline' in said


def test_pause_restart_resume(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=2))
    assert "paused" in kubectl("rollout", "pause", "deploy/web")
    assert "is already paused" in kubectl("rollout", "pause", "deploy/web", code=1)
    assert "can't restart paused deployment" in kubectl("rollout", "restart", "deploy/web", code=1)
    assert "resumed" in kubectl("rollout", "resume", "deploy/web")
    before = set(kubectl.names("pods"))
    assert "restarted" in kubectl("rollout", "restart", "deploy/web")
    kubectl("rollout", "status", "deploy/web", "--timeout=30s")
    wait_gone(kubectl, before)
    kubectl("rollout", "pause", "deploy/web")
    assert "you cannot rollback a paused deployment" in kubectl("rollout", "undo", "deploy/web", code=1)
    template = kubectl.json("get", "deploy", "web")["spec"]["template"]
    assert "kubectl.kubernetes.io/restartedAt" in template["metadata"]["annotations"]


def wait_gone(kubectl: Kubectl, names: set[str]) -> None:
    kubectl("wait", "--for=delete", *(f"pod/{name}" for name in sorted(names)), "--timeout=30s")


def test_stateful_and_daemon_sets_restart_and_undo(kubectl: Kubectl) -> None:
    rolled_out(kubectl, workload("StatefulSet", "db", replicas=2), workload("DaemonSet", "agent"))
    for name in ("statefulset/db", "daemonset/agent"):
        kubectl("rollout", "restart", name)
        kubectl("rollout", "status", name, "--timeout=30s")
        assert "rolled back" in kubectl("rollout", "undo", name)
        kubectl("rollout", "status", name, "--timeout=30s")
        assert re.findall(r"^(\d+) ", kubectl("rollout", "history", name), re.MULTILINE) == ["2", "3"]
        template = kubectl.json("get", name)["spec"]["template"]
        assert "kubectl.kubernetes.io/restartedAt" not in (template["metadata"].get("annotations") or {})


def test_scale(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=1))
    assert "scaled" in kubectl("scale", "deploy/web", "--replicas=3")
    kubectl("rollout", "status", "deploy/web", "--timeout=30s")
    assert kubectl.json("get", "deploy", "web")["status"]["readyReplicas"] == 3
    assert "Expected replicas to be 9, was 3" in kubectl(
        "scale", "deploy/web", "--replicas=1", "--current-replicas=9", code=1
    )
    assert "(server dry run)" in kubectl("scale", "deploy/web", "--replicas=0", "--dry-run=server")
    assert kubectl.json("get", "deploy", "web")["spec"]["replicas"] == 3


def test_delete_waits_until_it_is_gone(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=2))
    first, second = kubectl.names("pods")
    assert kubectl("delete", "pod", first) == f'pod "{first}" deleted\n'
    assert "NotFound" in kubectl("get", "pod", first, code=1)
    assert "force deleted" in kubectl("delete", "pod", second, "--force", "--grace-period=0")
    assert "deleted" in kubectl("delete", "deploy", "web", "--cascade=foreground")
    assert kubectl.names("deploy") == []
    assert "NotFound" in kubectl("delete", "deploy", "web", code=1)
    assert "created" in kubectl("create", "namespace", "passing")
    assert "deleted" in kubectl("delete", "namespace", "passing")
    assert "NotFound" in kubectl("get", "namespace", "passing", code=1)


def test_drain_respects_budgets(kubectl: Kubectl) -> None:
    rolled_out(
        kubectl, deployment(replicas=2), workload("DaemonSet", "agent"), workload("Deployment", "guarded", replicas=1)
    )
    (guarded,) = kubectl.json("get", "pods", "-l", "app=guarded")["items"]
    name = guarded["spec"]["nodeName"]
    kubectl.server.apply(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "guarded", "namespace": "shop"},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "guarded"}}},
        }
    )
    assert "cordoned" in kubectl("cordon", name)
    assert f"{name} " in kubectl("get", "nodes")
    assert "SchedulingDisabled" in kubectl("get", "node", name)
    assert "cannot delete DaemonSet-managed Pods" in kubectl("drain", name, code=1)
    refused = kubectl("drain", name, "--ignore-daemonsets", "--timeout=2s", code=1)
    assert "Cannot evict pod as it would violate the pod's disruption budget." in refused
    kubectl("delete", "pdb", "guarded")
    assert "drained" in kubectl("drain", name, "--ignore-daemonsets", "--timeout=30s")
    left = kubectl.json("get", "pods", f"--field-selector=spec.nodeName={name}")["items"]
    assert {pod["metadata"]["labels"]["app"] for pod in left} == {"agent"}
    assert "uncordoned" in kubectl("uncordon", name)
    assert "SchedulingDisabled" not in kubectl("get", "nodes")


def test_patches(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=1))
    strategic = '{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"1"}]}]}}}}'
    assert "patched" in kubectl("patch", "deploy", "web", "-p", strategic)
    assert "patched" in kubectl("patch", "deploy", "web", "--type=merge", "-p", '{"metadata":{"labels":{"a":"b"}}}')
    assert "patched" in kubectl(
        "patch", "deploy", "web", "--type=json", "-p", '[{"op":"replace","path":"/spec/replicas","value":2}]'
    )
    found = kubectl.json("get", "deploy", "web")
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["env"]) == ("app:1", [{"name": "A", "value": "1"}])
    assert (found["metadata"]["labels"], found["spec"]["replicas"]) == ({"a": "b"}, 2)
    assert "(no change)" in kubectl("patch", "deploy", "web", "-p", '{"spec":{"replicas":2}}')
    failed = kubectl(
        "patch", "deploy", "web", "--type=json", "-p", '[{"op":"test","path":"/spec/replicas","value":9}]', code=1
    )
    assert failed == "The request is invalid: the server rejected our request due to an error in our request\n"
    negative = kubectl("patch", "deploy", "web", "-p", '{"spec":{"replicas":-1}}', code=1)
    assert 'The Deployment "web" is invalid: spec.replicas: Invalid value: -1' in negative


def test_rights(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=1))
    assert kubectl("auth", "can-i", "delete", "pods") == "yes\n"
    user = "kubernetes-admin"
    kubectl.server.access.allow(user, Rule(verbs=("get", "list", "watch"), resources=("pods", "deployments")))
    assert kubectl("auth", "can-i", "list", "pods") == "yes\n"
    assert kubectl("auth", "can-i", "delete", "pods", code=1) == "no\n"
    assert "pods" in kubectl("auth", "can-i", "--list")
    assert user in kubectl("auth", "whoami")
    (pod,) = kubectl.names("pods")
    assert kubectl("delete", "pod", pod, code=1) == (
        f'Error from server (Forbidden): pods "{pod}" is forbidden: User "{user}" cannot delete resource "pods" '
        'in API group "" in the namespace "shop"\n'
    )


def lines_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line)
        if wanted in line:
            break
    return seen


def test_watch_shows_a_pod_go(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=1))
    (pod,) = kubectl.names("pods")
    command = kubectl.command("get", "pods", "--watch", "--request-timeout=40s")
    with subprocess.Popen(command, env=kubectl.env, stdout=subprocess.PIPE, text=True) as process:
        assert pod in "".join(lines_until(process, pod))
        kubectl("delete", "pod", pod, "--wait=false")
        seen = lines_until(process, "ContainerCreating")
        process.terminate()
    assert any(pod in line and "Terminating" in line for line in seen)


def test_follow_logs_to_their_end(kubectl: Kubectl) -> None:
    script = Behaviour(
        runs_for=20.0,
        exit_code=1,
        exit_reason="Error",
        lines=tuple(LogLine(after=n, text=f"line {n}") for n in range(20)),
    )
    kubectl.server.behave("app:1", script)
    body = {"name": "once", "namespace": "shop"}
    spec = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "app:1"}]}
    kubectl.server.apply({"apiVersion": "v1", "kind": "Pod", "metadata": body, "spec": spec})
    kubectl("wait", "--for=condition=Ready", "pod/once", "--timeout=30s")
    assert kubectl("logs", "-f", "once").splitlines() == [f"line {n}" for n in range(20)]


def test_job_from_cron_job_by_patch_and_wait(kubectl: Kubectl) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "task", "image": "task:1"}]}
    meta = {"name": "tick", "namespace": "shop"}
    spec = {"schedule": "* * * * *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    kubectl.server.apply({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec})
    assert "True" in kubectl("get", "cronjob", "tick")
    job = {"name": "now", "namespace": "shop"}
    kubectl.server.apply(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": job, "spec": {"template": {"spec": pod}}}
    )
    kubectl("wait", "--for=condition=complete", "job/now", "--timeout=30s")
    assert re.search(r"now +Complete +1/1", kubectl("get", "jobs"))
    assert "job started" not in kubectl("logs", "job/now")


def test_exec(kubectl: Kubectl) -> None:
    rolled_out(kubectl, deployment(replicas=1))
    (name,) = kubectl.names("pods")
    kubectl.server.set_command("shop", name, "app", Command(argv="ls *", output=b"a\n" * 50_000, error=b"hm\n", code=3))
    said = kubectl("exec", name, "--", "ls", "-l", code=3)
    assert said.count("a\n") == 50_000
    assert "hm\ncommand terminated with exit code 3" in said
    assert kubectl("exec", name, "-c", "app", "--", "df", "-h").startswith("Filesystem")
    missing = kubectl("exec", name, "--", "ss", "-s", code=1)
    assert 'exec: "ss": executable file not found in $PATH' in missing
    assert "container none is not valid" in kubectl("exec", name, "-c", "none", "--", "ls", code=1)

"""The commands handed over to a laptop, run by a real shell and the real kubectl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core import kubectl
from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.sandbox.kubeapi import KubeApiServer

from .conftest import deployment, node, workload

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
SPEED = 20.0
GROWING = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "growing"}}
CLAIM = {"storageClassName": "growing", "volumeName": "pv-1", "resources": {"requests": {"storage": "10Gi"}}}
LIMITS = {"limits": {"memory": "512Mi", "cpu": "1"}}


def obj(api: str, kind: str, name: str, **fields: object) -> dict[str, object]:
    meta = {"name": name} if kind in CLUSTER_WIDE else {"name": name, "namespace": "shop"}
    return {"apiVersion": api, "kind": kind, "metadata": meta, **fields}


class Laptop:
    """Pastes a command into a shell, as somebody would: the kubeconfig comes from the environment."""

    def __init__(self, server: KubeApiServer, home: Path) -> None:
        self.server = server
        config = server.kubeconfig(home / "config", namespace="default")
        self._environment = {"HOME": str(home), "PATH": os.environ["PATH"], "KUBECONFIG": str(config)}
        self.context = self.run("kubectl config current-context").strip()

    def run(self, command: str, *, fails: bool = False) -> str:
        done = subprocess.run(
            ["sh", "-c", command], env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode != 0) == fails, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def paste(self, action: str, kind: str, name: str, *, fails: bool = False, **params: str) -> str:
        ref = ObjectRef(kind, name, "" if kind in CLUSTER_WIDE else "shop", cluster=self.context)
        command = kubectl.command(action, ref, params)
        assert command
        return self.run(command, fails=fails)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with KubeApiServer(speed=SPEED, seed=5) as server:
        server.apply([node("n1"), node("n2")])
        server.apply(obj("v1", "Namespace", "shop"))
        web = deployment(replicas=2)
        web["spec"]["template"]["spec"]["containers"][0]["resources"] = LIMITS
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        task = {"restartPolicy": "Never", "containers": [{"name": "task", "image": "task:1"}]}
        job = {"spec": {"template": {"spec": task}}}
        scale = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5}
        server.apply(
            [
                web,
                workload("DaemonSet", "agent"),
                obj("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=scale),
                obj("batch/v1", "CronJob", "tick", spec={"schedule": "0 0 1 1 *", "jobTemplate": job}),
                obj("batch/v1", "Job", "once", spec={"template": {"spec": task}}),
                obj("v1", "ResourceQuota", "all", spec={"hard": {"pods": "50"}}),
                {**GROWING, "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": True},
                obj("v1", "PersistentVolumeClaim", "data", spec=CLAIM, status={"phase": "Bound"}),
                obj("v1", "Service", "web", spec={"ports": [{"port": 80}], "selector": {"app": "web"}}),
            ]
        )
        made = Laptop(server, tmp_path_factory.mktemp("laptop"))
        made.run("kubectl -n shop rollout status deploy/web --timeout=30s")
        yield made


def first_pod(laptop: Laptop, app: str) -> str:
    return laptop.run(f"kubectl -n shop get pods -l app={app} -o name").split()[0].partition("/")[2]


def test_reading(laptop: Laptop) -> None:
    pod = first_pod(laptop, "web")
    laptop.paste("logs", "Pod", pod, container="app", tail="5")
    assert "previous terminated container" in laptop.paste("logs_previous", "Pod", pod, container="app", fails=True)
    assert "Limits:" in laptop.paste("describe", "Pod", pod)
    assert "ScalingReplicaSet" in laptop.paste("events", "Deployment", "web")
    assert "kind: Deployment" in laptop.paste("yaml", "Deployment", "web")
    assert "app" in laptop.paste("top", "Pod", pod)
    assert "n1" in laptop.paste("top", "Node", "n1")
    assert "successfully rolled out" in laptop.paste("rollout_status", "Deployment", "web")
    assert "REVISION" in laptop.paste("rollout_history", "Deployment", "web")
    laptop.paste("events", "Node", "n1")
    assert "Min replicas" in laptop.paste("hpa_status", "HorizontalPodAutoscaler", "web")
    assert "web" in laptop.paste("endpoints", "Service", "web")
    assert "agent" in laptop.paste("node_pods", "Node", "n1")
    assert "readyz check passed" in laptop.paste("component_health", "Cluster", "")
    assert "Name:" in laptop.paste("capacity", "Cluster", "")
    laptop.paste("csr_list", "Cluster", "")


def spec(laptop: Laptop, kind: str, name: str) -> dict[str, object]:
    found = json.loads(laptop.run(f"kubectl -n shop get {kind}/{name} -o json"))["spec"]
    assert isinstance(found, dict)
    return found


def test_changing_a_workload(laptop: Laptop) -> None:
    laptop.paste("rollout_pause", "Deployment", "web")
    assert spec(laptop, "deploy", "web")["paused"] is True
    laptop.paste("rollout_resume", "Deployment", "web")
    laptop.paste("raise_memory_limit", "Deployment", "web", container="app", memory="768Mi")
    laptop.paste("raise_cpu_limit", "Deployment", "web", container="app", cpu="1500m")
    assert '"limits": {\n' in json.dumps(spec(laptop, "deploy", "web"), indent=1)
    text = json.dumps(spec(laptop, "deploy", "web"))
    assert '"memory": "768Mi"' in text
    assert '"cpu": "1500m"' in text
    assert "restarted" in laptop.paste("rollout_restart", "DaemonSet", "agent")
    laptop.paste("scale_up", "Deployment", "web", replicas="3")
    assert spec(laptop, "deploy", "web")["replicas"] == 3
    assert "rolled back" in laptop.paste("rollout_undo", "Deployment", "web", revision="1")


def test_changing_other_objects(laptop: Laptop) -> None:
    laptop.paste("hpa_raise_max", "HorizontalPodAutoscaler", "web", max="8")
    laptop.paste("hpa_lower_min", "HorizontalPodAutoscaler", "web", min="1")
    found = spec(laptop, "hpa", "web")
    assert (found["minReplicas"], found["maxReplicas"]) == (1, 8)
    laptop.paste("cronjob_suspend", "CronJob", "tick")
    assert spec(laptop, "cronjob", "tick")["suspend"] is True
    laptop.paste("cronjob_resume", "CronJob", "tick")
    trigger = kubectl.command("cronjob_trigger", ObjectRef("CronJob", "tick", "shop"))
    # kubectl sends a Job as protobuf, which the stand-in does not read.
    assert "job.batch/tick-manual created (dry run)" in laptop.run(f"{trigger} --dry-run=client")
    laptop.paste("pvc_expand", "PersistentVolumeClaim", "data", size="12Gi")
    assert "deleted" in laptop.paste("job_delete", "Job", "once")
    laptop.paste("raise_quota", "ResourceQuota", "all", resource="pods", value="60")
    assert spec(laptop, "quota", "all")["hard"] == {"pods": "60"}
    laptop.paste("cleanup_pods", "ResourceQuota", "all")
    laptop.paste("cleanup_pods", "Node", "n1")


def test_nodes_and_pods(laptop: Laptop) -> None:
    laptop.paste("cordon", "Node", "n2")
    assert "SchedulingDisabled" in laptop.run("kubectl get node n2")
    assert "drained" in laptop.paste("drain", "Node", "n2")
    laptop.paste("uncordon", "Node", "n2")
    assert "deleted" in laptop.paste("delete_pod", "Pod", first_pod(laptop, "web"))
    assert "force deleted" in laptop.paste("force_delete_pod", "Pod", first_pod(laptop, "agent"))


def test_a_hostile_name_reaches_kubectl_as_one_name(laptop: Laptop) -> None:
    said = laptop.paste("describe", "Pod", "$(echo pwned); x", fails=True)
    assert "$(echo pwned); x" in said
    assert "pwned" not in said.replace("$(echo pwned)", "")

"""The real kubectl on jobs, cron jobs, claims and certificate requests: what it leaves, the actions leave too."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatops.cluster import Cluster
from chatops.core.actions import Plan
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi import KubeApiServer
from tests.sandbox.kubeapi.test_kubectl import Kubectl

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

Obj = dict[str, Any]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACTION_ID = "chatops.io/action-id"


class Both:
    """kubectl and this project's own door before the same cluster, whose time stands still."""

    def __init__(self, server: KubeApiServer, home: Path) -> None:
        self.server = server
        self.kubectl = Kubectl(server, home)
        self.cluster = Cluster("demo", str(self.kubectl.config), threading.Event())

    def get(self, kind: str, name: str, namespace: str = "shop") -> Obj:
        found = self.server.get(kind, name, namespace)
        assert found is not None
        return found

    def does(self, action: str, kind: str, name: str, namespace: str = "shop", **params: str) -> Plan:
        """Preview and perform; the plan."""
        ref = ObjectRef(kind, name, namespace, cluster="demo")
        preview = self.cluster.preview(action, ref, {"action_id": uuid.uuid4().hex, **params}, NOW)
        assert preview.refusal is None
        self.cluster.perform(preview.plan)
        return preview.plan


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with KubeApiServer(auto=False, seed=5) as server:
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        yield Both(server, tmp_path)


def cron_job(name: str) -> Obj:
    pod = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "job:1", "args": ["--all", "-v"]}]}
    template = {"metadata": {"labels": {"app": "tick"}}, "spec": pod}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": "shop", "labels": {"team": "data"}, "annotations": {"own": "1"}},
        "spec": {
            "schedule": "*/5 * * * *",
            "jobTemplate": {
                "metadata": {"labels": {"of": "tick"}, "annotations": {"note": "x"}},
                "spec": {"backoffLimit": 0, "ttlSecondsAfterFinished": 600, "template": template},
            },
        },
    }


def claim(name: str, class_name: str = "fast") -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"storageClassName": class_name, "resources": {"requests": {"storage": "10Gi"}}},
        "status": {"phase": "Bound", "capacity": {"storage": "10Gi"}},
    }


def storage_class(name: str, *, grows: bool) -> Obj:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "disk.example.com",
        "allowVolumeExpansion": grows,
    }


def request(name: str) -> Obj:
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {
            "request": "LS0=",
            "signerName": "kubernetes.io/kubelet-serving",
            "username": "system:node:n1",
            "groups": ["system:nodes"],
            "usages": ["server auth"],
            "extra": {"node": ["n1"]},
        },
    }


def generic(job: Obj) -> Obj:
    """A Job without what names this very one."""
    labels = job["spec"]["template"]["metadata"]["labels"]
    return {
        "labels": job["metadata"].get("labels"),
        "annotations": {k: v for k, v in job["metadata"]["annotations"].items() if k != ACTION_ID},
        "owners": job["metadata"]["ownerReferences"],
        "spec": {name: value for name, value in job["spec"].items() if name not in ("selector", "template")},
        "pod": job["spec"]["template"]["spec"],
        "pod labels": {k: v for k, v in labels.items() if "controller-uid" not in k and "job-name" not in k},
    }


def test_a_job_from_a_cron_job(both: Both) -> None:
    both.server.apply(cron_job("tick"))
    both.kubectl("create", "job", "by-kubectl", "--from=cronjob/tick")
    plan = both.does("cronjob_trigger", "CronJob", "tick")
    theirs, ours = both.get("Job", "by-kubectl"), both.get("Job", plan.params["made"])
    assert generic(ours) == generic(theirs)
    assert "blockOwnerDeletion" not in theirs["metadata"]["ownerReferences"][0]


def test_a_suspension(both: Both) -> None:
    both.server.apply([cron_job("theirs"), cron_job("ours")])
    for suspended in (True, False):
        both.kubectl("patch", "cronjob", "theirs", "-p", f'{{"spec":{{"suspend":{str(suspended).lower()}}}}}')
        both.does("cronjob_suspend" if suspended else "cronjob_resume", "CronJob", "ours")
        theirs, ours = both.get("CronJob", "theirs"), both.get("CronJob", "ours")
        assert ours["spec"] == theirs["spec"]
        assert theirs["spec"]["suspend"] is suspended


def test_an_expansion(both: Both) -> None:
    both.server.apply([storage_class("fast", grows=True), claim("theirs"), claim("ours")])
    both.kubectl("patch", "pvc", "theirs", "-p", '{"spec":{"resources":{"requests":{"storage":"15Gi"}}}}')
    plan = both.does("pvc_expand", "PersistentVolumeClaim", "ours", size="15Gi")
    both.server.step(30)
    theirs, ours = both.get("PersistentVolumeClaim", "theirs"), both.get("PersistentVolumeClaim", "ours")
    assert (ours["spec"], ours["status"]) == (theirs["spec"], theirs["status"])
    assert theirs["status"]["capacity"] == {"storage": "15Gi"}
    assert both.cluster.follow(plan).finished
    assert "15Gi" in both.kubectl("get", "pvc", "ours")
    shrunk = both.kubectl(
        "patch", "pvc", "theirs", "-p", '{"spec":{"resources":{"requests":{"storage":"5Gi"}}}}', code=1
    )
    assert "field can not be less than status.capacity" in shrunk


def test_an_expansion_that_the_class_forbids(both: Both) -> None:
    both.server.apply([storage_class("slow", grows=False), claim("data", "slow")])
    said = both.kubectl("patch", "pvc", "data", "-p", '{"spec":{"resources":{"requests":{"storage":"15Gi"}}}}', code=1)
    assert "must support resize" in said
    ref = ObjectRef("PersistentVolumeClaim", "data", "shop", cluster="demo")
    assert both.cluster.preview("pvc_expand", ref, {"action_id": "a"}, NOW).refusal is not None


def test_an_approval(both: Both) -> None:
    both.server.apply([request("theirs"), request("ours")])
    assert "approved" in both.kubectl("certificate", "approve", "theirs")
    both.does("approve_csr", "CertificateSigningRequest", "ours", "")
    both.server.step(1)
    theirs, ours = (both.get("CertificateSigningRequest", name, "") for name in ("theirs", "ours"))
    assert ours["spec"] == theirs["spec"] == request("ours")["spec"]
    assert ours["status"]["certificate"] == theirs["status"]["certificate"]
    words = ("reason", "message")
    assert [{k: v for k, v in each.items() if k not in words}.keys() for each in ours["status"]["conditions"]] == [
        {k: v for k, v in each.items() if k not in words}.keys() for each in theirs["status"]["conditions"]
    ]
    assert both.kubectl("get", "csr").count("Approved,Issued") == 2
    assert "is already Approved" in both.kubectl("certificate", "deny", "ours", code=1)


def test_a_job_made_by_kubectl_is_deleted_and_run_again(both: Both) -> None:
    both.kubectl("create", "job", "once", "--image=job:1", "--", "sh", "-c", "true")
    made = both.get("Job", "once")
    assert made["spec"]["template"]["spec"]["containers"][0]["command"] == ["sh", "-c", "true"]
    done = [{"type": "Complete", "status": "True"}]
    both.server.apply({**made, "status": {"succeeded": 1, "conditions": done}})
    plan = both.does("job_rerun", "Job", "once")
    assert both.get("Job", plan.params["made"])["spec"]["template"]["spec"] == made["spec"]["template"]["spec"]
    both.does("job_delete", "Job", "once")
    assert both.kubectl.names("jobs") == [plan.params["made"]]

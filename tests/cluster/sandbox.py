"""A small cluster on a loopback API server, whose time stands still until a test moves it."""

import copy
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatops.cluster import Cluster
from chatops.core.actions import Plan, Preview
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi import KubeApiServer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NODES = ("worker-1", "worker-2")

Obj = dict[str, Any]


def workload(kind: str, name: str, image: str = "app:1", *, replicas: int = 2, namespace: str = "shop") -> Obj:
    """A workload with one container `app`."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "app", "image": image, "env": [{"name": "LEVEL", "value": "canary-env"}]}]},
    }
    spec: Obj = {"selector": {"matchLabels": dict(labels)}, "template": template}
    if kind != "DaemonSet":
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec["serviceName"] = name
    meta = {"name": name, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def pod(name: str, *, namespace: str = "shop", labels: dict[str, str] | None = None, **spec: Any) -> Obj:
    """A pod nobody owns."""
    containers = spec.pop("containers", [{"name": "app", "image": "app:1"}])
    meta = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers, **spec}}


def node(name: str) -> Obj:
    """A node with room."""
    room = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    status = {
        "capacity": room,
        "allocatable": room,
        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": status}


class Sandbox:
    """The server, a way to it, and shorthands."""

    def __init__(self, server: KubeApiServer, path: Path) -> None:
        self.server = server
        self.kubeconfig = str(server.kubeconfig(path))
        self.cluster = self.connect()

    def connect(self, *, sleep: Callable[[float], None] = lambda _: None, **limits: float) -> Cluster:
        return Cluster("demo", self.kubeconfig, threading.Event(), sleep=sleep, **limits)

    def apply(self, *objects: Obj, seconds: float = 60.0) -> None:
        self.server.apply(objects)
        self.server.step(seconds)

    def ref(self, kind: str, name: str, namespace: str = "shop") -> ObjectRef:
        """The reference to what is there, uid included."""
        found = self.get(kind, name, namespace)
        return ObjectRef(kind, name, namespace, found["metadata"]["uid"], "demo")

    def get(self, kind: str, name: str, namespace: str = "shop") -> Obj:
        found = self.server.get(kind, name, namespace)
        assert found is not None, f"{kind} {namespace}/{name} is not there"
        return found

    def pods(self, app: str, namespace: str = "shop") -> list[Obj]:
        found = self.server.list("Pod", namespace)
        return [each for each in found if each["metadata"].get("labels", {}).get("app") == app]

    def edit(self, kind: str, name: str, change: Callable[[Obj], None], namespace: str = "shop") -> None:
        """Change an object as somebody else would."""
        found = copy.deepcopy(self.get(kind, name, namespace))
        change(found)
        self.server.apply(found)

    def annotate(self, kind: str, name: str, notes: dict[str, str], namespace: str = "shop") -> None:
        self.edit(kind, name, lambda found: found["metadata"].setdefault("annotations", {}).update(notes), namespace)

    def release(self, kind: str, name: str, image: str, namespace: str = "shop") -> None:
        """Roll another image out, to the end."""

        def change(found: Obj) -> None:
            found["spec"]["template"]["spec"]["containers"][0]["image"] = image

        self.edit(kind, name, change, namespace)
        self.server.step(120)

    def preview(self, action: str, ref: ObjectRef, **params: str) -> Preview:
        return self.cluster.preview(action, ref, {"action_id": uuid.uuid4().hex, **params}, NOW)

    def plan(self, action: str, ref: ObjectRef, **params: str) -> Plan:
        """The plan of a preview that refuses nothing; the request log starts after it."""
        preview = self.preview(action, ref, **params)
        assert preview.refusal is None
        self.server.requests.clear()
        return preview.plan

    def sent(self, method: str) -> int:
        """How many requests that change something came in."""
        found = self.server.requests.matching(method=method)
        return sum(1 for record in found if "dryRun" not in record.query)

    def taken(self, method: str) -> int:
        """How many of them the server did not refuse."""
        found = self.server.requests.matching(method=method)
        return sum(1 for record in found if "dryRun" not in record.query and (record.status or 200) < 400)

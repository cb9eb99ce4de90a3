"""The shapes that the test worlds are made of."""

from datetime import UTC, datetime
from typing import Any

from chatops.sandbox.kubeapi.demo_manifests import container, service, workload

Obj = dict[str, Any]

BORN = datetime(2026, 4, 20, 8, 0, tzinfo=UTC)


def simple(kind: str, namespace: str, name: str, *, replicas: int = 1, **more: Any) -> Obj:
    """A workload of one container called like itself."""
    given = container(name, f"registry.example.com/{namespace}/{name}:1.0", memory="128Mi", limit="256Mi")
    return workload(kind, namespace, name, [given], born=BORN, replicas=replicas, **more)


def custom(api_version: str, kind: str, namespace: str, name: str, spec: Obj, status: Obj) -> Obj:
    meta = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec, "status": status}


def ready(status: str = "True", reason: str = "Ready", message: str = "") -> Obj:
    return {"conditions": [{"type": "Ready", "status": status, "reason": reason, "message": message}]}


def door(namespace: str, name: str, port: int = 80) -> Obj:
    """A Service to the outside."""
    found = service(namespace, name, port, born=BORN)
    found["spec"]["type"] = "LoadBalancer"
    return found

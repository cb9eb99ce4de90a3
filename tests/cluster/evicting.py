"""Budgets and full nodes for the tests of what makes pods leave."""

from typing import Any

from tests.cluster.sandbox import Obj, Sandbox


def budget(app: str, *, name: str = "", namespace: str = "shop", **spec: Any) -> Obj:
    """A budget of the pods that carry `app`."""
    selector = {"matchLabels": {"app": app}}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name or app, "namespace": namespace},
        "spec": {"selector": selector, **spec},
    }


def with_scratch(manifest: Obj, *volumes: str) -> Obj:
    """The workload or pod, its pods with emptyDir volumes of these names."""
    spec = manifest["spec"]["template"]["spec"] if "template" in manifest["spec"] else manifest["spec"]
    spec["volumes"] = [{"name": each, "emptyDir": {}} for each in volumes]
    return manifest


def failed(name: str, *, owner: Obj | None = None, node: str = "worker-1", namespace: str = "shop", **meta: Any) -> Obj:
    """A pod that has failed for good, as an eviction by the kubelet leaves it."""
    references = [owner] if owner else []
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "ownerReferences": references, **meta},
        "spec": {"nodeName": node, "containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."},
    }


def names_on(sandbox: Sandbox, node: str, *, going: bool = True) -> set[str]:
    """Names of the pods on the node, those that are being deleted as well or not."""
    return {
        each["metadata"]["name"]
        for each in sandbox.server.list("Pod")
        if each["spec"].get("nodeName") == node and (going or "deletionTimestamp" not in each["metadata"])
    }

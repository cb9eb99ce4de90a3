"""One EndpointSlice per Service: its pods' addresses and whether they are ready."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.conditions import is_ready
from chatops.sandbox.kubeapi.controllers.owners import owned_by, reference_to
from chatops.sandbox.kubeapi.kinds import ENDPOINT_SLICES, PODS, SERVICES, Obj
from chatops.sandbox.kubeapi.store import Store


class EndpointSliceController:
    """Rewrites a slice whenever its content differs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sync(self, now: datetime) -> list[datetime]:
        """Bring every Service's slice up to date."""
        del now
        for service in self._store.all(SERVICES):
            if service["spec"].get("selector") and "deletionTimestamp" not in service["metadata"]:
                self._reconcile(service)
        return []

    def _endpoints(self, service: Obj) -> list[Obj]:
        found = []
        selector = service["spec"]["selector"].items()
        for pod in self._store.all(PODS, service["metadata"]["namespace"]):
            status, labels = pod.get("status") or {}, pod["metadata"].get("labels") or {}
            if not status.get("podIP") or status.get("phase") in ("Succeeded", "Failed"):
                continue
            if any(labels.get(key) != value for key, value in selector):
                continue
            leaving = "deletionTimestamp" in pod["metadata"]
            found.append(
                {
                    "addresses": [status["podIP"]],
                    "conditions": {
                        "ready": is_ready(pod) and not leaving,
                        "serving": is_ready(pod),
                        "terminating": leaving,
                    },
                    "nodeName": pod["spec"].get("nodeName"),
                    "targetRef": {
                        "kind": "Pod",
                        "namespace": pod["metadata"]["namespace"],
                        "name": pod["metadata"]["name"],
                        "uid": pod["metadata"]["uid"],
                    },
                }
            )
        return found

    def _reconcile(self, service: Obj) -> None:
        meta = service["metadata"]
        content: Obj = {
            "endpoints": self._endpoints(service),
            "ports": [
                {
                    "name": port.get("name", ""),
                    "port": port["targetPort"] if isinstance(port.get("targetPort"), int) else port["port"],
                    "protocol": port.get("protocol", "TCP"),
                }
                for port in service["spec"].get("ports") or ()
            ],
        }
        slices = owned_by(self._store, ENDPOINT_SLICES, service)
        if slices:
            found = slices[0]["metadata"]
            self._store.change(ENDPOINT_SLICES, found["namespace"], found["name"], lambda fresh: fresh.update(content))
            return
        self._store.create(
            ENDPOINT_SLICES,
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {
                    "generateName": f"{meta['name']}-",
                    "namespace": meta["namespace"],
                    "labels": {
                        "kubernetes.io/service-name": meta["name"],
                        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                    },
                    "ownerReferences": [reference_to(SERVICES, service)],
                },
                "addressType": "IPv4",
                **content,
            },
        )

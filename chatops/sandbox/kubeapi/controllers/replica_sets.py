"""Keeps as many pods as each ReplicaSet wants."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi import defaults
from chatops.sandbox.kubeapi.clock import Tempo, parse_stamp
from chatops.sandbox.kubeapi.conditions import condition, is_active, is_available, is_ready
from chatops.sandbox.kubeapi.controllers.owners import owned_by, reference_to
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.kinds import PODS, REPLICA_SETS, Obj, Resource
from chatops.sandbox.kubeapi.quantities import qos_class
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "replicaset-controller"


def pod_from(template: Obj, owner: Obj, resource: Resource, *, name: str = "") -> Obj:
    """A pod of a workload's template; without `name` one is generated."""
    meta = copied(template.get("metadata") or {})
    meta.pop("creationTimestamp", None)
    meta.pop("name", None)
    meta["namespace"] = owner["metadata"]["namespace"]
    if name:
        meta["name"] = name
    else:
        meta["generateName"] = f"{owner['metadata']['name']}-"
    meta["ownerReferences"] = [reference_to(resource, owner)]
    spec = copied(template.get("spec") or {})
    defaults.pod(spec)
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(each.get("key") == key for each in tolerations):
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": spec,
        "status": {"phase": "Pending", "qosClass": qos_class(spec)},
    }


def _expendable(pod: Obj) -> tuple[int, int, int, int, int, float]:
    """Sort key: what is deleted first when there are too many, after the controller's own ranking."""
    status = pod.get("status") or {}
    phases = {"Pending": 0, "Unknown": 1, "Running": 2}
    restarts = max((int(each.get("restartCount", 0)) for each in status.get("containerStatuses") or ()), default=0)
    cost = int((pod["metadata"].get("annotations") or {}).get("controller.kubernetes.io/pod-deletion-cost", "0"))
    born = parse_stamp(pod["metadata"]["creationTimestamp"]).timestamp()
    return (
        1 if pod["spec"].get("nodeName") else 0,
        phases.get(status.get("phase", "Pending"), 1),
        1 if is_ready(pod) else 0,
        cost,
        -restarts,
        -born,
    )


class ReplicaSetController:
    """One pass makes or removes all the pods that are missing or too many."""

    def __init__(self, store: Store, recorder: Recorder, *, tempo: Tempo) -> None:
        self._store = store
        self._recorder = recorder
        self._tempo = tempo

    def sync(self, now: datetime) -> list[datetime]:
        """Bring every ReplicaSet's pods and status up to date; when a ready pod becomes available."""
        due: list[datetime] = []
        for replica_set in self._store.all(REPLICA_SETS):
            if "deletionTimestamp" not in replica_set["metadata"]:
                self._reconcile(replica_set)
            due.extend(self._report(replica_set, now))
        return due

    def _reconcile(self, replica_set: Obj) -> None:
        pods = [pod for pod in owned_by(self._store, PODS, replica_set) if is_active(pod)]
        wanted = int(replica_set["spec"].get("replicas", 1))
        for _ in range(wanted - len(pods)):
            pod = self._store.create(PODS, pod_from(replica_set["spec"]["template"], replica_set, REPLICA_SETS))
            text = f"Created pod: {pod['metadata']['name']}"
            self._recorder.record(replica_set, "SuccessfulCreate", text, component=COMPONENT)
        if len(pods) > wanted:
            for pod in sorted(pods, key=_expendable)[: len(pods) - wanted]:
                meta = pod["metadata"]
                self._store.delete(PODS, meta["namespace"], meta["name"], uid=meta["uid"])
                text = f"Deleted pod: {meta['name']}"
                self._recorder.record(replica_set, "SuccessfulDelete", text, component=COMPONENT)

    def _report(self, replica_set: Obj, now: datetime) -> list[datetime]:
        meta = replica_set["metadata"]
        current = self._store.find(REPLICA_SETS, meta["namespace"], meta["name"])
        if current is None:
            return []
        pods = [pod for pod in owned_by(self._store, PODS, current) if is_active(pod)]
        patience = float(current["spec"].get("minReadySeconds", 0)) * self._tempo.pace
        status: Obj = {
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": sum(is_ready(pod) for pod in pods),
            "availableReplicas": sum(is_available(pod, patience, now) for pod in pods),
            "observedGeneration": current["metadata"].get("generation", 1),
        }
        kept = {key: value for key, value in status.items() if value or key == "replicas"}
        self._store.set_status(REPLICA_SETS, current, kept)
        waits = [condition(pod, "Ready") for pod in pods if is_ready(pod)] if patience else []
        moments = [
            parse_stamp(each["lastTransitionTime"]) + timedelta(seconds=patience) for each in waits if each is not None
        ]
        return [moment for moment in moments if moment > now]

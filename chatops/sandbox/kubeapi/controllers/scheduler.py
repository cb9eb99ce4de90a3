"""Puts pods on nodes: taints, cordons, node selectors and requests are honoured, then fewest pods wins."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.conditions import condition, merged
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.kinds import NODES, PODS, Obj
from chatops.sandbox.kubeapi.quantities import quantity, requested
from chatops.sandbox.kubeapi.store import Store


def tolerates(pod_spec: Obj, taint: Obj) -> bool:
    """Whether some toleration of the pod covers the taint."""
    for toleration in pod_spec.get("tolerations") or ():
        if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
            continue
        if not toleration.get("key"):
            if toleration.get("operator") == "Exists":
                return True
            continue
        if toleration["key"] != taint["key"]:
            continue
        if toleration.get("operator", "Equal") == "Exists":
            return True
        if toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def refusal(pod_spec: Obj, node: Obj, on_node: list[Obj]) -> str | None:
    """Why this node will not do, in the scheduler's words; None when it will."""
    spec = node.get("spec") or {}
    for taint in spec.get("taints") or ():
        if taint.get("effect") in ("NoSchedule", "NoExecute") and not tolerates(pod_spec, taint):
            if taint["key"] == "node.kubernetes.io/unschedulable":
                return "node(s) were unschedulable"
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"
    unschedulable = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if spec.get("unschedulable") and not tolerates(pod_spec, unschedulable):
        return "node(s) were unschedulable"
    ready = condition(node, "Ready")
    if ready is not None and ready.get("status") != "True":
        return "node(s) were not ready"
    labels = node["metadata"].get("labels") or {}
    wanted = pod_spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return "node(s) didn't match Pod's node affinity/selector"
    allocatable = (node.get("status") or {}).get("allocatable") or {}
    for resource in ("cpu", "memory"):
        if resource in allocatable:
            used = sum(requested(pod["spec"], resource) for pod in on_node)
            if used + requested(pod_spec, resource) > quantity(allocatable[resource]):
                return f"Insufficient {resource}"
    if len(on_node) >= int(allocatable.get("pods", 110)):
        return "Too many pods"
    return None


def pinned_node(pod_spec: Obj) -> str | None:
    """The node a DaemonSet's pod is bound to by its affinity."""
    required = ((pod_spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    ) or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field.get("key") == "metadata.name" and field.get("values"):
                return str(field["values"][0])
    return None


class Scheduler:
    """Binds each unbound pod, or says why it cannot."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def sync(self, now: datetime) -> list[datetime]:
        """Place what is waiting."""
        waiting = [
            pod
            for pod in self._store.all(PODS)
            if not pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]
        ]
        if not waiting:
            return []
        nodes = self._store.all(NODES)
        load: dict[str, list[Obj]] = {node["metadata"]["name"]: [] for node in nodes}
        for pod in self._store.all(PODS):
            name = pod["spec"].get("nodeName")
            if name in load and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
                load[name].append(pod)
        for pod in waiting:
            self._place(pod, nodes, load, now)
        return []

    def _place(self, pod: Obj, nodes: list[Obj], load: dict[str, list[Obj]], now: datetime) -> None:
        spec = pod["spec"]
        pinned = pinned_node(spec)
        open_nodes: list[str] = []
        reasons: dict[str, int] = {}
        for node in nodes:
            name = node["metadata"]["name"]
            why = (
                "node(s) didn't match Pod's node affinity/selector"
                if pinned is not None and pinned != name
                else refusal(spec, node, load[name])
            )
            if why is None:
                open_nodes.append(name)
            else:
                reasons[why] = reasons.get(why, 0) + 1
        if not open_nodes:
            self._give_up(pod, len(nodes), reasons, now)
            return
        siblings = pod["metadata"].get("ownerReferences") or [{}]
        owner = siblings[0].get("uid")

        def crowding(name: str) -> tuple[int, int, str]:
            same = sum(
                1
                for other in load[name]
                if owner and (other["metadata"].get("ownerReferences") or [{}])[0].get("uid") == owner
            )
            return same, len(load[name]), name

        chosen = min(open_nodes, key=crowding)
        meta = pod["metadata"]

        def bind(fresh: Obj) -> None:
            fresh["spec"]["nodeName"] = chosen
            status = fresh.setdefault("status", {})
            status["conditions"] = merged(status.get("conditions") or [], "PodScheduled", "True", now)

        bound = self._store.change(PODS, meta["namespace"], meta["name"], bind)
        if bound is not None:
            load[chosen].append(bound)
            text = f"Successfully assigned {meta['namespace']}/{meta['name']} to {chosen}"
            self._recorder.record(bound, "Scheduled", text, component="default-scheduler")

    def _give_up(self, pod: Obj, total: int, reasons: dict[str, int], now: datetime) -> None:
        told = ", ".join(f"{count} {why}" for why, count in sorted(reasons.items()))
        message = f"0/{total} nodes are available: {told}."
        if not total:
            message = "no nodes available to schedule pods"
        had = condition(pod, "PodScheduled")
        if had is not None and had.get("message") == message:
            return
        meta = pod["metadata"]

        def mark(fresh: Obj) -> None:
            status = fresh.setdefault("status", {})
            status["phase"] = "Pending"
            status["conditions"] = merged(
                status.get("conditions") or [],
                "PodScheduled",
                "False",
                now,
                reason="Unschedulable",
                message=message,
            )

        self._store.change(PODS, meta["namespace"], meta["name"], mark)
        self._recorder.record(pod, "FailedScheduling", message, component="default-scheduler", warning=True)

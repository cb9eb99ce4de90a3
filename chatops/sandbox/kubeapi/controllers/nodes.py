"""The nodes' heartbeats: conditions, leases, taints, and what becomes of pods on a node that went silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import micro_stamp, parse_stamp, stamp
from chatops.sandbox.kubeapi.conditions import condition, merged
from chatops.sandbox.kubeapi.controllers.kubelet import Kubelet
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.kinds import LEASES, NODES, PODS, Obj
from chatops.sandbox.kubeapi.store import Store

LEASE_NAMESPACE = "kube-node-lease"
_RENEW = timedelta(seconds=10)
_UNREACHABLE = "node.kubernetes.io/unreachable"
_CORDONED = "node.kubernetes.io/unschedulable"
_EVICT_AFTER = timedelta(seconds=300)
_HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


class NodeController:
    """Keeps node status, lease and taints in line with whether the node's kubelet runs."""

    def __init__(self, store: Store, recorder: Recorder, kubelet: Kubelet) -> None:
        self._store = store
        self._recorder = recorder
        self._kubelet = kubelet
        self._silent_since: dict[str, datetime] = {}

    def sync(self, now: datetime) -> list[datetime]:
        """One look at every node."""
        due: list[datetime] = []
        for node in self._store.all(NODES):
            name = node["metadata"]["name"]
            if name in self._kubelet.stopped_nodes:
                since = self._silent_since.setdefault(name, now)
                self._lost(node, now)
                end = since + _EVICT_AFTER * self._kubelet.tempo.pace
                if now < end:
                    due.append(end)
                else:
                    self._evict(name)
            else:
                self._silent_since.pop(name, None)
                self._healthy(node, now)
                self._renew(name, now)
            self._taint(name, now)
        return due

    def _healthy(self, node: Obj, now: datetime) -> None:
        status = dict(node.get("status") or {})
        old = list(status.get("conditions") or ())
        conditions = old
        for kind, value, reason, message in _HEALTHY:
            had = condition(node, kind)
            # A condition somebody posed, such as DiskPressure, stays until it is posed otherwise.
            if had is not None and had["status"] != "Unknown":
                continue
            conditions = merged(conditions, kind, value, now, reason=reason, message=message)
        if conditions is old:
            return
        for each in conditions:
            each.setdefault("lastHeartbeatTime", stamp(now))
        status["conditions"] = conditions
        self._store.set_status(NODES, node, status)
        self._recorder.record(
            node,
            "NodeReady",
            f"Node {node['metadata']['name']} status is now: NodeReady",
            component="kubelet",
        )

    def _lost(self, node: Obj, now: datetime) -> None:
        ready = condition(node, "Ready")
        if ready is not None and ready["status"] == "Unknown":
            return
        status = dict(node.get("status") or {})
        conditions = list(status.get("conditions") or ())
        for kind, *_ in _HEALTHY:
            conditions = merged(
                conditions,
                kind,
                "Unknown",
                now,
                reason="NodeStatusUnknown",
                message="Kubelet stopped posting node status.",
            )
        for each in conditions:
            had = condition(node, each["type"]) or {}
            each["lastHeartbeatTime"] = had.get("lastHeartbeatTime", stamp(now))
        status["conditions"] = conditions
        self._store.set_status(NODES, node, status)
        name = node["metadata"]["name"]
        text = f"Node {name} status is now: NodeNotReady"
        self._recorder.record(node, "NodeNotReady", text, component="node-controller")
        for pod in self._store.all(PODS):
            if pod["spec"].get("nodeName") == name:
                self._unready(pod, now)

    def _unready(self, pod: Obj, now: datetime) -> None:
        status = dict(pod.get("status") or {})
        if status.get("phase") != "Running":
            return
        status["conditions"] = merged(status.get("conditions") or [], "Ready", "False", now)
        self._store.set_status(PODS, pod, status)
        self._recorder.record(pod, "NodeNotReady", "Node is not ready", component="node-controller", warning=True)

    def _evict(self, name: str) -> None:
        """The taint manager deletes what does not tolerate the silence for ever; nobody there confirms it."""
        for pod in self._store.all(PODS):
            if pod["spec"].get("nodeName") != name or "deletionTimestamp" in pod["metadata"]:
                continue
            forever = any(
                each.get("key") in (_UNREACHABLE, None)
                and each.get("operator") == "Exists"
                and "tolerationSeconds" not in each
                and each.get("effect") in (None, "", "NoExecute")
                for each in pod["spec"].get("tolerations") or ()
            )
            if not forever:
                self._recorder.record(
                    pod,
                    "TaintManagerEviction",
                    f"Marking for deletion Pod {pod['metadata']['namespace']}/{pod['metadata']['name']}",
                    component="taint-eviction-controller",
                )
                self._store.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])

    def _taint(self, name: str, now: datetime) -> None:
        def edit(fresh: Obj) -> None:
            spec = fresh.setdefault("spec", {})
            ready = condition(fresh, "Ready")
            lost = ready is not None and ready["status"] == "Unknown"
            wanted = [
                *((_UNREACHABLE, effect) for effect in ("NoSchedule", "NoExecute") if lost),
                *([(_CORDONED, "NoSchedule")] if spec.get("unschedulable") else []),
            ]
            kept = [
                each
                for each in spec.get("taints") or ()
                if each["key"] not in (_UNREACHABLE, _CORDONED) or (each["key"], each["effect"]) in wanted
            ]
            had = {(each["key"], each["effect"]) for each in kept}
            kept += [
                {"key": key, "effect": effect, "timeAdded": stamp(now)}
                for key, effect in wanted
                if (key, effect) not in had
            ]
            if kept:
                spec["taints"] = kept
            else:
                spec.pop("taints", None)

        self._store.change(NODES, "", name, edit)

    def _renew(self, name: str, now: datetime) -> None:
        lease = self._store.find(LEASES, LEASE_NAMESPACE, name)
        if lease is None:
            return
        last = lease["spec"].get("renewTime")
        if not last or now - parse_stamp(last) >= _RENEW:
            self._store.change(
                LEASES,
                LEASE_NAMESPACE,
                name,
                lambda fresh: fresh["spec"].__setitem__("renewTime", micro_stamp(now)),
            )

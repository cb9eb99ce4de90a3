"""Keeps one pod of each DaemonSet on every node that takes it, updating a few at a time."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.conditions import is_ready
from chatops.sandbox.kubeapi.controllers.owners import owned_by
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.controllers.replica_sets import pod_from
from chatops.sandbox.kubeapi.controllers.revisions import HASH, current_revision, trim
from chatops.sandbox.kubeapi.controllers.scheduler import pinned_node, tolerates
from chatops.sandbox.kubeapi.kinds import DAEMON_SETS, NODES, PODS, Obj
from chatops.sandbox.kubeapi.quantities import share
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "daemonset-controller"
_TOLERATED = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")


def daemon_tolerations(template_spec: Obj) -> list[Obj]:
    """The template's tolerations and those every daemon pod gets."""
    own = list(template_spec.get("tolerations") or ())
    for key in ("not-ready", "unreachable"):
        own.append({"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute"})
    for key in _TOLERATED:
        own.append({"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoSchedule"})
    return own


def takes(node: Obj, template_spec: Obj) -> bool:
    """Whether this node shall have a pod."""
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (template_spec.get("nodeSelector") or {}).items()):
        return False
    spec = {"tolerations": daemon_tolerations(template_spec)}
    taints = (node.get("spec") or {}).get("taints") or ()
    return all(tolerates(spec, taint) for taint in taints if taint.get("effect") != "PreferNoSchedule")


class DaemonSetController:
    """Fills the nodes, then replaces what is outdated."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def sync(self, now: datetime) -> list[datetime]:
        """Take the next step of every DaemonSet."""
        del now
        for each in self._store.all(DAEMON_SETS):
            if "deletionTimestamp" not in each["metadata"]:
                self._reconcile(each)
        return []

    def _reconcile(self, owner: Obj) -> None:
        revision = current_revision(self._store, DAEMON_SETS, owner)
        template_spec = owner["spec"]["template"].get("spec") or {}
        wanted = [node["metadata"]["name"] for node in self._store.all(NODES) if takes(node, template_spec)]
        by_node: dict[str, list[Obj]] = {}
        for pod in owned_by(self._store, PODS, owner):
            if (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded"):
                self._drop(owner, pod)
                continue
            by_node.setdefault(pinned_node(pod["spec"]) or pod["spec"].get("nodeName", ""), []).append(pod)
        for name in wanted:
            if not by_node.get(name):
                self._make(owner, name, revision)
        for name, pods in by_node.items():
            for pod in pods:
                if name not in wanted and "deletionTimestamp" not in pod["metadata"]:
                    self._drop(owner, pod)
        self._update(owner, by_node, revision, len(wanted))
        self._report(owner, wanted, revision)

    def _make(self, owner: Obj, node: str, revision: Obj) -> None:
        pod = pod_from(owner["spec"]["template"], owner, DAEMON_SETS)
        pod["metadata"].setdefault("labels", {})[HASH] = revision["metadata"]["labels"][HASH]
        pod["spec"]["tolerations"] = daemon_tolerations(owner["spec"]["template"].get("spec") or {})
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
        pod["spec"]["affinity"] = {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        }
        made = self._store.create(PODS, pod)
        text = f"Created pod: {made['metadata']['name']}"
        self._recorder.record(owner, "SuccessfulCreate", text, component=COMPONENT)

    def _drop(self, owner: Obj, pod: Obj) -> None:
        meta = pod["metadata"]
        self._store.delete(PODS, meta["namespace"], meta["name"], uid=meta["uid"])
        text = f"Deleted pod: {meta['name']}"
        self._recorder.record(owner, "SuccessfulDelete", text, component=COMPONENT)

    def _update(self, owner: Obj, by_node: dict[str, list[Obj]], revision: Obj, total: int) -> None:
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        limit = share((strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), total, up=True)
        mark = revision["metadata"]["labels"][HASH]
        pods = [pod for group in by_node.values() for pod in group]
        standing = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        old = [pod for pod in standing if (pod["metadata"].get("labels") or {}).get(HASH) != mark]
        away = total - sum(is_ready(pod) for pod in standing)
        old.sort(key=is_ready)
        for pod in old:
            if is_ready(pod):
                if away >= max(limit, 1):
                    return
                away += 1
            self._drop(owner, pod)

    def _report(self, owner: Obj, wanted: list[str], revision: Obj) -> None:
        meta = owner["metadata"]
        fresh = self._store.find(DAEMON_SETS, meta["namespace"], meta["name"])
        if fresh is None:
            return
        pods = [
            pod
            for pod in owned_by(self._store, PODS, fresh)
            if "deletionTimestamp" not in pod["metadata"] and pinned_node(pod["spec"]) in wanted
        ]
        ready = sum(is_ready(pod) for pod in pods)
        mark = revision["metadata"]["labels"][HASH]
        updated = sum((pod["metadata"].get("labels") or {}).get(HASH) == mark for pod in pods)
        counts = {
            "updatedNumberScheduled": updated,
            "numberAvailable": ready,
            "numberUnavailable": len(wanted) - ready,
        }
        status: Obj = {
            "currentNumberScheduled": len(pods),
            "numberMisscheduled": 0,
            "desiredNumberScheduled": len(wanted),
            "numberReady": ready,
            "observedGeneration": int(fresh["metadata"].get("generation", 1)),
            **{key: value for key, value in counts.items() if value},
        }
        self._store.set_status(DAEMON_SETS, fresh, status)
        trim(self._store, fresh, keep={revision["metadata"]["name"]})

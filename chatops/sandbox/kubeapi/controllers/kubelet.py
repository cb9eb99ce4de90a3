"""Runs the pods bound to nodes and reports their status. A stopped node's pods stay as they were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chatops.sandbox.kubeapi.behaviours import Behaviours
from chatops.sandbox.kubeapi.clock import Tempo
from chatops.sandbox.kubeapi.controllers.owners import owner_of
from chatops.sandbox.kubeapi.controllers.pod_run import PodReport, PodRun
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.kinds import NODES, PODS, Obj
from chatops.sandbox.kubeapi.store import Store

PosedLines = list[tuple[datetime, str]]


class Kubelet:
    """All nodes' kubelets in one."""

    def __init__(self, store: Store, recorder: Recorder, behaviours: Behaviours, *, tempo: Tempo) -> None:
        self._store = store
        self._recorder = recorder
        self._behaviours = behaviours
        self.tempo = tempo
        self._runs: dict[str, PodRun] = {}
        self._owner: dict[str, str] = {}
        self._addresses = 0
        self._leaving: set[str] = set()
        self.posed: set[str] = set()
        self.posed_logs: dict[tuple[str, str, bool], PosedLines] = {}
        self.stopped_nodes: set[str] = set()

    def run_of(self, uid: str) -> PodRun | None:
        """What is known of a pod by its uid; None for a posed or unstarted one."""
        return self._runs.get(uid)

    def sync(self, now: datetime) -> list[datetime]:
        """Advance every pod; the moments at which something is due next."""
        due: list[datetime] = []
        nodes = {node["metadata"]["name"]: node for node in self._store.all(NODES)}
        alive: set[str] = set()
        pods = self._store.all(PODS)
        self._leaving = {pod["metadata"]["uid"] for pod in pods if "deletionTimestamp" in pod["metadata"]}
        for pod in pods:
            uid = pod["metadata"]["uid"]
            alive.add(uid)
            node = pod["spec"].get("nodeName")
            if not node or node in self.stopped_nodes:
                continue
            moment = self._sync_pod(pod, nodes.get(node), now)
            if moment is not None:
                due.append(moment)
        for uid in self._runs.keys() - alive:
            del self._runs[uid]
            self._owner.pop(uid, None)
        return due

    def _sync_pod(self, pod: Obj, node: Obj | None, now: datetime) -> datetime | None:
        meta = pod["metadata"]
        uid = meta["uid"]
        leaving = "deletionTimestamp" in meta
        if uid in self.posed:
            if leaving:
                self._remove(pod)
            return None
        run = self._runs.get(uid)
        if run is None:
            if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
                return None
            run = self._admit(pod, now)
        report = self._reporter(pod)
        if leaving and run.removal is None:
            run.stop(now, float(meta.get("deletionGracePeriodSeconds", 30)), report)
        if run.removal is not None and now >= run.removal:
            self._remove(pod)
            return None
        run.advance(now, report)
        current = self._store.find(PODS, meta["namespace"], meta["name"])
        if current is None or current["metadata"]["uid"] != uid:
            return None
        status = run.status(
            current.get("status") or {},
            now,
            host_ip=_internal_ip(node),
            host_network=bool(pod["spec"].get("hostNetwork")),
        )
        self._store.set_status(PODS, current, status)
        return run.due()

    def _admit(self, pod: Obj, now: datetime) -> PodRun:
        owner = (owner_of(pod) or {}).get("uid", "")
        staying = [uid for uid, of in self._owner.items() if of == owner and uid not in self._leaving]
        ill = sum(1 for uid in staying if uid in self._runs and self._runs[uid].sick)

        def sick_for(image: str) -> bool:
            afflicts = self._behaviours.of(image).afflicts
            return afflicts is None or ill < afflicts

        self._addresses += 1
        high, low = divmod(self._addresses, 250)
        uid = pod["metadata"]["uid"]
        run = PodRun(
            pod,
            self._behaviours,
            now=now,
            ip=f"10.42.{high % 250}.{low + 2}",
            sick_for=sick_for,
            tempo=self.tempo,
        )
        self._runs[uid] = run
        self._owner[uid] = owner
        return run

    def _reporter(self, pod: Obj) -> PodReport:
        host = pod["spec"]["nodeName"]

        def report(reason: str, message: str, warning: bool, path: str) -> None:
            self._recorder.record(
                pod, reason, message, component="kubelet", warning=warning, field_path=path, host=host
            )

        return report

    def _remove(self, pod: Obj) -> None:
        meta = pod["metadata"]
        current = self._store.find(PODS, meta["namespace"], meta["name"])
        if current is not None and current["metadata"]["uid"] == meta["uid"]:
            self._store.delete(PODS, meta["namespace"], meta["name"], uid=meta["uid"], grace=0)

    def pose(self, uids: Iterable[str]) -> None:
        """Leave these pods' status alone: it is told, not played."""
        self.posed.update(uids)


def _internal_ip(node: Obj | None) -> str:
    for address in ((node or {}).get("status") or {}).get("addresses") or ():
        if address.get("type") == "InternalIP":
            return str(address["address"])
    return "10.0.0.1"

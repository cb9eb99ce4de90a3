"""Grows volumes: the claim's capacity follows its request after a while, as a storage driver makes it."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import Tempo, parse_stamp
from chatops.sandbox.kubeapi.conditions import condition, merged
from chatops.sandbox.kubeapi.expansion import size_of
from chatops.sandbox.kubeapi.kinds import CLAIMS, STORAGE_CLASSES, VOLUMES, Obj
from chatops.sandbox.kubeapi.store import Store

EXPANSION = "sandbox/expansion"
"""Annotation of a StorageClass: `fails` for a driver that cannot, `offline` for one that needs the pod to restart."""

_TAKES = 5.0


class ExpansionController:
    """The resizer and the kubelet in one; a volume takes five seconds."""

    def __init__(self, store: Store, *, tempo: Tempo) -> None:
        self._store = store
        self._tempo = tempo

    def sync(self, now: datetime) -> list[datetime]:
        """Take the next step of every claim that should be larger; the moments at which one will be."""
        due: list[datetime] = []
        for claim in self._store.all(CLAIMS):
            status = claim.get("status") or {}
            wanted = size_of(claim["spec"].get("resources", {}).get("requests"))
            if status.get("phase") == "Bound" and 0 < size_of(status.get("capacity")) < wanted:
                due.extend(self._grow(claim, now))
        return due

    def _grow(self, claim: Obj, now: datetime) -> list[datetime]:
        status = copy.deepcopy(claim["status"])
        begun = condition(claim, "Resizing")
        if begun is None:
            if condition(claim, "FileSystemResizePending") is None:
                self._report(claim, status, "Resizing", now, "ControllerResizeInProgress")
            return []
        end = parse_stamp(begun["lastTransitionTime"]) + timedelta(seconds=_TAKES * self._tempo.pace)
        if now < end:
            return [end]
        match self._manner(claim):
            case "fails":
                if condition(claim, "ControllerResizeError") is None:
                    text = "rpc error: code = InvalidArgument desc = volume cannot be grown"
                    status["allocatedResourceStatuses"] = {"storage": "ControllerResizeInfeasible"}
                    self._report(claim, status, "ControllerResizeError", now, message=text)
            case "offline":
                status["conditions"] = []
                text = "Waiting for user to (re-)start a pod to finish file system resize of volume on node."
                self._report(claim, status, "FileSystemResizePending", now, "NodeResizePending", message=text)
            case _:
                self._finish(claim, status)
        return []

    def _manner(self, claim: Obj) -> str:
        found = self._store.find(STORAGE_CLASSES, "", str(claim["spec"].get("storageClassName") or ""))
        return str(((found or {}).get("metadata", {}).get("annotations") or {}).get(EXPANSION, ""))

    def _report(self, claim: Obj, status: Obj, kind: str, now: datetime, stand: str = "", message: str = "") -> None:
        status["conditions"] = merged(status.get("conditions") or [], kind, "True", now, message=message)
        if stand:
            status["allocatedResourceStatuses"] = {"storage": stand}
        self._store.set_status(CLAIMS, claim, status)

    def _finish(self, claim: Obj, status: Obj) -> None:
        size = claim["spec"]["resources"]["requests"]["storage"]
        status.pop("allocatedResourceStatuses", None)
        status["conditions"] = []
        status["capacity"] = {**status["capacity"], "storage": size}
        volume = str(claim["spec"].get("volumeName", ""))

        def grow(fresh: Obj) -> None:
            fresh["spec"].setdefault("capacity", {})["storage"] = size

        self._store.change(VOLUMES, "", volume, grow)
        self._store.set_status(CLAIMS, claim, status)

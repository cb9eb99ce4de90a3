"""Removes what lost its owner, finishes foreground and orphan deletions, and empties namespaces that go."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.kinds import NAMESPACES, Obj, Resource
from chatops.sandbox.kubeapi.store import Store

_FOREGROUND = "foregroundDeletion"
_ORPHAN = "orphan"


class GarbageCollector:
    """One pass over every object that has owners or is being deleted."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sync(self, now: datetime) -> list[datetime]:
        """Collect; nothing of it waits for a time."""
        del now
        everything = self._store.everything()
        alive = {obj["metadata"]["uid"]: obj for _, obj in everything}
        for resource, obj in everything:
            references = obj["metadata"].get("ownerReferences") or []
            if not references or "deletionTimestamp" in obj["metadata"]:
                continue
            owners = [alive[each["uid"]] for each in references if each["uid"] in alive]
            going = [each for each in owners if _FOREGROUND in (each["metadata"].get("finalizers") or ())]
            if not owners or (going and len(going) == len(owners)):
                self._delete(resource, obj, foreground=bool(going))
        for resource, obj in everything:
            finalizers = obj["metadata"].get("finalizers") or ()
            if _ORPHAN in finalizers:
                self._orphan(everything, obj)
                self._release(resource, obj, _ORPHAN)
            elif _FOREGROUND in finalizers and not self._dependents(everything, obj):
                self._release(resource, obj, _FOREGROUND)
        self._namespaces(everything)
        return []

    @staticmethod
    def _dependents(everything: list[tuple[Resource, Obj]], owner: Obj) -> list[tuple[Resource, Obj]]:
        uid = owner["metadata"]["uid"]
        return [
            (resource, obj)
            for resource, obj in everything
            if any(each["uid"] == uid for each in obj["metadata"].get("ownerReferences") or ())
        ]

    def _delete(self, resource: Resource, obj: Obj, *, foreground: bool) -> None:
        meta = obj["metadata"]
        finalizers = (_FOREGROUND,) if foreground and resource.key != "pods" else ()
        if self._store.find(resource, meta.get("namespace", ""), meta["name"]) is not None:
            self._store.delete(resource, meta.get("namespace", ""), meta["name"], finalizers=finalizers)

    def _orphan(self, everything: list[tuple[Resource, Obj]], owner: Obj) -> None:
        uid = owner["metadata"]["uid"]

        def cut(fresh: Obj) -> None:
            kept = [each for each in fresh["metadata"]["ownerReferences"] if each["uid"] != uid]
            fresh["metadata"]["ownerReferences"] = kept

        for resource, obj in self._dependents(everything, owner):
            meta = obj["metadata"]
            self._store.change(resource, meta.get("namespace", ""), meta["name"], cut)

    def _release(self, resource: Resource, obj: Obj, finalizer: str) -> None:
        meta = obj["metadata"]

        def drop(fresh: Obj) -> None:
            kept = [each for each in fresh["metadata"].get("finalizers") or () if each != finalizer]
            fresh["metadata"]["finalizers"] = kept

        self._store.change(resource, meta.get("namespace", ""), meta["name"], drop)

    def _namespaces(self, everything: list[tuple[Resource, Obj]]) -> None:
        for namespace in self._store.all(NAMESPACES):
            meta = namespace["metadata"]
            if "deletionTimestamp" not in meta:
                continue
            inside = [pair for pair in everything if pair[1]["metadata"].get("namespace") == meta["name"]]
            for resource, obj in inside:
                if "deletionTimestamp" not in obj["metadata"]:
                    self._delete(resource, obj, foreground=False)
            self._store.set_status(NAMESPACES, namespace, {"phase": "Terminating"})
            if not inside:
                self._release(NAMESPACES, namespace, "kubernetes")

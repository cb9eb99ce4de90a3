"""The objects: versions, uids, deletion rules and optimistic concurrency. It knows no HTTP and no kind's logic.

Stored objects are never changed in place: every write files a fresh copy, so a reader may keep what it got but must not
write into it.
"""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

from chatops.sandbox.kubeapi.clock import Clock, stamp
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.errors import already_exists, conflict, not_found, precondition
from chatops.sandbox.kubeapi.journal import Change, Journal
from chatops.sandbox.kubeapi.kinds import Obj, Resource

SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_GRACEFUL = "pods"

Key = tuple[str, str]


class Store:
    """All objects of the cluster behind one lock."""

    def __init__(self, clock: Clock, *, seed: int | None = None, journal_size: int = 20_000) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.journal = Journal(self.lock, size=journal_size)
        self._objects: dict[str, dict[Key, Obj]] = {}
        self._resources: dict[str, Resource] = {}
        self._random = random.Random(seed)
        self._version = 1000
        self.preset_suffixes: list[str] = []

    @property
    def version(self) -> int:
        """The newest resourceVersion given out."""
        with self.lock:
            return self._version

    def suffix(self) -> str:
        """Five letters for a generated name, from the alphabet that forms no words."""
        with self.lock:
            if self.preset_suffixes:
                return self.preset_suffixes.pop(0)
            return "".join(self._random.choices(SUFFIX_LETTERS, k=5))

    def new_uid(self) -> str:
        """A random uid."""
        with self.lock:
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def find(self, resource: Resource, namespace: str, name: str) -> Obj | None:
        """The object, or None."""
        with self.lock:
            return self._objects.get(resource.key, {}).get((namespace, name))

    def get(self, resource: Resource, namespace: str, name: str) -> Obj:
        """The object; ApiError 404 when there is none."""
        found = self.find(resource, namespace, name)
        if found is None:
            raise not_found(resource, name)
        return found

    def all(self, resource: Resource, namespace: str = "") -> list[Obj]:
        """The objects by namespace and name; an empty `namespace` means all of them."""
        with self.lock:
            filed = self._objects.get(resource.key, {})
            return [filed[key] for key in sorted(filed) if not namespace or key[0] == namespace]

    def snapshot(self, resource: Resource, namespace: str = "") -> tuple[list[Obj], int]:
        """The objects and the version at which they were seen together."""
        with self.lock:
            return self.all(resource, namespace), self._version

    def everything(self) -> list[tuple[Resource, Obj]]:
        """Every object with its resource."""
        with self.lock:
            return [(self._resources[key], obj) for key, filed in self._objects.items() for obj in filed.values()]

    def _file(self, resource: Resource, before: Obj | None, after: Obj, *, gone: bool = False) -> Obj:
        self._version += 1
        meta = after["metadata"]
        meta["resourceVersion"] = str(self._version)
        key = (meta.get("namespace", ""), meta["name"])
        filed = self._objects.setdefault(resource.key, {})
        self._resources[resource.key] = resource
        if gone:
            filed.pop(key, None)
        else:
            filed[key] = after
        kind = "DELETED" if gone else "ADDED" if before is None else "MODIFIED"
        self.journal.append(Change(version=self._version, type=kind, key=resource.key, before=before, after=after))
        return after

    def create(self, resource: Resource, obj: Obj, *, dry_run: bool = False, seeded: bool = False) -> Obj:
        """File a new object; `seeded` keeps the uid and creationTimestamp it brings. ApiError 409 if taken."""
        fresh = copied(obj)
        meta = fresh.setdefault("metadata", {})
        with self.lock:
            if not meta.get("name") and meta.get("generateName"):
                meta["name"] = meta["generateName"] + self.suffix()
            if self.find(resource, meta.get("namespace", ""), meta["name"]) is not None:
                raise already_exists(resource, meta["name"])
            if not (seeded and meta.get("uid")):
                meta["uid"] = self.new_uid()
            if not (seeded and meta.get("creationTimestamp")):
                meta["creationTimestamp"] = stamp(self.clock.now())
            for server_owned in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
                meta.pop(server_owned, None)
            if resource.has_generation:
                meta["generation"] = meta.get("generation", 1) if seeded else 1
            if dry_run:
                meta.pop("resourceVersion", None)
                return fresh
            return self._file(resource, None, fresh)

    def replace(
        self,
        resource: Resource,
        obj: Obj,
        *,
        dry_run: bool = False,
        bump_generation: bool = True,
        seeded: bool = False,
    ) -> Obj:
        """File a new state of an object. A resourceVersion or uid in it must match, else ApiError 409.

        `seeded` keeps the creationTimestamp it brings.
        """
        meta = obj["metadata"]
        with self.lock:
            before = self.get(resource, meta.get("namespace", ""), meta["name"])
            now = before["metadata"]
            wanted = meta.get("resourceVersion")
            if wanted and wanted != now["resourceVersion"]:
                raise conflict(resource, meta["name"])
            if meta.get("uid") and meta["uid"] != now["uid"]:
                why = f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {now['uid']}"
                raise conflict(resource, meta["name"], why)
            fresh = copied(obj)
            born = meta.get("creationTimestamp")
            self._carry_over(resource, fresh, before, bump_generation=bump_generation)
            if seeded and born:
                fresh["metadata"]["creationTimestamp"] = born
            if fresh == before:
                return before
            if dry_run:
                return fresh
            if fresh["metadata"].get("deletionTimestamp") and self._may_go(fresh):
                return self._file(resource, before, fresh, gone=True)
            return self._file(resource, before, fresh)

    def _carry_over(self, resource: Resource, fresh: Obj, before: Obj, *, bump_generation: bool) -> None:
        meta, old = fresh["metadata"], before["metadata"]
        for server_owned in (
            "uid",
            "creationTimestamp",
            "resourceVersion",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName",
        ):
            if server_owned in old:
                meta[server_owned] = old[server_owned]
            else:
                meta.pop(server_owned, None)
        if resource.has_generation and bump_generation and _counted(resource, fresh) != _counted(resource, before):
            meta["generation"] = int(old.get("generation", 1)) + 1

    @staticmethod
    def _may_go(obj: Obj) -> bool:
        meta = obj["metadata"]
        return not meta.get("finalizers") and not meta.get("deletionGracePeriodSeconds")

    def change(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        edit: Callable[[Obj], None],
        *,
        bump_generation: bool = True,
    ) -> Obj | None:
        """Edit the newest state in place under the lock; None when the object is gone."""
        with self.lock:
            before = self.find(resource, namespace, name)
            if before is None:
                return None
            fresh = copied(before)
            edit(fresh)
            return self.replace(resource, fresh, bump_generation=bump_generation)

    def set_status(self, resource: Resource, obj: Obj, status: Obj) -> None:
        """Write a status if it differs; a controller's way of reporting."""
        if obj.get("status") != status:
            meta = obj["metadata"]
            self.change(
                resource,
                meta.get("namespace", ""),
                meta["name"],
                lambda fresh: fresh.__setitem__("status", copied(status)),
                bump_generation=False,
            )

    def delete(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        *,
        uid: str | None = None,
        resource_version: str | None = None,
        grace: int | None = None,
        finalizers: tuple[str, ...] = (),
        dry_run: bool = False,
    ) -> tuple[Obj, bool]:
        """Start or finish a deletion: the object and whether it is gone. `grace` in seconds, 0 = at once.

        `finalizers` are added first (foreground and orphan deletion work through them).
        """
        with self.lock:
            before = self.get(resource, namespace, name)
            meta = before["metadata"]
            if uid is not None and uid != meta["uid"]:
                raise precondition(name, "UID", wanted=uid, found=meta["uid"])
            if resource_version is not None and resource_version != meta["resourceVersion"]:
                raise precondition(name, "ResourceVersion", wanted=resource_version, found=meta["resourceVersion"])
            seconds = self._grace(resource, before, grace)
            fresh = copied(before)
            if finalizers:
                had = fresh["metadata"].setdefault("finalizers", [])
                had.extend(each for each in finalizers if each not in had)
            if "deletionTimestamp" in meta:
                if seconds >= int(meta.get("deletionGracePeriodSeconds", 0)):
                    return before, False
            else:
                due = self.clock.now() + timedelta(seconds=seconds)
                fresh["metadata"]["deletionTimestamp"] = stamp(due)
                if resource.has_generation:
                    fresh["metadata"]["generation"] = int(meta.get("generation", 1)) + 1
            fresh["metadata"]["deletionGracePeriodSeconds"] = seconds
            gone = self._may_go(fresh)
            if dry_run:
                return fresh, gone
            if gone:
                for mark in ("deletionTimestamp", "deletionGracePeriodSeconds"):
                    if mark not in meta:
                        fresh["metadata"].pop(mark, None)
            return self._file(resource, before, fresh, gone=gone), gone

    @staticmethod
    def _grace(resource: Resource, obj: Obj, asked: int | None) -> int:
        if resource.key != _GRACEFUL:
            return 0
        spec, status = obj.get("spec", {}), obj.get("status", {})
        if not spec.get("nodeName") or status.get("phase") in ("Succeeded", "Failed"):
            return 0
        if asked is not None:
            return max(asked, 0)
        return int(spec.get("terminationGracePeriodSeconds", 30))


def _counted(resource: Resource, obj: Obj) -> Obj:
    """What the generation counts: a custom resource without a status subresource counts its status too."""
    apart = ("metadata",) if resource.custom and "status" not in resource.subresources else ("metadata", "status")
    return {key: value for key, value in obj.items() if key not in apart}

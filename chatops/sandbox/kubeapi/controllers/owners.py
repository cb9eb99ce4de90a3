"""Who owns an object, by controller reference."""

from __future__ import annotations

from chatops.sandbox.kubeapi.kinds import Obj, Resource
from chatops.sandbox.kubeapi.store import Store


def owner_of(obj: Obj) -> Obj | None:
    """The controller's ownerReference, or None."""
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return dict(reference)
    return None


def owned_by(store: Store, resource: Resource, owner: Obj) -> list[Obj]:
    """The objects of `resource` in the owner's namespace that it controls."""
    meta = owner["metadata"]
    uid = meta["uid"]
    return [obj for obj in store.all(resource, meta.get("namespace", "")) if _controlled(obj, uid)]


def _controlled(obj: Obj, uid: str) -> bool:
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return bool(reference.get("uid") == uid)
    return False


def reference_to(resource: Resource, owner: Obj) -> Obj:
    """A controller reference to `owner`."""
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }

"""What the API server lets a claim become: nothing but larger, and that only where its storage class allows it."""

from __future__ import annotations

import copy

from chatops.sandbox.kubeapi.errors import forbidden, invalid
from chatops.sandbox.kubeapi.kinds import CLAIMS, STORAGE_CLASSES, Obj
from chatops.sandbox.kubeapi.quantities import quantity
from chatops.sandbox.kubeapi.store import Store


def size_of(amounts: Obj | None) -> float:
    """Bytes of the entry `storage`; 0 without one."""
    return quantity((amounts or {}).get("storage", "0"))


def check_expansion(store: Store, before: Obj, after: Obj) -> None:
    """ApiError 422 for a claim that changes otherwise or shrinks, 403 where its class does not let it grow.

    The order is the real one's: validation first, then the admission PersistentVolumeClaimResize. A request may come
    down again towards the capacity there is (RecoverVolumeExpansionFailure), never to it or below.
    """
    name, status = before["metadata"]["name"], before.get("status") or {}
    old, new = _requested(before), _requested(after)
    causes: list[tuple[str, str, str]] = []
    bound = status.get("phase") == "Bound"
    if _frozen(before, bound=bound) != _frozen(after, bound=bound):
        text = (
            "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName "
            "for bound claims"
        )
        causes.append(("FieldValueForbidden", "spec", text))
    if new < old and new <= size_of(status.get("capacity")):
        text = "Forbidden: field can not be less than status.capacity"
        causes.append(("FieldValueForbidden", "spec.resources.requests.storage", text))
    if causes:
        raise invalid(CLAIMS, name, causes)
    if new > old and not _expandable(store, before):
        why = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
            "support resize"
        )
        raise forbidden(CLAIMS, name, why)


def _requested(claim: Obj) -> float:
    return size_of(((claim.get("spec") or {}).get("resources") or {}).get("requests"))


def _frozen(claim: Obj, *, bound: bool) -> Obj:
    spec = copy.deepcopy(claim.get("spec") or {})
    if bound:
        ((spec.get("resources") or {}).get("requests") or {}).pop("storage", None)
        spec.pop("volumeAttributesClassName", None)
    return spec


def _expandable(store: Store, claim: Obj) -> bool:
    found = store.find(STORAGE_CLASSES, "", str(claim["spec"].get("storageClassName") or ""))
    return bool(found and found.get("allowVolumeExpansion"))

"""ControllerRevisions: the history of a StatefulSet's or DaemonSet's template."""

from __future__ import annotations

from typing import Any

from chatops.sandbox.kubeapi.controllers.owners import owned_by, reference_to
from chatops.sandbox.kubeapi.controllers.template_hash import template_hash
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.kinds import CONTROLLER_REVISIONS, Obj, Resource
from chatops.sandbox.kubeapi.store import Store

HASH = "controller-revision-hash"


def _data(template: Obj) -> Obj:
    """The patch that brings the template back, its members in the order in which Go writes maps.

    kubectl tells by comparing bytes whether a revision is what runs.
    """
    return {"spec": {"template": _ordered({**copied(template), "$patch": "replace"})}}


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def current_revision(store: Store, resource: Resource, owner: Obj) -> Obj:
    """The revision of the owner's present template: made if it is new, renumbered if it came back."""
    revisions = owned_by(store, CONTROLLER_REVISIONS, owner)
    data = _data(owner["spec"]["template"])
    highest = max((int(each["revision"]) for each in revisions), default=0)
    for each in revisions:
        if each["data"] == data:
            if int(each["revision"]) < highest:
                meta = each["metadata"]
                renumbered = store.change(
                    CONTROLLER_REVISIONS,
                    meta["namespace"],
                    meta["name"],
                    lambda fresh: fresh.__setitem__("revision", highest + 1),
                )
                return renumbered or each
            return each
    meta = owner["metadata"]
    mark = template_hash(owner["spec"]["template"])
    labels = dict((owner["spec"]["template"].get("metadata") or {}).get("labels") or {})
    return store.create(
        CONTROLLER_REVISIONS,
        {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": f"{meta['name']}-{mark}",
                "namespace": meta["namespace"],
                "labels": {**labels, HASH: mark},
                "annotations": {
                    key: value
                    for key, value in (meta.get("annotations") or {}).items()
                    if key != "kubectl.kubernetes.io/last-applied-configuration"
                },
                "ownerReferences": [reference_to(resource, owner)],
            },
            "data": data,
            "revision": highest + 1,
        },
    )


def trim(store: Store, owner: Obj, *, keep: set[str]) -> None:
    """Drop the oldest revisions beyond the owner's limit, never those still in use."""
    limit = int(owner["spec"].get("revisionHistoryLimit", 10))
    spare = [each for each in owned_by(store, CONTROLLER_REVISIONS, owner) if each["metadata"]["name"] not in keep]
    spare.sort(key=lambda each: int(each["revision"]))
    for each in spare[: max(0, len(spare) - limit)]:
        store.delete(CONTROLLER_REVISIONS, each["metadata"]["namespace"], each["metadata"]["name"])

"""The scale subresource: autoscaling/v1 Scale over a workload's replicas."""

from __future__ import annotations

import copy
from typing import Any

from chatops.sandbox.kubeapi.cells import selector_text
from chatops.sandbox.kubeapi.errors import bad_request, conflict, invalid, rejected_patch, unsupported_media
from chatops.sandbox.kubeapi.json_patch import PatchFailed, apply_json_patch
from chatops.sandbox.kubeapi.kinds import Obj, Resource
from chatops.sandbox.kubeapi.merge_patch import apply_merge_patch
from chatops.sandbox.kubeapi.objects import (
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
    Objects,
    Target,
    WriteOptions,
)


def scale_of(obj: Obj) -> Obj:
    """The Scale of a workload."""
    meta = obj["metadata"]
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            key: meta[key]
            for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
            if key in meta
        },
        "spec": {"replicas": obj["spec"].get("replicas", 1)},
        "status": {
            "replicas": (obj.get("status") or {}).get("replicas", 0),
            "selector": selector_text(obj["spec"].get("selector")),
        },
    }


def _replicas(resource: Resource, name: str, scale: Obj) -> int:
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise bad_request("json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32")
    if replicas < 0:
        why = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid(resource, name, [("FieldValueInvalid", "spec.replicas", why)])
    return replicas


def write_scale(objects: Objects, target: Target, scale: Obj, options: WriteOptions) -> Obj:
    """PUT of a Scale; ApiError 409 when its resourceVersion or uid is not the present one."""
    plain = Target(resource=target.resource, namespace=target.namespace, name=target.name)
    replicas = _replicas(target.resource, target.name, scale)
    meta = scale.get("metadata") or {}
    before = objects.get(plain)
    if meta.get("uid") and meta["uid"] != before["metadata"]["uid"]:
        raise conflict(target.resource, target.name)
    patch: Obj = {"spec": {"replicas": replicas}}
    if meta.get("resourceVersion"):
        patch["metadata"] = {"resourceVersion": meta["resourceVersion"]}
    return scale_of(objects.patch(plain, patch, MERGE_PATCH, options))


def patch_scale(objects: Objects, target: Target, body: Any, content_type: str, options: WriteOptions) -> Obj:
    """PATCH of a Scale with any of the three patches."""
    before = scale_of(objects.get(target))
    if content_type == JSON_PATCH:
        try:
            after = apply_json_patch(before, body)
        except PatchFailed as problem:
            raise rejected_patch() from problem
    elif content_type in (MERGE_PATCH, STRATEGIC_PATCH):
        after = apply_merge_patch(before, body)
    else:
        raise unsupported_media("the body of the request was in an unknown format")
    if not isinstance(after, dict):
        raise rejected_patch()
    after = copy.deepcopy(after)
    given = isinstance(body, dict) and "resourceVersion" in (body.get("metadata") or {})
    if not given:
        (after.get("metadata") or {}).pop("resourceVersion", None)
    return write_scale(objects, target, after, options)

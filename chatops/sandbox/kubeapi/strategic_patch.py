"""Strategic merge patch: lists are merged by the key their type declares, `$` directives steer it.

The merge keys are those of the `patchMergeKey` tags of the Kubernetes API types.
"""

from __future__ import annotations

import copy
from typing import Any

from chatops.sandbox.kubeapi.errors import bad_request

_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "resourceClaims": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
    "ownerReferences": "uid",
    "conditions": "type",
    "addresses": "type",
    "secrets": "name",
    "podIPs": "ip",
    "hostIPs": "ip",
}
_PRIMITIVE_LISTS = {"finalizers"}
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def _merge_key(field: str, items: list[Any]) -> str | None:
    if field == "ports":
        service = any(isinstance(item, dict) and "port" in item for item in items)
        return "port" if service else "containerPort"
    return _MERGE_KEYS.get(field)


def _order(items: list[Any], wanted: list[Any], key: str | None) -> list[Any]:
    """Listed elements in the listed order, each other one after the neighbour it had."""

    def identity(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    ranks = [identity(item) for item in wanted]
    listed = sorted((item for item in items if identity(item) in ranks), key=lambda i: ranks.index(identity(i)))
    merged: list[Any] = []
    place = 0
    for item in items:
        if identity(item) in ranks:
            merged.append(listed[place])
            place += 1
        else:
            merged.append(item)
    return merged


def _merge_list(field: str, old: list[Any], patch: list[Any]) -> list[Any]:
    directives = [item for item in patch if isinstance(item, dict) and item.get("$patch") == "replace"]
    if directives:
        return [copy.deepcopy(item) for item in patch if "$patch" not in item]
    key = _merge_key(field, [*old, *patch])
    if key is None:
        if field in _PRIMITIVE_LISTS:
            return [*old, *(item for item in patch if item not in old)]
        return copy.deepcopy(patch)
    result = copy.deepcopy(old)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {key}")
        at = next((i for i, had in enumerate(result) if isinstance(had, dict) and had.get(key) == item[key]), None)
        if item.get("$patch") == "delete":
            result = [had for had in result if had.get(key) != item[key]]
        elif at is None:
            result.append(_merge_map({}, item))
        else:
            result[at] = _merge_map(result[at], item)
    return result


def _merge_map(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: copy.deepcopy(value) for key, value in patch.items() if key != "$patch"}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise bad_request(f"Unknown patch type: {directive}")
    result = copy.deepcopy(old)
    if "$retainKeys" in patch:
        result = {key: value for key, value in result.items() if key in patch["$retainKeys"]}
    orders: list[tuple[str, list[Any]]] = []
    for key, value in patch.items():
        if key in ("$patch", "$retainKeys"):
            continue
        if key.startswith(_DELETE_FROM):
            field = key.removeprefix(_DELETE_FROM)
            if isinstance(result.get(field), list):
                result[field] = [item for item in result[field] if item not in value]
        elif key.startswith(_ORDER):
            orders.append((key.removeprefix(_ORDER), value))
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            had = result.get(key)
            result[key] = _merge_map(had if isinstance(had, dict) else {}, value)
            if value.get("$patch") == "delete":
                del result[key]
        elif isinstance(value, list):
            had = result.get(key)
            result[key] = _merge_list(key, had if isinstance(had, list) else [], value)
        else:
            result[key] = value
    for field, wanted in orders:
        if isinstance(result.get(field), list) and isinstance(wanted, list):
            result[field] = _order(result[field], wanted, _merge_key(field, result[field]))
    return result


def apply_strategic_patch(document: dict[str, Any], patch: Any) -> dict[str, Any]:
    """The patched copy; ApiError 400 when the patch is no object or lacks a merge key."""
    if not isinstance(patch, dict):
        raise bad_request("error decoding patch: expected an object")
    return _merge_map(document, patch)

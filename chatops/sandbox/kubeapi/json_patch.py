"""JSON Patch, RFC 6902: apply to a copy, never to the original."""

from __future__ import annotations

import copy
from typing import Any

from chatops.sandbox.kubeapi.errors import bad_request


class PatchFailed(Exception):
    """An operation does not apply; the API answers 422."""


def split_pointer(pointer: str) -> list[str]:
    """Steps of an RFC 6901 pointer; PatchFailed when it is malformed."""
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise PatchFailed(f"not a pointer: {pointer}")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _index(step: str, length: int) -> int:
    if not (step.isascii() and step.isdigit()) or (len(step) > 1 and step[0] == "0"):
        raise PatchFailed(f"not an index: {step}")
    index = int(step)
    if index >= length:
        raise PatchFailed(f"no such index: {step}")
    return index


def _child(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        if step not in node:
            raise PatchFailed(f"no such member: {step}")
        return node[step]
    if isinstance(node, list):
        return node[_index(step, len(node))]
    raise PatchFailed(f"nothing below: {step}")


def look(document: Any, pointer: str) -> Any:
    """The value a pointer names; PatchFailed when there is none."""
    node = document
    for step in split_pointer(pointer):
        node = _child(node, step)
    return node


def _parent(document: Any, steps: list[str]) -> Any:
    node = document
    for step in steps[:-1]:
        node = _child(node, step)
    return node


def _add(document: Any, pointer: str, value: Any) -> Any:
    steps = split_pointer(pointer)
    if not steps:
        return value
    parent, last = _parent(document, steps), steps[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, len(parent) + 1), value)
    else:
        raise PatchFailed(f"cannot add at {pointer}")
    return document


def _remove(document: Any, pointer: str) -> Any:
    steps = split_pointer(pointer)
    if not steps:
        return None
    parent, last = _parent(document, steps), steps[-1]
    _child(parent, last)
    if isinstance(parent, dict):
        del parent[last]
    else:
        del parent[_index(last, len(parent))]
    return document


def _same(left: Any, right: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _replace(document: Any, pointer: str, value: Any) -> Any:
    look(document, pointer)
    steps = split_pointer(pointer)
    if not steps:
        return value
    parent, last = _parent(document, steps), steps[-1]
    if isinstance(parent, dict):
        parent[last] = value
    else:
        parent[_index(last, len(parent))] = value
    return document


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    path = operation["path"]
    match operation["op"]:
        case "add":
            return _add(document, path, copy.deepcopy(operation["value"]))
        case "remove":
            return _remove(document, path)
        case "replace":
            return _replace(document, path, copy.deepcopy(operation["value"]))
        case "move":
            if path.startswith(operation["from"] + "/"):
                raise PatchFailed("cannot move a value into itself")
            value = look(document, operation["from"])
            return _add(_remove(document, operation["from"]), path, value)
        case "copy":
            return _add(document, path, copy.deepcopy(look(document, operation["from"])))
        case "test":
            if not _same(look(document, path), operation["value"]):
                raise PatchFailed(f"testing value {path} failed: test failed")
            return document
    raise PatchFailed(f"unexpected kind: {operation['op']}")


def _check(operation: Any) -> None:
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        raise bad_request("json: cannot unmarshal patch operation")
    verb = operation.get("op")
    needs = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from"}
    if verb not in {*needs, "remove"}:
        raise PatchFailed(f"unexpected kind: {verb}")
    if verb in needs and needs[verb] not in operation:
        raise PatchFailed(f"operation {verb} lacks {needs[verb]}")
    if needs.get(verb) == "from" and not isinstance(operation["from"], str):
        raise bad_request("json: cannot unmarshal patch operation")


def apply_json_patch(document: Any, operations: Any) -> Any:
    """The patched copy. PatchFailed when an operation does not apply, ApiError 400 when it is no patch."""
    if not isinstance(operations, list):
        raise bad_request("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    result = copy.deepcopy(document)
    for operation in operations:
        _check(operation)
        result = _operate(result, operation)
    return result

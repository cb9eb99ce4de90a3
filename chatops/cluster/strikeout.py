"""Striking secrets out of an object as the API tells it, before any of it becomes text. Pure.

It knows where Kubernetes keeps secrets, whatever they look like: values of environment variables, arguments, data of a
Secret, the copies of an object that tools keep in its annotations. What only looks like one is for `core.masking`.
"""

import re
from typing import Any

import msgspec

from chatops.cluster.plain import plain_line
from chatops.core.masking import SIGN, mask_lines

STRUCK = "***"
"""Stands for a value of any length: how long a password is, is nobody's business."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_SECRET = r"(?i:pass(?:word|wd)?|token|secret|key|credentials?)[\w-]*"
_SECRET_FLAG = re.compile(rf"-[\w-]*{_SECRET}")
_SECRET_ARGUMENT = re.compile(rf"({_SECRET}[ \t]*(?::=|=>|[=: \t])[ \t]*)\S+")

_SIGN = re.compile(f"({SIGN})")

_DEEPEST = 48

_COPIED = ("apiVersion", "kind", "spec", "data", "metadata")
"""Members that give a whole object away."""


def struck_out(value: Any, depth: int = 0) -> Any:
    """The same structure without values of variables, without credentials in arguments; every other text masked."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, list):
        return [struck_out(inner, depth + 1) for inner in value]
    if isinstance(value, dict):
        return _members(value, depth)
    return masked_text(value) if isinstance(value, str) else value


def masked_text(text: str, name: str = "") -> str:
    """Masked line by line, its escape sequences gone. `name` is what it stands under: that may tell what it is."""
    lines = mask_lines([plain_line(line) for line in text.split("\n")])
    if not name:
        return "\n".join(lines)
    head = f"{plain_line(name)}: "
    if len(lines) == 1:
        (shown,) = mask_lines([head + lines[0]])
        # A name that is itself masked is no reason to show what stands under it.
        return shown.removeprefix(head) if shown.startswith(head) else STRUCK
    block = mask_lines([f"{head}|", *(f"  {line}" for line in lines)])[1:]
    return "\n".join(line.removeprefix("  ") for line in block)


def annotations(value: Any) -> dict[str, Any]:
    """Without what `kubectl apply` keeps, and without any other copy of a whole object."""
    if not isinstance(value, dict):
        return {}
    return {
        key: STRUCK if _is_copy(inner) else masked_text(str(inner), key)
        for key, inner in value.items()
        if key != LAST_APPLIED
    }


def whole(raw: dict[str, Any]) -> dict[str, Any]:
    """An object for a file: no managed fields, no copies of itself, nothing of a Secret but its keys."""
    found: dict[str, Any] = {}
    secret = raw.get("kind") == "Secret"
    for key, value in raw.items():
        if key == "metadata" and isinstance(value, dict):
            found[key] = _metadata(value)
        elif key == "binaryData" or (secret and key in ("data", "stringData")):
            found[key] = _struck(value)
        else:
            found[key] = struck_out({key: value})[key]
    return found


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    kept = {key: inner for key, inner in value.items() if key not in ("managedFields", "annotations")}
    notes = annotations(value.get("annotations"))
    return {**struck_out(kept), **({"annotations": notes} if notes else {})}


def _members(value: dict[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    name = value.get("name")
    for key, inner in value.items():
        if key == "env" and isinstance(inner, list | dict):
            found[key] = _variables(inner, depth)
        elif key in ("args", "command") and isinstance(inner, list):
            found[key] = _arguments(inner)
        elif key == "annotations" and isinstance(inner, dict):
            found[key] = annotations(inner)
        elif isinstance(inner, str):
            found[key] = masked_text(inner, name if key == "value" and isinstance(name, str) else key)
        else:
            found[key] = struck_out(inner, depth + 1)
    return found


def _variables(entries: list[Any] | dict[str, Any], depth: int) -> Any:
    """A list of `name` and `value` in a container; charts write a mapping too."""
    if isinstance(entries, dict):
        return {
            key: struck_out(inner, depth + 1) if isinstance(inner, dict | list) and inner else STRUCK
            for key, inner in entries.items()
        }
    return [_variable(entry, depth) for entry in entries]


def _variable(entry: Any, depth: int) -> Any:
    if not isinstance(entry, dict):
        return STRUCK
    return {key: STRUCK if key == "value" else struck_out(inner, depth + 1) for key, inner in entry.items()}


def _arguments(arguments: list[Any]) -> list[str]:
    """`--password=x`, and `--password x` as two arguments; whatever else looks like a secret is masked."""
    shown: list[str] = []
    for argument in map(str, arguments):
        follows = bool(shown) and _SECRET_FLAG.fullmatch(shown[-1])
        shown.append(STRUCK if follows else _argument(argument))
    return shown


def _argument(argument: str) -> str:
    """A script of several lines is masked first: what is in one line may tell what the next one holds."""
    if "\n" not in argument:
        return masked_text(_SECRET_ARGUMENT.sub(rf"\1{STRUCK}", argument))
    parts = _SIGN.split(masked_text(argument))
    return "".join(part if n % 2 else _SECRET_ARGUMENT.sub(rf"\1{STRUCK}", part) for n, part in enumerate(parts))


def _struck(value: Any) -> Any:
    return dict.fromkeys(value, STRUCK) if isinstance(value, dict) else STRUCK


def _is_copy(value: Any) -> bool:
    """Tools keep the manifest they applied in an annotation, each under a name of its own."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return False
    try:
        read = msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return all(f'"{member}"' in value for member in _COPIED[:2])
    return isinstance(read, dict) and sum(member in read for member in _COPIED) > 1

"""The long description of an object, for a file: an outline in kubectl's order. Pure.

Values of environment variables, arguments that look like credentials, the copy of the object that `kubectl apply`
keeps, and anything else with the shape of a secret never appear in it.
"""

from collections.abc import Iterator
from typing import Any

from chatops.cluster.facts import Facts
from chatops.cluster.plain import plain_line, safe_text
from chatops.cluster.strikeout import annotations, struck_out
from chatops.core.masking import mask_lines
from chatops.core.resources import EventLine, ObjectRef

_HIDDEN_META = frozenset({"managedFields", "annotations", "labels", "name", "namespace", "uid", "resourceVersion"})

_DEEPEST = 12


def full_text(ref: ObjectRef, raw: dict[str, Any], facts: Facts, events: tuple[EventLine, ...]) -> str:
    """Header, labels, annotations, facts, spec, status, events."""
    meta = _map(raw.get("metadata"))
    lines = [
        f"Kind:       {ref.kind}",
        f"Name:       {ref.name}",
        f"Namespace:  {ref.namespace or '<none>'}",
        f"UID:        {ref.uid}",
        f"Cluster:    {ref.cluster}",
    ]
    lines += _section("Labels", _map(meta.get("labels")))
    lines += _section("Annotations", annotations(meta.get("annotations")))
    lines += _section("Metadata", {k: v for k, v in meta.items() if k not in _HIDDEN_META})
    lines += _section("Summary", dict(facts))
    lines += _section("Spec", struck_out(raw.get("spec")))
    lines += _section("Status", raw.get("status"))
    lines += ["", "Events:"]
    lines += [f"  {_event(line)}" for line in events] or ["  <none>"]
    return "\n".join(mask_lines([plain_line(line) for line in lines])) + "\n"


def _event(line: EventLine) -> str:
    when = f"{line.last_at:%Y-%m-%d %H:%M:%S}" if line.last_at else "-"
    kind = "Warning" if line.warning else "Normal"
    more = f" +{line.objects - 1}" if line.objects > 1 else ""
    return f"{kind:8}{line.reason}  x{line.count}  {when}  {line.about}{more}  {line.message}"


def _section(title: str, value: Any) -> list[str]:
    return ["", f"{title}:", *_outline(value, 1)] if value else []


def _outline(value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if depth > _DEEPEST:
        yield f"{pad}…"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list) and inner:
                yield f"{pad}{key}:"
                yield from _outline(inner, depth + 1)
            else:
                yield f"{pad}{key}: {_scalar(inner)}"
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict) and inner:
                first, *rest = _outline(inner, depth + 1)
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield f"{pad}- {_scalar(inner)}"
    else:
        yield f"{pad}{_scalar(value)}"


def _scalar(value: Any) -> str:
    if value is None or value in ({}, []):
        return "<none>"
    if isinstance(value, bool):
        return str(value).lower()
    return safe_text(str(value))


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

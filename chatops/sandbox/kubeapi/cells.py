"""What table columns are made of: their cells, and those that many kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatops.sandbox.kubeapi.durations import since
from chatops.sandbox.kubeapi.kinds import Obj

Cell = Callable[[Obj, datetime], Any]
NONE = "<none>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `wide` ones show under -o wide only."""

    name: str
    cell: Cell
    wide: bool = False
    type: str = "string"
    format: str = ""


def column(name: str, cell: Cell, *, wide: bool = False, type: str = "string") -> Column:
    """A column; `type` is that of the cells in the Table's words."""
    return Column(name=name, cell=cell, wide=wide, type=type, format="name" if name == "Name" else "")


def field(*path: str, default: Any = "") -> Cell:
    """A cell that shows the value at a path of the object."""

    def read(obj: Obj, _: datetime) -> Any:
        value: Any = obj
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return default if value is None else value

    return read


def labels_text(labels: Obj | None) -> str:
    """`a=b,c=d`, or <none>."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Obj | None) -> str:
    """A LabelSelector in selector syntax, or <none>."""
    if not selector:
        return NONE
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or ():
        values = ",".join(sorted(each.get("values") or ()))
        words = {
            "In": f"{each['key']} in ({values})",
            "NotIn": f"{each['key']} notin ({values})",
            "Exists": each["key"],
            "DoesNotExist": f"!{each['key']}",
        }
        parts.append(words[each["operator"]])
    return ",".join(parts) or NONE


def _containers(obj: Obj) -> list[Obj]:
    spec = obj.get("spec") or {}
    if "jobTemplate" in spec:
        spec = spec["jobTemplate"].get("spec") or {}
    return ((spec.get("template") or {}).get("spec") or {}).get("containers") or []


NAME = column("Name", field("metadata", "name"))
AGE = column("Age", lambda obj, now: since(obj["metadata"].get("creationTimestamp"), now))
CONTAINERS = column("Containers", lambda obj, _: ",".join(c.get("name", "") for c in _containers(obj)), wide=True)
IMAGES = column("Images", lambda obj, _: ",".join(c.get("image", "") for c in _containers(obj)), wide=True)
SELECTOR = column("Selector", lambda obj, _: selector_text((obj.get("spec") or {}).get("selector")), wide=True)


def integer(name: str, *path: str) -> Column:
    """A column of whole numbers, 0 where there is none."""
    return column(name, field(*path, default=0), type="integer")

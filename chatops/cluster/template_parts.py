"""Which parts of two pod templates differ, by name. Pure, and no value of any of them is told."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatops.cluster.plain import safe_text
from chatops.core.resources import RESTART

RESTARTED = "kubectl.kubernetes.io/restartedAt"
"""The annotation whose only use is that it changes."""

_CONTAINERS = ("containers", "initContainers")


def changed_parts(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """`app env`, `app resources`, `volumes`, `annotations`, `restart`; what is of a container first.

    Images are left out: they are told with their values.
    """
    return tuple(dict.fromkeys(safe_text(part) for part in _parts(before, after)))


def _parts(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    old, new = _map(before.get("spec")), _map(after.get("spec"))
    for kind in _CONTAINERS:
        had, has = _by_name(old.get(kind)), _by_name(new.get(kind))
        for name in (*has, *(name for name in had if name not in has)):
            if name in had and name in has:
                yield from (f"{name} {key}" for key in _differing(had[name], has[name]) if key != "image")
            else:
                yield name
    yield from (key for key in _differing(old, new) if key not in _CONTAINERS)
    old, new = _map(before.get("metadata")), _map(after.get("metadata"))
    for key in _differing(old, new):
        if key != "annotations":
            yield key
            continue
        changed = _differing(_map(old.get(key)), _map(new.get(key)))
        if RESTARTED in changed:
            yield RESTART
        if [name for name in changed if name != RESTARTED]:
            yield key


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [key for key in (*new, *(key for key in old if key not in new)) if old.get(key) != new.get(key)]


def _by_name(value: Any) -> dict[str, dict[str, Any]]:
    entries = value if isinstance(value, list) else []
    return {str(entry.get("name", "")): entry for entry in entries if isinstance(entry, dict)}


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

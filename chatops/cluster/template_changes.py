"""What differs between two pod templates, in lines a person reads before confirming.

Pure, and no value of a variable is in it.
"""

from typing import Any

import msgspec

from chatops.cluster.facts import container_facts
from chatops.cluster.models import listed
from chatops.cluster.pod_models import Container, Template
from chatops.core.actions import Change


def template_changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """Images first, then resources and probes, names of variables that come (`after`) or go (`before`)."""
    old, new = _containers(before), _containers(after)
    changes: list[Change] = []
    for name in (*new, *(name for name in old if name not in new)):
        had = dict(container_facts(old[name])) if name in old else {}
        has = dict(container_facts(new[name])) if name in new else {}
        for label in (*has, *(label for label in had if label not in has)):
            if had.get(label) != has.get(label):
                changes.append(Change(f"{name} {label}", had.get(label, ""), has.get(label, "")))
        if name in old and name in new:
            changes += _variables(name, _env(before, name), _env(after, name))
    return tuple(sorted(changes, key=lambda change: not change.what.endswith(" image")))


def _variables(container: str, had: dict[str, Any], has: dict[str, Any]) -> list[Change]:
    gone = [name for name in had if had[name] != has.get(name)]
    come = [name for name in has if has[name] != had.get(name)]
    return [Change(f"{container} env", ", ".join(gone), ", ".join(come))] if gone or come else []


def _containers(template: dict[str, Any]) -> dict[str, Container]:
    try:
        spec = msgspec.convert(template, Template).spec
    except msgspec.ValidationError:
        return {}
    return {c.name: c for c in (*listed(spec.containers), *listed(spec.init_containers))}


def _env(template: dict[str, Any], container: str) -> dict[str, Any]:
    spec = template.get("spec") or {}
    everyone = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    found = next((c for c in everyone if isinstance(c, dict) and c.get("name") == container), {})
    return {str(e.get("name", "")): e for e in found.get("env") or () if isinstance(e, dict)}

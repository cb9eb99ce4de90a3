"""Kubernetes resource quantities as numbers."""

from __future__ import annotations

import re

from chatops.sandbox.kubeapi.kinds import Obj

_SUFFIXES = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
    "Ei": 2.0**60,
}
_FORM = re.compile(r"^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)([a-zA-Z]*)$")


def quantity(text: object) -> float:
    """`500m` is 0.5, `1Ki` is 1024; ValueError when it is no quantity."""
    found = _FORM.match(str(text).strip())
    if found is None or found[2] not in _SUFFIXES:
        raise ValueError(f"not a quantity: {text}")
    return float(found[1]) * _SUFFIXES[found[2]]


def requested(pod_spec: Obj, resource: str) -> float:
    """Sum of the containers' requests (limits where no request is given)."""
    total = 0.0
    for container in pod_spec.get("containers") or ():
        resources = container.get("resources") or {}
        value = (resources.get("requests") or {}).get(resource, (resources.get("limits") or {}).get(resource))
        total += quantity(value) if value is not None else 0.0
    return total


def qos_class(pod_spec: Obj) -> str:
    """Guaranteed, Burstable or BestEffort."""
    named = False
    guaranteed = True
    for container in [*(pod_spec.get("containers") or ()), *(pod_spec.get("initContainers") or ())]:
        resources = container.get("resources") or {}
        requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
        named = named or bool(requests or limits)
        for resource in ("cpu", "memory"):
            limit = limits.get(resource)
            request = requests.get(resource, limit)
            if limit is None or quantity(limit) != quantity(request):
                guaranteed = False
    if not named:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def share(value: object, total: int, *, up: bool) -> int:
    """An int-or-percentage such as maxSurge, of `total`, rounded up or down."""
    if isinstance(value, str) and value.endswith("%"):
        percent = int(value[:-1]) * total
        return -(-percent // 100) if up else percent // 100
    return int(str(value))

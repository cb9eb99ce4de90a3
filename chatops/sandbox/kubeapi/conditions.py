"""The conditions of an object's status, and what is read out of them."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.clock import parse_stamp, stamp
from chatops.sandbox.kubeapi.kinds import Obj


def condition(obj: Obj, kind: str) -> Obj | None:
    """The condition of this type, or None."""
    for each in (obj.get("status") or {}).get("conditions") or ():
        if each.get("type") == kind:
            return dict(each)
    return None


def merged(
    old: list[Obj],
    kind: str,
    status: str,
    now: datetime,
    *,
    reason: str = "",
    message: str = "",
    update_time: bool = False,
) -> list[Obj]:
    """The list with this condition set; its transition time moves only when the status does.

    `update_time` adds the lastUpdateTime that Deployments have; it moves with the reason or message.
    """
    fresh: Obj = {"type": kind, "status": status}
    had = next((each for each in old if each.get("type") == kind), None)
    same = had is not None and had.get("status") == status
    if update_time:
        told = had is not None and same and had.get("reason") == reason and had.get("message") == message
        fresh["lastUpdateTime"] = had["lastUpdateTime"] if had is not None and told else stamp(now)
    fresh["lastTransitionTime"] = (
        had["lastTransitionTime"] if had is not None and same and "lastTransitionTime" in had else stamp(now)
    )
    if reason:
        fresh["reason"] = reason
    if message:
        fresh["message"] = message
    if had is None:
        return [*old, fresh]
    return [fresh if each.get("type") == kind else each for each in old]


def is_ready(pod: Obj) -> bool:
    """Whether the pod's Ready condition is True."""
    found = condition(pod, "Ready")
    return found is not None and found.get("status") == "True"


def is_available(pod: Obj, min_ready: float, now: datetime) -> bool:
    """Ready for at least `min_ready` seconds."""
    found = condition(pod, "Ready")
    if found is None or found.get("status") != "True":
        return False
    since = parse_stamp(found["lastTransitionTime"])
    return min_ready <= 0 or (now - since).total_seconds() >= min_ready


def is_active(pod: Obj) -> bool:
    """Neither finished nor on its way out."""
    phase = (pod.get("status") or {}).get("phase")
    return phase not in ("Succeeded", "Failed") and "deletionTimestamp" not in pod["metadata"]

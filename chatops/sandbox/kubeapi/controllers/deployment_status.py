"""A Deployment's status and conditions, computed from its ReplicaSets."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import parse_stamp
from chatops.sandbox.kubeapi.conditions import condition, merged
from chatops.sandbox.kubeapi.kinds import Obj


def _sum(replica_sets: list[Obj], field: str) -> int:
    return sum(int((each.get("status") or {}).get(field, 0)) for each in replica_sets)


def report(
    deployment: Obj,
    owned: list[Obj],
    newest: Obj | None,
    now: datetime,
    *,
    created: bool,
    paused: bool,
    max_unavailable: int,
    pace: float,
) -> Obj:
    """The status object; zero counts are left out, as the API's omitempty does."""
    total = int(deployment["spec"].get("replicas", 1))
    replicas, available = _sum(owned, "replicas"), _sum(owned, "availableReplicas")
    counts = {
        "observedGeneration": int(deployment["metadata"].get("generation", 1)),
        "replicas": replicas,
        "updatedReplicas": _sum([newest] if newest else [], "replicas"),
        "readyReplicas": _sum(owned, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(int(each["spec"].get("replicas", 1)) for each in owned) - available),
    }
    status: Obj = {key: value for key, value in counts.items() if value}
    old = deployment.get("status") or {}
    if old.get("collisionCount"):
        status["collisionCount"] = old["collisionCount"]
    conditions = list(old.get("conditions") or ())
    enough = available >= total - max_unavailable
    conditions = merged(
        conditions,
        "Available",
        "True" if enough else "False",
        now,
        reason="MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        message="Deployment has minimum availability." if enough else "Deployment does not have minimum availability.",
        update_time=True,
    )
    status["conditions"] = _progress(
        deployment, conditions, counts, newest, now, created=created, paused=paused, pace=pace
    )
    return status


def _progress(
    deployment: Obj,
    conditions: list[Obj],
    counts: dict[str, int],
    newest: Obj | None,
    now: datetime,
    *,
    created: bool,
    paused: bool,
    pace: float,
) -> list[Obj]:
    had = condition(deployment, "Progressing")
    old = deployment.get("status") or {}

    def told(status: str, reason: str, message: str, *, again: bool = False) -> list[Obj]:
        kept = conditions
        if again:
            kept = [{**each, "reason": ""} if each["type"] == "Progressing" else each for each in conditions]
        return merged(kept, "Progressing", status, now, reason=reason, message=message, update_time=True)

    if paused:
        if had is None or had.get("reason") not in ("DeploymentPaused", "ProgressDeadlineExceeded"):
            return told("Unknown", "DeploymentPaused", "Deployment is paused")
        return conditions
    if had is not None and had.get("reason") == "DeploymentPaused":
        return told("Unknown", "DeploymentResumed", "Deployment is resumed")
    if newest is None:
        return conditions
    name = newest["metadata"]["name"]
    if created:
        return told("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
    total = int(deployment["spec"].get("replicas", 1))
    complete = counts["updatedReplicas"] == counts["replicas"] == counts["availableReplicas"] == total
    finished = had is not None and had.get("reason") == "NewReplicaSetAvailable"
    if finished and counts["replicas"] == counts["updatedReplicas"]:
        return told("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
    if complete:
        return told("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
    before = {
        key: int(old.get(key, 0)) for key in ("updatedReplicas", "replicas", "readyReplicas", "availableReplicas")
    }
    stale_before, stale_now = (each["replicas"] - each["updatedReplicas"] for each in (before, counts))
    moved = (
        counts["updatedReplicas"] > before["updatedReplicas"]
        or stale_now < stale_before
        or counts["readyReplicas"] > before["readyReplicas"]
        or counts["availableReplicas"] > before["availableReplicas"]
    )
    if moved or had is None or had.get("reason") in ("DeploymentResumed", "NewReplicaSetAvailable"):
        return told("True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.', again=True)
    patience = timedelta(seconds=float(deployment["spec"].get("progressDeadlineSeconds", 600)) * pace)
    if had.get("reason") != "ProgressDeadlineExceeded" and now - parse_stamp(had["lastUpdateTime"]) > patience:
        return told("False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.')
    return conditions

"""Records who last wrote an object: manager, operation and time, without the fields themselves."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.kinds import Obj


def manager_of(query_manager: str, user_agent: str) -> str:
    """The fieldManager asked for, else what stands before the slash of the User-Agent."""
    return (query_manager or user_agent.partition("/")[0] or "unknown")[:128]


def record(obj: Obj, *, manager: str, operation: str, api_version: str, now: datetime, subresource: str = "") -> None:
    """Set the manager's entry in place."""
    entry: Obj = {
        "manager": manager,
        "operation": operation,
        "apiVersion": api_version,
        "time": stamp(now),
        "fieldsType": "FieldsV1",
        "fieldsV1": {},
    }
    if subresource:
        entry["subresource"] = subresource
    kept = [
        each
        for each in obj["metadata"].get("managedFields") or ()
        if (each.get("manager"), each.get("operation"), each.get("subresource", ""))
        != (manager, operation, subresource)
    ]
    obj["metadata"]["managedFields"] = [*kept, entry]


def without(obj: Obj) -> Obj:
    """A shallow copy without the entries, for telling whether anything else changed."""
    meta = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return {**obj, "metadata": meta}

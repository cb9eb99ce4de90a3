"""The columns of pods, workloads, nodes and events, as the API server's printers compute them."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.cells import (
    AGE,
    CONTAINERS,
    IMAGES,
    NAME,
    NONE,
    SELECTOR,
    Cell,
    Column,
    column,
    field,
    integer,
    labels_text,
)
from chatops.sandbox.kubeapi.durations import since
from chatops.sandbox.kubeapi.kinds import Obj
from chatops.sandbox.kubeapi.pod_summary import ready_counts, restarts, status_word


def _node_status(node: Obj, _: datetime) -> str:
    ready = [each for each in (node.get("status") or {}).get("conditions") or () if each["type"] == "Ready"]
    word = "Unknown" if not ready else "Ready" if ready[0]["status"] == "True" else "NotReady"
    return word + (",SchedulingDisabled" if (node.get("spec") or {}).get("unschedulable") else "")


def _roles(node: Obj, _: datetime) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = node["metadata"].get("labels") or {}
    return ",".join(sorted(key.removeprefix(prefix) for key in labels if key.startswith(prefix))) or NONE


def _address(kind: str) -> Cell:
    def read(node: Obj, _: datetime) -> str:
        for each in (node.get("status") or {}).get("addresses") or ():
            if each["type"] == kind:
                return str(each["address"])
        return NONE

    return read


def _fraction(ready: str) -> Cell:
    def read(obj: Obj, _: datetime) -> str:
        wanted = (obj.get("spec") or {}).get("replicas", 1)
        return f"{(obj.get('status') or {}).get(ready, 0)}/{wanted}"

    return read


def _event_seen(event: Obj, now: datetime) -> str:
    last = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp")
    return since(last, now)


def _event_first(event: Obj, now: datetime) -> str:
    return since(event.get("firstTimestamp") or event.get("eventTime"), now)


def _event_object(event: Obj, _: datetime) -> str:
    involved = event.get("involvedObject") or {}
    return f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}"


def _event_source(event: Obj, _: datetime) -> str:
    source = event.get("source") or {}
    return ", ".join(filter(None, (source.get("component"), source.get("host"))))


def _pod_ready(pod: Obj, _: datetime) -> str:
    ready, total = ready_counts(pod)
    return f"{ready}/{total}"


POD_COLUMNS = (
    NAME,
    column("Ready", _pod_ready),
    column("Status", lambda pod, _: status_word(pod)),
    column("Restarts", restarts),
    AGE,
    column("IP", field("status", "podIP", default=NONE), wide=True),
    column("Node", field("spec", "nodeName", default=NONE), wide=True),
    column("Nominated Node", field("status", "nominatedNodeName", default=NONE), wide=True),
    column("Readiness Gates", lambda _o, _n: NONE, wide=True),
)

WORKLOAD_COLUMNS: dict[str, tuple[Column, ...]] = {
    "pods": POD_COLUMNS,
    "deployments.apps": (
        NAME,
        column("Ready", _fraction("readyReplicas")),
        integer("Up-to-date", "status", "updatedReplicas"),
        integer("Available", "status", "availableReplicas"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    "replicasets.apps": (
        NAME,
        integer("Desired", "spec", "replicas"),
        integer("Current", "status", "replicas"),
        integer("Ready", "status", "readyReplicas"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    "statefulsets.apps": (NAME, column("Ready", _fraction("readyReplicas")), AGE, CONTAINERS, IMAGES),
    "daemonsets.apps": (
        NAME,
        integer("Desired", "status", "desiredNumberScheduled"),
        integer("Current", "status", "currentNumberScheduled"),
        integer("Ready", "status", "numberReady"),
        integer("Up-to-date", "status", "updatedNumberScheduled"),
        integer("Available", "status", "numberAvailable"),
        column(
            "Node Selector",
            lambda obj, _: labels_text(obj["spec"]["template"].get("spec", {}).get("nodeSelector")),
        ),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    "nodes": (
        NAME,
        column("Status", _node_status),
        column("Roles", _roles),
        AGE,
        column("Version", field("status", "nodeInfo", "kubeletVersion")),
        column("Internal-IP", _address("InternalIP"), wide=True),
        column("External-IP", _address("ExternalIP"), wide=True),
        column("OS-Image", field("status", "nodeInfo", "osImage", default="<unknown>"), wide=True),
        column("Kernel-Version", field("status", "nodeInfo", "kernelVersion", default="<unknown>"), wide=True),
        column(
            "Container-Runtime",
            field("status", "nodeInfo", "containerRuntimeVersion", default="<unknown>"),
            wide=True,
        ),
    ),
    "events": (
        column("Last Seen", _event_seen),
        column("Type", field("type")),
        column("Reason", field("reason")),
        column("Object", _event_object),
        column("Subobject", field("involvedObject", "fieldPath"), wide=True),
        column("Source", _event_source, wide=True),
        column("Message", lambda event, _: str(event.get("message", "")).strip()),
        column("First Seen", _event_first, wide=True),
        column("Count", field("count", default=1), wide=True),
        column("Name", field("metadata", "name"), wide=True),
    ),
}

"""The columns of the kinds that run nothing by themselves: storage, network, policy, batch, access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chatops.sandbox.kubeapi.cells import (
    AGE,
    CONTAINERS,
    IMAGES,
    NAME,
    NONE,
    SELECTOR,
    Column,
    column,
    field,
    labels_text,
)
from chatops.sandbox.kubeapi.clock import parse_stamp
from chatops.sandbox.kubeapi.durations import human, since
from chatops.sandbox.kubeapi.kinds import Obj

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(obj: Obj, _: datetime) -> str:
    return ",".join(_MODES.get(mode, mode) for mode in (obj.get("spec") or {}).get("accessModes") or ())


def _claim_status(obj: Obj, _: datetime) -> str:
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else str((obj.get("status") or {}).get("phase", ""))


def _bound_claim(obj: Obj, _: datetime) -> str:
    claim = (obj.get("spec") or {}).get("claimRef") or {}
    return f"{claim['namespace']}/{claim['name']}" if claim else ""


def _job_status(job: Obj, _: datetime) -> str:
    for condition in (job.get("status") or {}).get("conditions") or ():
        if condition["status"] == "True" and condition["type"] in ("Complete", "Failed", "Suspended"):
            return str(condition["type"])
    return "Terminating" if "deletionTimestamp" in job["metadata"] else "Running"


def _completions(job: Obj, _: datetime) -> str:
    done = (job.get("status") or {}).get("succeeded", 0)
    wanted = (job.get("spec") or {}).get("completions")
    return f"{done}/{wanted}" if wanted is not None else f"{done}/1"


def _job_duration(job: Obj, now: datetime) -> str:
    status = job.get("status") or {}
    if not status.get("startTime"):
        return ""
    end = parse_stamp(status["completionTime"]) if status.get("completionTime") else now
    return human((end - parse_stamp(status["startTime"])).total_seconds())


def _target(metric: Obj, current: Obj | None) -> str:
    source = metric.get(metric["type"][:1].lower() + metric["type"][1:]) or {}
    wanted = source.get("target") or {}
    seen = ((current or {}).get(metric["type"][:1].lower() + metric["type"][1:]) or {}).get("current") or {}
    if "averageUtilization" in wanted:
        used = seen.get("averageUtilization")
        text = f"{used if used is not None else '<unknown>'}{'%' if used is not None else ''}"
        name = source.get("name", "")
        return f"{name}: {text}/{wanted['averageUtilization']}%"
    key = "averageValue" if "averageValue" in wanted else "value"
    return f"{seen.get(key, '<unknown>')}/{wanted.get(key)}" + (" (avg)" if key == "averageValue" else "")


def _targets(hpa: Obj, _: datetime) -> str:
    metrics = (hpa.get("spec") or {}).get("metrics") or []
    current = (hpa.get("status") or {}).get("currentMetrics") or []
    shown = [_target(each, current[i] if i < len(current) else None) for i, each in enumerate(metrics)]
    return ", ".join(shown) or NONE


def _ports(service: Obj, _: datetime) -> str:
    found = []
    for port in (service.get("spec") or {}).get("ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        found.append(f"{port['port']}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(found) or NONE


def _external(service: Obj, _: datetime) -> str:
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    if service["spec"].get("type") == "LoadBalancer":
        return ",".join(each.get("ip") or each.get("hostname", "") for each in ingress) or "<pending>"
    return str(service["spec"].get("externalName") or NONE)


def _endpoints(piece: Obj, _: datetime) -> str:
    addresses = [address for each in piece.get("endpoints") or () for address in each["addresses"]]
    more = f" + {len(addresses) - 3} more..." if len(addresses) > 3 else ""
    return ",".join(addresses[:3]) + more if addresses else "<unset>"


def _slice_ports(piece: Obj, _: datetime) -> str:
    return ",".join(str(port.get("port", "*")) for port in piece.get("ports") or ()) or "<unset>"


def _quota(kind: str) -> Any:
    def read(quota: Obj, _: datetime) -> str:
        status = quota.get("status") or {}
        hard, used = status.get("hard") or {}, status.get("used") or {}
        limits = kind == "limits"
        return ", ".join(
            f"{key}: {used.get(key, 0)}/{hard[key]}" for key in sorted(hard) if key.startswith("limits.") is limits
        )

    return read


def _owner(obj: Obj, _: datetime) -> str:
    for each in obj["metadata"].get("ownerReferences") or ():
        if each.get("controller"):
            group = each["apiVersion"].partition("/")[0]
            return f"{each['kind'].lower()}.{group}/{each['name']}"
    return NONE


def _csr_condition(csr: Obj, _: datetime) -> str:
    words = [each["type"] for each in (csr.get("status") or {}).get("conditions") or ()]
    if (csr.get("status") or {}).get("certificate"):
        words.append("Issued")
    return ",".join(words) or "Pending"


def _available(service: Obj, _: datetime) -> str:
    for each in (service.get("status") or {}).get("conditions") or ():
        if each["type"] == "Available":
            return "True" if each["status"] == "True" else f"False ({each.get('reason', '')})"
    return "Unknown"


def _api_service(service: Obj, _: datetime) -> str:
    found = (service.get("spec") or {}).get("service")
    return f"{found['namespace']}/{found['name']}" if found else "Local"


def _hosts(ingress: Obj, _: datetime) -> str:
    return ",".join(rule.get("host", "*") for rule in (ingress.get("spec") or {}).get("rules") or ()) or "*"


def _yes(*path: str) -> Any:
    read = field(*path, default=False)
    return lambda obj, now: "True" if read(obj, now) else "False"


def _since(*path: str) -> Any:
    read = field(*path, default="")
    return lambda obj, now: since(read(obj, now), now) if read(obj, now) else NONE


OTHER_COLUMNS: dict[str, tuple[Column, ...]] = {
    "namespaces": (NAME, column("Status", field("status", "phase")), AGE),
    "jobs.batch": (
        NAME,
        column("Status", _job_status),
        column("Completions", _completions),
        column("Duration", _job_duration),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    "cronjobs.batch": (
        NAME,
        column("Schedule", field("spec", "schedule")),
        column("Timezone", field("spec", "timeZone", default=NONE)),
        column("Suspend", _yes("spec", "suspend")),
        column("Active", lambda obj, _: len((obj.get("status") or {}).get("active") or ()), type="integer"),
        column("Last Schedule", _since("status", "lastScheduleTime")),
        AGE,
        CONTAINERS,
        IMAGES,
        column("Selector", lambda _o, _n: NONE, wide=True),
    ),
    "horizontalpodautoscalers.autoscaling": (
        NAME,
        column(
            "Reference",
            lambda obj, _: f"{obj['spec']['scaleTargetRef']['kind']}/{obj['spec']['scaleTargetRef']['name']}",
        ),
        column("Targets", _targets),
        column("MinPods", lambda obj, _: str(obj["spec"].get("minReplicas", "<unset>"))),
        column("MaxPods", field("spec", "maxReplicas"), type="integer"),
        column("Replicas", field("status", "currentReplicas", default=0), type="integer"),
        AGE,
    ),
    "persistentvolumeclaims": (
        NAME,
        column("Status", _claim_status),
        column("Volume", field("spec", "volumeName")),
        column("Capacity", field("status", "capacity", "storage")),
        column("Access Modes", _modes),
        column("StorageClass", field("spec", "storageClassName")),
        column("VolumeAttributesClass", lambda _o, _n: "<unset>"),
        AGE,
        column("VolumeMode", field("spec", "volumeMode", default="Filesystem"), wide=True),
    ),
    "persistentvolumes": (
        NAME,
        column("Capacity", field("spec", "capacity", "storage")),
        column("Access Modes", _modes),
        column("Reclaim Policy", field("spec", "persistentVolumeReclaimPolicy")),
        column("Status", _claim_status),
        column("Claim", _bound_claim),
        column("StorageClass", field("spec", "storageClassName")),
        column("VolumeAttributesClass", lambda _o, _n: "<unset>"),
        column("Reason", field("status", "reason")),
        AGE,
        column("VolumeMode", field("spec", "volumeMode", default="Filesystem"), wide=True),
    ),
    "services": (
        NAME,
        column("Type", field("spec", "type")),
        column("Cluster-IP", field("spec", "clusterIP", default=NONE)),
        column("External-IP", _external),
        column("Port(s)", _ports),
        AGE,
        column("Selector", lambda obj, _: labels_text(obj["spec"].get("selector")), wide=True),
    ),
    "endpointslices.discovery.k8s.io": (
        NAME,
        column("AddressType", field("addressType")),
        column("Ports", _slice_ports),
        column("Endpoints", _endpoints),
        AGE,
    ),
    "poddisruptionbudgets.policy": (
        NAME,
        column("Min Available", lambda obj, _: str(obj["spec"].get("minAvailable", "N/A"))),
        column("Max Unavailable", lambda obj, _: str(obj["spec"].get("maxUnavailable", "N/A"))),
        column("Allowed Disruptions", field("status", "disruptionsAllowed", default=0), type="integer"),
        AGE,
    ),
    "controllerrevisions.apps": (
        NAME,
        column("Controller", _owner),
        column("Revision", field("revision"), type="integer"),
        AGE,
    ),
    "configmaps": (
        NAME,
        column("Data", lambda obj, _: str(len(obj.get("data") or {}) + len(obj.get("binaryData") or {}))),
        AGE,
    ),
    "secrets": (
        NAME,
        column("Type", field("type", default="Opaque")),
        column("Data", lambda obj, _: str(len(obj.get("data") or {})), type="string"),
        AGE,
    ),
    "serviceaccounts": (
        NAME,
        column("Secrets", lambda obj, _: str(len(obj.get("secrets") or ())), type="string"),
        AGE,
    ),
    "resourcequotas": (
        NAME,
        column("Request", _quota("requests")),
        column("Limit", _quota("limits")),
        AGE,
    ),
    "storageclasses.storage.k8s.io": (
        NAME,
        column("Provisioner", field("provisioner")),
        column("ReclaimPolicy", field("reclaimPolicy", default="Delete")),
        column("VolumeBindingMode", field("volumeBindingMode", default="Immediate")),
        column("AllowVolumeExpansion", lambda obj, _: str(bool(obj.get("allowVolumeExpansion"))).lower()),
        AGE,
    ),
    "leases.coordination.k8s.io": (NAME, column("Holder", field("spec", "holderIdentity")), AGE),
    "ingresses.networking.k8s.io": (
        NAME,
        column("Class", field("spec", "ingressClassName", default=NONE)),
        column("Hosts", _hosts),
        column("Address", lambda _o, _n: ""),
        column("Ports", lambda _o, _n: "80"),
        AGE,
    ),
    "apiservices.apiregistration.k8s.io": (
        NAME,
        column("Service", _api_service),
        column("Available", _available),
        AGE,
    ),
    "certificatesigningrequests.certificates.k8s.io": (
        NAME,
        AGE,
        column("SignerName", field("spec", "signerName")),
        column("Requestor", field("spec", "username")),
        column("RequestedDuration", lambda _o, _n: NONE),
        column("Condition", _csr_condition),
    ),
}

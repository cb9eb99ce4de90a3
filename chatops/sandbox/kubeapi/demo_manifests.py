"""The manifests of the demo's cluster, built from a few shapes. It starts nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import micro_stamp, stamp
from chatops.sandbox.kubeapi.kinds import Obj

REGISTRY = "registry.example.com"
NODE_VERSION = "v1.32.4"
MIB = 1024 * 1024


def node(name: str, address: str, *, born: datetime, control_plane: bool = False) -> list[Obj]:
    """A node and its lease."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": "m6.xlarge",
        "topology.kubernetes.io/zone": f"eu1-{'abc'[int(address[-1]) % 3]}",
    }
    spec: Obj = {"podCIDR": f"10.42.{address[-1]}.0/24"}
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        spec["taints"] = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    resources = {"cpu": "4", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": labels, "creationTimestamp": stamp(born)},
            "spec": spec,
            "status": {
                "capacity": resources,
                "allocatable": {**resources, "cpu": "3920m", "memory": "15Gi"},
                "addresses": [
                    {"type": "InternalIP", "address": address},
                    {"type": "Hostname", "address": name},
                ],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "nodeInfo": {
                    "architecture": "amd64",
                    "bootID": "5f3c1a52-8d0a-4a55-9d7e-1c9d5f1f7a11",
                    "containerRuntimeVersion": "containerd://1.7.27",
                    "kernelVersion": "6.8.0-60-generic",
                    "kubeProxyVersion": NODE_VERSION,
                    "kubeletVersion": NODE_VERSION,
                    "machineID": name.replace("-", "") + "0" * 20,
                    "operatingSystem": "linux",
                    "osImage": "Ubuntu 24.04.2 LTS",
                    "systemUUID": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
                },
            },
        },
        {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": "kube-node-lease", "creationTimestamp": stamp(born)},
            "spec": {
                "holderIdentity": name,
                "leaseDurationSeconds": 40,
                "renewTime": micro_stamp(born),
            },
        },
    ]


def container(name: str, image: str, *, cpu: str = "50m", memory: str = "64Mi", limit: str = "") -> Obj:
    """A container with requests, and a memory limit when `limit` is given."""
    resources: Obj = {"requests": {"cpu": cpu, "memory": memory}}
    if limit:
        resources["limits"] = {"memory": limit}
    return {"name": name, "image": image, "resources": resources}


def workload(
    kind: str,
    namespace: str,
    name: str,
    containers: list[Obj],
    *,
    born: datetime,
    replicas: int = 1,
    pod: Obj | None = None,
    spec: Obj | None = None,
    uid: str = "",
    annotations: dict[str, str] | None = None,
) -> Obj:
    """A Deployment, StatefulSet or DaemonSet; `pod` and `spec` add to the pod's and the workload's spec."""
    labels = {"app.kubernetes.io/name": name}
    meta: Obj = {
        "name": name,
        "namespace": namespace,
        "labels": labels,
        "creationTimestamp": stamp(born),
    }
    if annotations:
        meta["annotations"] = annotations
    if uid:
        meta["uid"] = uid
    body: Obj = {
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": {**labels}},
            "spec": {"containers": containers, "serviceAccountName": "default", **(pod or {})},
        },
        **(spec or {}),
    }
    if kind != "DaemonSet":
        body["replicas"] = replicas
    if kind == "StatefulSet":
        body["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": body}


def service(namespace: str, name: str, port: int, *, born: datetime, target: int | None = None) -> Obj:
    """A ClusterIP service in front of the workload of the same name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": stamp(born)},
        "spec": {
            "selector": {"app.kubernetes.io/name": name},
            "ports": [{"name": "http", "port": port, "targetPort": target or port}],
        },
    }


def budget(namespace: str, name: str, minimum: int, *, born: datetime) -> Obj:
    """A PodDisruptionBudget for the workload of the same name."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": stamp(born)},
        "spec": {"minAvailable": minimum, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}},
    }


def autoscaler(namespace: str, name: str, *, low: int, high: int, goal: int, load: int, born: datetime) -> Obj:
    """An HPA on the Deployment of the same name; `load` is what one pod would carry alone, in percent."""
    target = {"type": "Utilization", "averageUtilization": goal}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "creationTimestamp": stamp(born),
            "annotations": {"sandbox/load-percent": str(load)},
        },
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": low,
            "maxReplicas": high,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def claim_template(size: str) -> Obj:
    """A volume of this size for each pod of a StatefulSet."""
    return {
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "standard",
                    "resources": {"requests": {"storage": size}},
                },
            }
        ]
    }


def static_pod(name: str, on: str, address: str, *, born: datetime) -> Obj:
    """A control-plane pod as the kubelet mirrors it: running, owned by nobody the controllers know."""
    start = stamp(born)
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": start}
        for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    image = f"registry.k8s.io/{name}:{NODE_VERSION}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-{on}",
            "namespace": "kube-system",
            "labels": {"component": name, "tier": "control-plane"},
            "annotations": {
                "kubernetes.io/config.mirror": "8c2f0f4f6b5ad9c1",
                "kubernetes.io/config.source": "file",
            },
            "creationTimestamp": start,
        },
        "spec": {
            "nodeName": on,
            "hostNetwork": True,
            "priorityClassName": "system-node-critical",
            "tolerations": [{"operator": "Exists", "effect": "NoExecute"}],
            "containers": [{"name": name, "image": image, "resources": {"requests": {"cpu": "100m"}}}],
        },
        "status": {
            "phase": "Running",
            "qosClass": "Burstable",
            "startTime": start,
            "hostIP": address,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": conditions,
            "containerStatuses": [
                {
                    "name": name,
                    "image": image,
                    "imageID": image,
                    "ready": True,
                    "started": True,
                    "restartCount": 0,
                    "lastState": {},
                    "state": {"running": {"startedAt": start}},
                    "containerID": "containerd://" + "0" * 64,
                }
            ],
        },
    }


def old_revision(deployment: Obj, revision: int, image: str, *, born: datetime, uid: str) -> Obj:
    """A ReplicaSet that an earlier rollout of the Deployment left behind."""
    mark = f"{revision}c9d8f7b6"
    meta = deployment["metadata"]
    labels = {**deployment["spec"]["selector"]["matchLabels"], "pod-template-hash": mark}
    template_spec = {
        **deployment["spec"]["template"]["spec"],
        "containers": [
            {**each, "image": image} if each["name"] == "app" else each
            for each in deployment["spec"]["template"]["spec"]["containers"]
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{meta['name']}-{mark}",
            "namespace": meta["namespace"],
            "labels": labels,
            "creationTimestamp": stamp(born - timedelta(days=3 * (42 - revision))),
            "annotations": {
                "deployment.kubernetes.io/revision": str(revision),
                "deployment.kubernetes.io/desired-replicas": "5",
                "deployment.kubernetes.io/max-replicas": "7",
                "kubernetes.io/change-cause": f"release {image.rpartition(':')[2]}",
            },
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "name": meta["name"],
                    "uid": uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": template_spec},
        },
        "status": {"replicas": 0, "observedGeneration": 1},
    }

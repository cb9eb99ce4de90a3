"""The workloads of the demo's cluster, namespace by namespace. It starts nothing."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.demo_manifests import (
    REGISTRY,
    autoscaler,
    budget,
    claim_template,
    container,
    old_revision,
    service,
    static_pod,
    workload,
)
from chatops.sandbox.kubeapi.kinds import Obj

GOOD_IMAGE = f"{REGISTRY}/shop/checkout:1.41.2"
CONTROL_PLANE = ("cp-1", "10.0.0.10")
_CHECKOUT_UID = "5f0c6a53-3f0b-4c7e-8a52-2b6d5f1c9e42"


def checkout(born: datetime) -> Obj:
    """Deployment shop/checkout as it was at revision 42."""
    app = container("app", GOOD_IMAGE, cpu="250m", memory="512Mi", limit="512Mi")
    app["resources"]["limits"]["cpu"] = "1"
    app["ports"] = [{"name": "http", "containerPort": 8080}]
    app["env"] = [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "PAYMENTS_URL", "value": "http://payments"},
    ]
    app["readinessProbe"] = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 10}
    app["livenessProbe"] = {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 10}
    proxy = container("istio-proxy", "docker.io/istio/proxyv2:1.24.2", cpu="20m", memory="64Mi", limit="128Mi")
    migrate = container("migrate", f"{REGISTRY}/shop/migrate:214", cpu="20m", memory="32Mi")
    return workload(
        "Deployment",
        "shop",
        "checkout",
        [app, proxy],
        born=born,
        replicas=5,
        pod={"initContainers": [migrate]},
        uid=_CHECKOUT_UID,
        annotations={"kubernetes.io/change-cause": "release 1.41.2"},
    )


def shop(born: datetime) -> list[Obj]:
    """What runs in shop."""
    deployment = checkout(born)
    past = [
        old_revision(deployment, each, f"{REGISTRY}/shop/checkout:1.{each - 1}.0", born=born, uid=_CHECKOUT_UID)
        for each in range(33, 42)
    ]
    geo = container("geo", f"{REGISTRY}/shop/geo:8.3.1", cpu="100m", memory="128Mi")
    cache = container("cache", "docker.io/valkey/valkey:8.0", cpu="50m", memory="256Mi")
    database = container("postgres", "docker.io/library/postgres:16.4", cpu="250m", memory="1Gi", limit="2Gi")
    scratch = {"volumes": [{"name": "scratch", "emptyDir": {}}]}
    return [
        deployment,
        *past,
        service("shop", "checkout", 80, born=born, target=8080),
        budget("shop", "checkout", 3, born=born),
        autoscaler("shop", "checkout", low=2, high=5, goal=70, load=455, born=born),
        workload(
            "Deployment",
            "shop",
            "cart",
            [container("cart", f"{REGISTRY}/shop/cart:3.9.0")],
            born=born,
            replicas=3,
        ),
        workload(
            "Deployment",
            "shop",
            "payments",
            [container("payments", f"{REGISTRY}/shop/payments:5.2.2", cpu="100m", memory="128Mi")],
            born=born,
            replicas=2,
        ),
        workload("Deployment", "shop", "geo", [geo], born=born, replicas=1),
        workload("StatefulSet", "shop", "cache", [cache], born=born, replicas=1, pod=scratch),
        workload("StatefulSet", "shop", "orders-db", [database], born=born, replicas=2, spec=claim_template("20Gi")),
        service("shop", "cart", 80, born=born, target=8080),
        service("shop", "orders-db", 5432, born=born),
        budget("shop", "orders-db", 2, born=born),
    ]


def mail(born: datetime) -> list[Obj]:
    """What runs in mail."""
    relay = container("relay", f"{REGISTRY}/mail/relay:2.4.0", cpu="50m", memory="96Mi")
    boxes = container("dovecot", "docker.io/dovecot/dovecot:2.3.21", cpu="100m", memory="256Mi")
    scratch = {"volumes": [{"name": "spool", "emptyDir": {}}]}
    return [
        workload("Deployment", "mail", "relay", [relay], born=born, replicas=1, pod=scratch),
        workload("StatefulSet", "mail", "mailbox", [boxes], born=born, replicas=1, spec=claim_template("50Gi")),
        service("mail", "relay", 25, born=born),
    ]


def ci(born: datetime) -> list[Obj]:
    """What runs in ci."""
    runner = container("runner", f"{REGISTRY}/ci/runner:17.8", cpu="500m", memory="512Mi")
    hard = {"requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "16Gi", "pods": "20"}
    used = {"requests.cpu": "1100m", "requests.memory": "1088Mi", "limits.memory": "0", "pods": "4"}
    return [
        workload("Deployment", "ci", "runner", [runner], born=born, replicas=2),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "debug-shell", "namespace": "ci", "labels": {"run": "debug-shell"}},
            "spec": {"containers": [container("shell", "docker.io/library/busybox:1.36")]},
        },
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "ci", "namespace": "ci", "creationTimestamp": stamp(born)},
            "spec": {"hard": hard},
            "status": {"hard": hard, "used": used},
        },
    ]


def cron(name: str, schedule: str, image: str, born: datetime, *, policy: str = "Never") -> Obj:
    """A CronJob in ci with one container."""
    template = {"spec": {"restartPolicy": policy, "containers": [container(name, image)]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": "ci", "creationTimestamp": stamp(born)},
        "spec": {
            "schedule": schedule,
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {"spec": {"backoffLimit": 1, "template": template}},
        },
    }


def system(born: datetime) -> list[Obj]:
    """What runs in kube-system, and what belongs to the cluster as such."""
    dns = container("coredns", "registry.k8s.io/coredns/coredns:v1.11.3", cpu="100m", memory="70Mi", limit="170Mi")
    proxy = container("kube-proxy", "registry.k8s.io/kube-proxy:v1.32.4", cpu="20m", memory="32Mi")
    server = container("metrics-server", "registry.k8s.io/metrics-server/metrics-server:v0.7.2")
    everywhere = {"hostNetwork": True, "tolerations": [{"operator": "Exists"}]}
    name, address = CONTROL_PLANE
    parts = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    return [
        *(static_pod(part, name, address, born=born) for part in parts),
        workload("Deployment", "kube-system", "coredns", [dns], born=born, replicas=2),
        budget("kube-system", "coredns", 1, born=born),
        workload("DaemonSet", "kube-system", "kube-proxy", [proxy], born=born, pod=everywhere),
        workload("Deployment", "kube-system", "metrics-server", [server], born=born),
        service("kube-system", "metrics-server", 443, born=born),
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard", "creationTimestamp": stamp(born)},
            "provisioner": "ebs.csi.aws.com",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        },
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io", "creationTimestamp": stamp(born)},
            "spec": {
                "group": "metrics.k8s.io",
                "version": "v1beta1",
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "service": {"namespace": "kube-system", "name": "metrics-server", "port": 443},
            },
            "status": {
                "conditions": [
                    {
                        "type": "Available",
                        "status": "True",
                        "lastTransitionTime": stamp(born),
                        "reason": "Passed",
                        "message": "all checks passed",
                    }
                ]
            },
        },
    ]


def monitoring(born: datetime) -> list[Obj]:
    """What runs in monitoring."""
    exporter = container("node-exporter", "quay.io/prometheus/node-exporter:v1.8.2", memory="32Mi")
    prometheus = container("prometheus", "quay.io/prometheus/prometheus:v3.1.0", cpu="300m", memory="1Gi")
    alertmanager = container("alertmanager", "quay.io/prometheus/alertmanager:v0.28.0")
    state = container("kube-state-metrics", "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.14.0")
    everywhere = {"hostNetwork": True, "hostPID": True, "tolerations": [{"operator": "Exists"}]}
    return [
        workload("DaemonSet", "monitoring", "node-exporter", [exporter], born=born, pod=everywhere),
        workload(
            "StatefulSet",
            "monitoring",
            "prometheus",
            [prometheus],
            born=born,
            replicas=1,
            spec=claim_template("100Gi"),
        ),
        workload("StatefulSet", "monitoring", "alertmanager", [alertmanager], born=born, replicas=2),
        workload("Deployment", "monitoring", "kube-state-metrics", [state], born=born),
        workload(
            "Deployment",
            "monitoring",
            "grafana",
            [container("grafana", "docker.io/grafana/grafana:11.4.0")],
            born=born,
        ),
        service("monitoring", "prometheus", 9090, born=born),
        service("monitoring", "alertmanager", 9093, born=born),
    ]

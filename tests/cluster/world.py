"""A cluster in which every object of the catalogue's example labels exists, down to the pods' very names."""

import copy
from datetime import timedelta
from typing import Any

from chatops.sandbox.kubeapi import Behaviour, KubeApiServer
from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.demo_manifests import (
    autoscaler,
    budget,
    claim_template,
    container,
    node,
    service,
    static_pod,
)
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.world_parts import BORN, custom, door, ready, simple

Obj = dict[str, Any]

NODES = (("cp-1", "10.0.0.11"), ("worker-1", "10.0.3.11"), ("worker-2", "10.0.3.12"), ("worker-3", "10.0.3.13"))
VOLUME = "pvc-5a1d7c0e-8d0f-4f5e-9a51-6d2b0f3c9e11"

_CUSTOM = (
    ("cert-manager.io/v1", "certificates", "Certificate"),
    ("cert-manager.io/v1", "issuers", "Issuer"),
    ("argoproj.io/v1alpha1", "applications", "Application"),
    ("kustomize.toolkit.fluxcd.io/v1", "kustomizations", "Kustomization"),
    ("helm.toolkit.fluxcd.io/v2", "helmreleases", "HelmRelease"),
    ("source.toolkit.fluxcd.io/v1", "gitrepositories", "GitRepository"),
    ("image.toolkit.fluxcd.io/v1", "imagerepositories", "ImageRepository"),
)
RELEASED = (("StatefulSet", "shop", "orders-db"), ("DaemonSet", "shop", "log-agent"))
FORMER = "5b7f9c6d4"
_EVERYWHERE = {"hostNetwork": True, "tolerations": [{"operator": "Exists"}]}


def build(server: KubeApiServer) -> KubeApiServer:
    """Fill a server that is stepped by hand; afterwards everything in it runs and is ready but the nightly report.

    What the shop runs has been released twice, some days ago.
    """
    for api_version, plural, kind in _CUSTOM:
        server.register(custom_resource(api_version, plural, kind, sub="status"))
    server.register(
        custom_resource("cert-manager.io/v1", "clusterissuers", "ClusterIssuer", sub="status", cluster=True)
    )
    server.behave("*/report:*", Behaviour(ready_after=None, runs_for=5.0, exit_code=1, exit_reason="Error"))
    for name, address in NODES:
        server.apply(node(name, address, born=BORN, control_plane=name == "cp-1"))
    server.step(1)
    server.apply(storage())
    for part in ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"):
        server.apply(mirror_pod(server, part))
    deploy(server, "shop", "checkout", "6d9f7c5b8d", ("x2k4q", "m9xhv", "w6t4c"))
    deploy(server, "kube-system", "coredns", "5d78c9869d", ("8mq2x", "tq8wl"))
    deploy(server, "monitoring", "prometheus-operator", "7c9d8", ("4mkqz",))
    spread(server, "kube-system", "kube-proxy", ("b9g23", "kk8fd", "zz2ls", "5hm2c"))
    spread(server, "kube-system", "cilium", ("9w6hf", "d5rgn", "7vv2m", "b4zkc"))
    spread(server, "monitoring", "node-exporter", ("2qv9n", "6ncjf", "p8wzd", "7xk2p"))
    server.apply([*shop(), *system(), *monitoring(), *add_ons()])
    server.step(2)
    server.apply(nightly_run(server))
    server.step(120)
    for kind, namespace, name in RELEASED:
        release(server, kind, namespace, name)
    server.step(120)
    return server


def deploy(server: KubeApiServer, namespace: str, name: str, mark: str, pods: tuple[str, ...]) -> None:
    """A Deployment whose ReplicaSet and pods are called as told."""
    uid = server.store.new_uid()
    made = simple("Deployment", namespace, name, replicas=len(pods), uid=uid)
    labels = {**made["spec"]["selector"]["matchLabels"], "pod-template-hash": mark}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": uid, "controller": True}
    template = {**made["spec"]["template"], "metadata": {"labels": labels}}
    before = copy.deepcopy(template)
    before["metadata"]["labels"]["pod-template-hash"] = FORMER
    before["spec"]["containers"][0]["image"] += "-rc1"

    def replica_set(revision: int, template: Obj, replicas: int) -> Obj:
        labels = template["metadata"]["labels"]
        return {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{name}-{labels['pod-template-hash']}",
                "namespace": namespace,
                "labels": labels,
                "ownerReferences": [owner],
                "creationTimestamp": stamp(BORN + timedelta(days=revision)),
                "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            },
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
        }

    server.store.preset_suffixes[:] = pods
    server.apply([made, replica_set(1, before, 0), replica_set(2, template, len(pods))])
    server.step(0)


def release(server: KubeApiServer, kind: str, namespace: str, name: str) -> None:
    """Another version, so that there is one to go back to."""
    found = copy.deepcopy(server.get(kind, name, namespace))
    assert found is not None
    found["spec"]["template"]["spec"]["containers"][0]["image"] += ".1"
    server.apply(found)


def spread(server: KubeApiServer, namespace: str, name: str, pods: tuple[str, ...]) -> None:
    """A DaemonSet with a pod on every node, in the nodes' order, called as told."""
    server.store.preset_suffixes[:] = pods
    server.apply(simple("DaemonSet", namespace, name, pod=_EVERYWHERE))
    server.step(0)


def mirror_pod(server: KubeApiServer, part: str) -> Obj:
    """A static pod of the control plane, owned by its node as the kubelet has it."""
    name, address = NODES[0]
    pod = static_pod(part, name, address, born=BORN)
    found = server.get("Node", name)
    assert found is not None
    owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": found["metadata"]["uid"], "controller": True}
    pod["metadata"]["ownerReferences"] = [owner]
    return pod


def storage() -> list[Obj]:
    """The database's volume, before its claim is made for it."""
    claim = {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": "data-orders-db-0"}
    size = {"storage": "20Gi"}
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard"},
            "provisioner": "ebs.csi.aws.com",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": VOLUME},
            "spec": {"capacity": size, "claimRef": claim, "storageClassName": "standard"},
            "status": {"phase": "Bound"},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data-orders-db-0", "namespace": "shop"},
            "spec": {"storageClassName": "standard", "volumeName": VOLUME, "resources": {"requests": size}},
            "status": {"phase": "Bound", "capacity": size},
        },
    ]


def shop() -> list[Obj]:
    hard, used = {"requests.cpu": "4", "pods": "40"}, {"requests.cpu": "4", "pods": "9"}
    backend = {"service": {"name": "checkout", "port": {"number": 80}}}
    return [
        service("shop", "checkout", 80, born=BORN),
        budget("shop", "checkout", 2, born=BORN),
        autoscaler("shop", "checkout", low=2, high=5, goal=70, load=150, born=BORN),
        simple("StatefulSet", "shop", "orders-db", replicas=1, spec=claim_template("20Gi")),
        service("shop", "orders-db", 5432, born=BORN),
        simple("DaemonSet", "shop", "log-agent"),
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "compute", "namespace": "shop"},
            "spec": {"hard": hard},
            "status": {"hard": hard, "used": used},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "shop", "namespace": "shop"},
            "spec": {
                "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}],
                "rules": [
                    {
                        "host": "shop.example.com",
                        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
                    }
                ],
            },
        },
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "nightly-report", "namespace": "shop"},
            "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": report_spec()}},
        },
    ]


def report_spec() -> Obj:
    given = [container("report", "registry.example.com/shop/report:1.8")]
    return {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": given}}}


def nightly_run(server: KubeApiServer) -> Obj:
    """The CronJob's last run, which fails."""
    found = server.get("CronJob", "nightly-report", "shop")
    assert found is not None
    uid = found["metadata"]["uid"]
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly-report", "uid": uid, "controller": True}
    meta = {"name": "nightly-report-29384760", "namespace": "shop", "ownerReferences": [owner]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": report_spec()}


def system() -> list[Obj]:
    etcd = service("kube-system", "kube-etcd", 2381, born=BORN)
    etcd["spec"]["selector"] = {"component": "etcd"}
    dns = service("kube-system", "kube-dns", 53, born=BORN)
    dns["spec"]["selector"] = {"app.kubernetes.io/name": "coredns"}
    available = {"type": "Available", "status": "True", "reason": "Passed"}
    return [
        etcd,
        dns,
        simple("Deployment", "kube-system", "cilium-operator"),
        simple("Deployment", "kube-system", "metrics-server"),
        service("kube-system", "metrics-server", 443, born=BORN),
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io", "creationTimestamp": stamp(BORN)},
            "spec": {
                "group": "metrics.k8s.io",
                "version": "v1beta1",
                "service": {"namespace": "kube-system", "name": "metrics-server"},
            },
            "status": {"conditions": [available]},
        },
    ]


def monitoring() -> list[Obj]:
    return [
        simple("StatefulSet", "monitoring", "prometheus-k8s", replicas=2),
        service("monitoring", "prometheus-k8s", 9090, born=BORN),
        simple("StatefulSet", "monitoring", "alertmanager-main", replicas=3),
        service("monitoring", "alertmanager-main", 9093, born=BORN),
        service("monitoring", "prometheus-operator", 8443, born=BORN),
        simple("Deployment", "monitoring", "kube-state-metrics"),
        service("monitoring", "kube-state-metrics", 8443, born=BORN),
        simple("Deployment", "monitoring", "grafana"),
        service("monitoring", "grafana", 3000, born=BORN),
        simple("Deployment", "monitoring", "blackbox-exporter"),
    ]


def add_ons() -> list[Obj]:
    """cert-manager, Argo CD, Flux, and the ways in."""
    acme = {"acme": {"server": "https://acme-v02.api.letsencrypt.org/directory", "email": "ops@example.com"}}
    source = {"kind": "GitRepository", "name": "shop", "namespace": "flux-system"}
    stalled = ready("False", "UpgradeFailed", "Helm upgrade failed: context deadline exceeded")
    degraded = {"kind": "Deployment", "name": "checkout", "namespace": "shop", "health": {"status": "Degraded"}}
    app = {
        "sync": {"status": "OutOfSync"},
        "health": {"status": "Degraded"},
        "resources": [{"kind": "Service", "name": "checkout", "namespace": "shop"}, degraded],
    }
    here = {"destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"}}
    certificate = {**ready(), "notAfter": "2026-12-01T08:00:00Z"}
    flux = "toolkit.fluxcd.io"
    issuer = {"issuerRef": {"name": "letsencrypt"}}
    return [
        *(simple("Deployment", "cert-manager", f"cert-manager{part}") for part in ("", "-webhook", "-cainjector")),
        custom("cert-manager.io/v1", "ClusterIssuer", "", "letsencrypt", acme, ready()),
        custom(
            "cert-manager.io/v1", "Certificate", "shop", "shop-tls", {"secretName": "shop-tls", **issuer}, certificate
        ),
        simple("StatefulSet", "argocd", "argocd-application-controller"),
        simple("Deployment", "argocd", "argocd-server"),
        custom("argoproj.io/v1alpha1", "Application", "argocd", "shop-checkout", here, app),
        simple("Deployment", "flux-system", "helm-controller"),
        simple("Deployment", "flux-system", "source-controller"),
        custom(
            f"helm.{flux}/v2",
            "HelmRelease",
            "flux-system",
            "shop",
            {"chart": {"spec": {"chart": "./charts/shop", "sourceRef": source}}},
            stalled,
        ),
        custom(f"kustomize.{flux}/v1", "Kustomization", "flux-system", "shop", {"sourceRef": source}, ready()),
        custom(f"source.{flux}/v1", "GitRepository", "flux-system", "shop", {"suspend": True}, ready()),
        custom(f"image.{flux}/v1", "ImageRepository", "flux-system", "shop", {}, ready("False", "ReadFailed", "401")),
        simple("Deployment", "istio-system", "istiod"),
        service("istio-system", "istiod", 15010, born=BORN),
        simple("Deployment", "istio-system", "istio-ingressgateway"),
        door("istio-system", "istio-ingressgateway"),
        simple("Deployment", "traefik", "traefik"),
        door("traefik", "traefik"),
        simple("Deployment", "ingress-nginx", "ingress-nginx-controller"),
        door("ingress-nginx", "ingress-nginx-controller"),
        service("ingress-nginx", "ingress-nginx-controller-admission", 443, born=BORN),
    ]

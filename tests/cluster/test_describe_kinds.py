"""Every kind that can be described has facts of its own, a health where it tells one, and its full text."""

import pytest

from chatops.core.actions.repertoire import EVERY_KIND
from chatops.core.resources import CLUSTER_WIDE, FLUX_KINDS, Health, ObjectRef
from chatops.core.screens.reading import describe as shown
from chatops.core.texts import tongue
from chatops.sandbox.kubeapi.operators import ARGO_CD, CERT_MANAGER, FLUX
from tests.cluster.reports.reading import condition, thing
from tests.cluster.sandbox import Obj, Sandbox, node, pod, workload
from tests.core.showing import plain_text

READY = {"conditions": [condition("Ready", "True", "Succeeded")]}
HARD = {"pods": "2"}
SCALED = {"scaleTargetRef": {"kind": "Deployment", "name": "x"}, "minReplicas": 1, "maxReplicas": 3}
APPLICATION = {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}
API = {"group": "metrics.k8s.io", "version": "v1beta1"}
TEMPLATE = pod("x")["spec"] | {"restartPolicy": "Never"}

OBJECTS: dict[str, Obj] = {
    "Pod": pod("x"),
    "Node": node("x"),
    "Deployment": workload("Deployment", "x"),
    "StatefulSet": workload("StatefulSet", "x"),
    "DaemonSet": workload("DaemonSet", "x"),
    "ReplicaSet": workload("ReplicaSet", "x"),
    "Job": thing("batch/v1", "Job", "x", {"template": {"spec": TEMPLATE}}),
    "CronJob": thing("batch/v1", "CronJob", "x", {"schedule": "@daily", "jobTemplate": {"spec": {}}, "suspend": True}),
    "Service": thing("v1", "Service", "x", {"ports": [{"port": 80}]}),
    "Ingress": thing("networking.k8s.io/v1", "Ingress", "x", {"rules": [{"host": "shop.example.com"}]}),
    "HorizontalPodAutoscaler": thing("autoscaling/v2", "HorizontalPodAutoscaler", "x", SCALED),
    "PersistentVolumeClaim": thing("v1", "PersistentVolumeClaim", "x", {}, {"phase": "Lost"}),
    "PersistentVolume": thing("v1", "PersistentVolume", "x", {"capacity": {"storage": "1Gi"}}, {"phase": "Released"}),
    "PodDisruptionBudget": thing("policy/v1", "PodDisruptionBudget", "x", {"minAvailable": 1, "selector": {}}),
    "ResourceQuota": thing("v1", "ResourceQuota", "x", {"hard": HARD}, {"hard": HARD, "used": {"pods": "2"}}),
    "APIService": thing(
        "apiregistration.k8s.io/v1", "APIService", "x", API, {"conditions": [condition("Available", "True", "Local")]}
    ),
    "CertificateSigningRequest": thing(
        "certificates.k8s.io/v1", "CertificateSigningRequest", "x", {"signerName": "s", "username": "system:node:w"}
    ),
    "Certificate": thing("cert-manager.io/v1", "Certificate", "x", {"secretName": "x-tls"}, READY),
    "Issuer": thing("cert-manager.io/v1", "Issuer", "x", {"selfSigned": {}}, READY),
    "ClusterIssuer": thing("cert-manager.io/v1", "ClusterIssuer", "x", {"ca": {"secretName": "ca"}}, READY),
    "Application": thing("argoproj.io/v1alpha1", "Application", "x", {}, APPLICATION),
    **{each.kind: thing(each.api_version, each.kind, "x", {"interval": "5m"}, READY) for each in FLUX},
}

TOLD: dict[str, tuple[str, str, Health]] = {
    "Job": ("status", "Running", Health.GOOD),
    "CronJob": ("schedule", "@daily", Health.WARN),
    "Service": ("ports", "80", Health.UNKNOWN),
    "Ingress": ("hosts", "shop.example.com", Health.WARN),
    "HorizontalPodAutoscaler": ("target", "Deployment/x", Health.BAD),
    "PersistentVolumeClaim": ("phase", "Lost", Health.BAD),
    "PersistentVolume": ("size", "1Gi", Health.WARN),
    "PodDisruptionBudget": ("min available", "1", Health.UNKNOWN),
    "ResourceQuota": ("pods", "▰▰▰▰▰▰▰▰▰▰ 100% · 2/2", Health.BAD),
    "APIService": ("available", "True Local", Health.GOOD),
    "CertificateSigningRequest": ("requestor", "system:node:w", Health.WARN),
    "Certificate": ("secret name", "x-tls", Health.GOOD),
    "Issuer": ("type", "selfSigned", Health.GOOD),
    "ClusterIssuer": ("type", "ca", Health.GOOD),
    "Application": ("sync", "Synced", Health.GOOD),
    **dict.fromkeys(FLUX_KINDS, ("interval", "5m", Health.GOOD)),
}


def test_none_is_forgotten() -> None:
    assert set(OBJECTS) == set(EVERY_KIND)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_it_is_told_in_facts_and_in_full(sandbox: Sandbox, kind: str) -> None:
    for each in (*CERT_MANAGER, *ARGO_CD, *FLUX):
        sandbox.server.register(each)
    made = OBJECTS[kind]
    if kind in CLUSTER_WIDE:
        made = {**made, "metadata": {"name": "x"}}
    sandbox.apply(made, seconds=5)
    told = sandbox.cluster.describe(ObjectRef(kind, "x", "" if kind in CLUSTER_WIDE else "shop"))
    facts = dict(told.facts)
    assert "created" in facts
    if kind in TOLD:
        label, value, health = TOLD[kind]
        assert (facts[label], told.health) == (value, health)
    assert f"Kind:       {kind}" in told.full_text
    assert plain_text(shown(told, tongue("ru"), incident_id=1))

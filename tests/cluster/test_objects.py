"""What is seen of objects that are neither pods nor workloads, kind by kind."""

from typing import Any

import pytest

from chatops.cluster.objects import VIEWS
from chatops.cluster.places import base
from chatops.core.failures import Permanent, Reason
from chatops.core.permissions import RESOURCES
from chatops.core.resources import CLUSTER_WIDE, Health
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.sandbox import Sandbox
from tests.cluster.showing import see, tied, told
from tests.cluster.world import VOLUME

SEEN: list[tuple[str, str, str, Health, dict[str, str], list[str]]] = [
    (
        "HorizontalPodAutoscaler",
        "checkout",
        "shop",
        Health.GOOD,
        {
            "min": "2",
            "max": "5",
            "current": "3",
            "desired": "3",
            "scaling_active": "True",
            "summary": "at 3/5, cpu 50%/70%",
        },
        ["target Deployment shop/checkout"],
    ),
    (
        "PodDisruptionBudget",
        "checkout",
        "shop",
        Health.GOOD,
        {"allowed": "1", "summary": "min 2, 3/3 healthy, 1 may be disrupted"},
        ["target Deployment shop/checkout"],
    ),
    (
        "PersistentVolumeClaim",
        "data-orders-db-0",
        "shop",
        Health.GOOD,
        {"phase": "Bound", "size": "20Gi", "expandable": "yes", "summary": "Bound, 20Gi, standard"},
        ["mounts Pod shop/orders-db-0"],
    ),
    (
        "PersistentVolume",
        VOLUME,
        "",
        Health.GOOD,
        {"phase": "Bound", "size": "20Gi", "summary": "Bound, 20Gi, standard, shop/data-orders-db-0"},
        ["claim PersistentVolumeClaim shop/data-orders-db-0"],
    ),
    (
        "ResourceQuota",
        "compute",
        "shop",
        Health.BAD,
        {"resource": "requests.cpu", "hard": "4", "used": "4", "failed_pods": "1", "summary": "requests.cpu 4/4"},
        [],
    ),
    (
        "Service",
        "checkout",
        "shop",
        Health.GOOD,
        {"summary": "ClusterIP, 80/TCP, 3/3 pods ready"},
        ["target Deployment shop/checkout"],
    ),
    (
        "Service",
        "kube-etcd",
        "kube-system",
        Health.GOOD,
        {"summary": "ClusterIP, 2381/TCP, 1/1 pods ready"},
        ["pod Pod kube-system/etcd-cp-1"],
    ),
    (
        "Ingress",
        "shop",
        "shop",
        Health.WARN,
        {"summary": "shop.example.com, → checkout"},
        ["target Service shop/checkout"],
    ),
    (
        "External",
        "shop.example.com",
        "",
        Health.UNKNOWN,
        {"summary": "ingress shop/shop"},
        ["target Service shop/checkout", "certificate Certificate shop/shop-tls"],
    ),
    ("External", "elsewhere.example.org", "", Health.UNKNOWN, {}, []),
    (
        "APIService",
        "v1beta1.metrics.k8s.io",
        "",
        Health.GOOD,
        {"available": "True", "summary": "kube-system/metrics-server, True"},
        ["target Service kube-system/metrics-server"],
    ),
    (
        "Certificate",
        "shop-tls",
        "shop",
        Health.GOOD,
        {"ready": "True", "summary": "Ready True, until 2026-12-01 08:00 UTC"},
        [],
    ),
    (
        "ClusterIssuer",
        "letsencrypt",
        "",
        Health.GOOD,
        {"ready": "True", "summary": "Ready True, https://acme-v02.api.letsencrypt.org/directory"},
        [],
    ),
    (
        "Application",
        "shop-checkout",
        "argocd",
        Health.BAD,
        {"sync": "OutOfSync", "health": "Degraded", "summary": "OutOfSync, Degraded"},
        ["target Deployment shop/checkout"],
    ),
    (
        "HelmRelease",
        "shop",
        "flux-system",
        Health.BAD,
        {
            "ready": "False",
            "summary": "Ready False, UpgradeFailed: Helm upgrade failed: context deadline exceeded",
        },
        ["source GitRepository flux-system/shop"],
    ),
    (
        "GitRepository",
        "shop",
        "flux-system",
        Health.WARN,
        {"ready": "True", "suspended": "yes", "summary": "Ready True, suspended"},
        [],
    ),
    ("Namespace", "shop", "", Health.UNKNOWN, {}, []),
]


@pytest.mark.parametrize(
    ("kind", "name", "namespace", "health", "traits", "ties"), SEEN, ids=lambda each: str(each)[:30]
)
def test_a_kind(
    world: Sandbox, kind: str, name: str, namespace: str, health: Health, traits: dict[str, str], ties: list[str]
) -> None:
    view = see(world, kind, name, namespace)
    assert view.health is health
    assert told(view) == traits
    assert tied(view) == ties
    assert (view.ref.kind, view.ref.name, view.ref.cluster) == (kind, name, "demo")


def test_a_job_and_what_made_it(world: Sandbox) -> None:
    view = see(world, "Job", "nightly-report-29384760")
    (pod,) = [p["metadata"]["name"] for p in world.server.list("Pod", "shop") if "nightly" in p["metadata"]["name"]]
    assert view.health is Health.BAD
    assert told(view) == {
        "failed": "yes",
        "active": "0",
        "summary": "Failed, BackoffLimitExceeded, 0/1, 1 failed",
    }
    assert tied(view) == ["owner CronJob shop/nightly-report", f"pod Pod shop/{pod}"]


def test_a_cron_job_and_its_failed_run(world: Sandbox) -> None:
    view = see(world, "CronJob", "nightly-report")
    assert view.health is Health.BAD
    assert told(view) == {
        "active": "0",
        "schedule": "0 3 * * *",
        "summary": "0 3 * * *, nightly-report-29384760 failed",
    }
    assert tied(view) == ["failed_job Job shop/nightly-report-29384760"]


@pytest.mark.parametrize("kind", [kind for kind in VIEWS if kind not in ("Cluster", "External")])
def test_an_object_that_is_not_there(world: Sandbox, kind: str) -> None:
    with pytest.raises(Permanent) as failed:
        see(world, kind, "nothing", "shop")
    assert failed.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize("kind", [kind for kind in VIEWS if kind not in ("Cluster", "External")])
def test_an_object_with_nothing_in_it_is_a_view_all_the_same(sandbox: Sandbox, kind: str) -> None:
    """Controllers fill a status when they get to it, and other versions of an API may lack what we read."""
    group, plural = RESOURCES[kind]
    if group and not any(each.kind == kind for each in sandbox.server.kinds):
        wide = kind in CLUSTER_WIDE
        sandbox.server.register(custom_resource(base(group).removeprefix("/apis/"), plural, kind, cluster=wide))
    resource = next(each for each in sandbox.server.kinds if each.kind == kind)
    meta = {"name": "bare", "namespace": "shop"} if resource.namespaced else {"name": "bare"}
    spec: Any = {"maxReplicas": 1} if kind == "HorizontalPodAutoscaler" else {}
    if kind == "Job":
        spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}}}
    sandbox.server.apply({"apiVersion": resource.api_version, "kind": kind, "metadata": meta, "spec": spec})
    view = see(sandbox, kind, "bare", "shop" if resource.namespaced else "")
    assert view.ref.uid

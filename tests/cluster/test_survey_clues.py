"""From what labels point at to what is there: addresses, fallbacks, guesses, and what may not be seen."""

import msgspec
import pytest

from chatops.core.failures import Reason
from chatops.core.resources import ObjectRef
from chatops.core.surveys import Survey
from chatops.core.victims import Clue, clue_of
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import NOW, Sandbox, pod
from tests.cluster.world import VOLUME
from tests.cluster.world_parts import simple


def survey(sandbox: Sandbox, **labels: str) -> Survey:
    clue = clue_of(labels)
    assert clue is not None
    return sandbox.cluster.survey([clue], NOW)


def seen(result: Survey) -> list[str]:
    views = (*result.workloads, *result.pods, *result.others)
    return sorted(f"{view.ref.kind} {view.ref.path}" for view in views)


def missing(result: Survey) -> list[str]:
    return [f"{ref.kind} {ref.path}" for ref in result.missing]


CHECKOUT = "Deployment shop/checkout"
WAYS: list[tuple[str, dict[str, str], list[str]]] = [
    ("a node by its IP", {"instance": "10.0.3.13:10250"}, ["Node worker-3"]),
    ("a node by its name in full", {"instance": "worker-3.eu1.example.com:9100"}, ["Node worker-3"]),
    (
        "the node below an exporter",
        {"job": "node-exporter", "pod": "node-exporter-7xk2p", "namespace": "monitoring"},
        ["Node worker-3"],
    ),
    (
        "an autoscaler and its target",
        {"hpa": "checkout", "namespace": "shop"},
        [CHECKOUT, "HorizontalPodAutoscaler shop/checkout"],
    ),
    ("an autoscaler somewhere", {"hpa": "checkout"}, [CHECKOUT, "HorizontalPodAutoscaler shop/checkout"]),
    (
        "a budget and its workload",
        {"poddisruptionbudget": "checkout", "namespace": "shop"},
        [CHECKOUT, "PodDisruptionBudget shop/checkout"],
    ),
    (
        "a volume, its claim, who mounts it",
        {"persistentvolume": VOLUME},
        [f"PersistentVolume {VOLUME}", "PersistentVolumeClaim shop/data-orders-db-0", "StatefulSet shop/orders-db"],
    ),
    (
        "an aggregated API, its Service, its pods",
        {"name": "v1beta1.metrics.k8s.io"},
        [
            "APIService v1beta1.metrics.k8s.io",
            "Deployment kube-system/metrics-server",
            "Service kube-system/metrics-server",
        ],
    ),
    (
        "a probed address",
        {"instance": "https://shop.example.com/cart"},
        ["Certificate shop/shop-tls", CHECKOUT, "External shop.example.com", "Service shop/checkout"],
    ),
    ("an address elsewhere", {"instance": "https://example.org"}, ["External example.org"]),
    ("Traefik's Service", {"service": "shop-checkout-80@kubernetes"}, [CHECKOUT, "Service shop/checkout"]),
    (
        "one with dashes",
        {"service": "istio-system-istio-ingressgateway-http@kubernetescrd"},
        ["Deployment istio-system/istio-ingressgateway", "Service istio-system/istio-ingressgateway"],
    ),
    ("an ACME server's issuer", {"host": "acme-v02.api.letsencrypt.org"}, ["ClusterIssuer letsencrypt"]),
    (
        "an application's ailing workload",
        {"name": "shop-checkout", "sync_status": "OutOfSync", "namespace": "argocd"},
        ["Application argocd/shop-checkout", CHECKOUT],
    ),
    (
        "the control plane's pod beside the cluster",
        {"job": "kube-scheduler", "pod": "kube-scheduler-cp-1", "namespace": "kube-system"},
        ["Cluster demo", "Pod kube-system/kube-scheduler-cp-1"],
    ),
    (
        "etcd's members",
        {"service": "kube-etcd", "namespace": "kube-system"},
        ["Pod kube-system/etcd-cp-1", "Service kube-system/kube-etcd"],
    ),
    (
        "a workload whose kind is not said",
        {"destination_workload": "orders-db", "destination_workload_namespace": "shop"},
        ["StatefulSet shop/orders-db"],
    ),
    ("nothing at all", {"alertname": "KubeCPUOvercommit"}, ["Cluster demo"]),
]


@pytest.mark.parametrize(("labels", "found"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
def test_a_way(world: Sandbox, labels: dict[str, str], found: list[str]) -> None:
    result = survey(world, **labels)
    assert seen(result) == found
    assert (result.problem, missing(result), result.guessed) == ("", [], ())


def test_a_pod_by_its_address(world: Sandbox) -> None:
    address = world.get("Pod", "orders-db-0")["status"]["podIP"]
    assert seen(survey(world, instance=f"{address}:9187", job="db")) == ["StatefulSet shop/orders-db"]


def test_a_job_its_pods_and_what_made_it(world: Sandbox) -> None:
    result = survey(world, job_name="nightly-report-29384760", namespace="shop")
    (failed,) = result.pods
    assert seen(result) == [
        "CronJob shop/nightly-report",
        "Job shop/nightly-report-29384760",
        f"Pod {failed.ref.path}",
    ]
    assert seen(survey(world, cronjob="nightly-report", namespace="shop")) == seen(result)
    assert seen(survey(world, pod=failed.ref.name, namespace="shop")) == seen(result)


def test_a_job_that_is_gone_leads_to_its_cron_job(world: Sandbox) -> None:
    result = survey(world, job_name="nightly-report-29380000", namespace="shop")
    assert "CronJob shop/nightly-report" in seen(result)
    assert missing(result) == ["Job shop/nightly-report-29380000"]


def test_a_pod_that_is_gone_leads_to_its_service_and_is_told(world: Sandbox) -> None:
    result = survey(world, pod="checkout.old", service="checkout", namespace="shop", job="checkout")
    assert seen(result) == ["Deployment shop/checkout", "Service shop/checkout"]
    assert missing(result) == ["Pod shop/checkout.old"]


def test_a_name_without_a_namespace_may_be_several(own_world: Sandbox) -> None:
    own_world.apply(pod("twin"), pod("twin", namespace="mail"))
    assert seen(survey(own_world, pod="twin")) == ["Pod mail/twin", "Pod shop/twin"]


def test_what_was_guessed_is_told(world: Sandbox) -> None:
    result = survey(world, alertname="PrometheusOperatorListErrors", namespace="monitoring")
    assert seen(result) == ["Deployment monitoring/prometheus-operator"]
    assert [ref.path for ref in result.guessed] == ["monitoring/prometheus-operator"]
    inside = survey(world, alertname="PrometheusOperatorListErrors", namespace="shop")
    assert (seen(inside), inside.guessed) == (["Cluster demo"], ())


def test_of_several_that_would_do_none_is_guessed(own_world: Sandbox) -> None:
    for namespace in ("blue", "green"):
        own_world.apply(simple("Deployment", namespace, "gateway"))
    result = survey(own_world, alertname="GatewayErrors")
    assert (seen(result), result.guessed) == (["Cluster demo"], ())
    assert seen(survey(own_world, alertname="GatewayErrors", namespace="blue")) == ["Deployment blue/gateway"]


def test_an_exporter_far_from_what_it_measures(own_world: Sandbox) -> None:
    own_world.apply(simple("StatefulSet", "data", "mysql"), simple("Deployment", "monitoring", "mysql-exporter"))
    exporter = own_world.server.list("Pod", "monitoring")
    name = next(p["metadata"]["name"] for p in exporter if p["metadata"]["name"].startswith("mysql-exporter"))
    labels = {"namespace": "monitoring", "pod": name, "job": "mysql-exporter"}
    result = survey(own_world, alertname="MysqlDown", **labels)
    assert seen(result) == ["StatefulSet data/mysql"]
    assert len(result.guessed) == 1


def test_an_exporter_of_what_is_not_here_is_all_there_is(own_world: Sandbox) -> None:
    own_world.apply(simple("Deployment", "monitoring", "snowflake-exporter"))
    pods = own_world.server.list("Pod", "monitoring")
    name = next(p["metadata"]["name"] for p in pods if p["metadata"]["name"].startswith("snowflake-exporter"))
    result = survey(own_world, alertname="SnowflakeDown", namespace="monitoring", pod=name, job="snowflake-exporter")
    assert (seen(result), result.guessed) == (["Deployment monitoring/snowflake-exporter"], ())


def test_labels_of_the_victim_beside_the_exporters_pod(world: Sandbox) -> None:
    """With honorLabels `namespace` is the victim's; the pod beside it is in another namespace."""
    result = survey(world, namespace="shop", pod="kube-state-metrics-5b8ccd864b-7rh79", job="kube-state-metrics")
    assert seen(result) == ["Cluster demo"]


def test_a_kind_that_is_not_served_here_is_not_gone(sandbox: Sandbox) -> None:
    result = survey(sandbox, name="shop-tls", namespace="shop", issuer_name="letsencrypt")
    assert (seen(result), missing(result), result.problem) == ([], [], "")


def test_a_certificate_that_is_gone_is(world: Sandbox) -> None:
    result = survey(world, name="old-tls", namespace="shop", issuer_name="letsencrypt")
    assert (seen(result), missing(result)) == ([], ["Certificate shop/old-tls"])


def test_the_object_itself_stays_where_the_rest_is_forbidden(own_world: Sandbox) -> None:
    own_world.server.access.allow("*", Rule(verbs=("get",), resources=("horizontalpodautoscalers", "services")))
    result = survey(own_world, hpa="checkout", namespace="shop")
    assert (seen(result), result.problem) == (["HorizontalPodAutoscaler shop/checkout"], "")
    result = survey(own_world, service="checkout", namespace="shop")
    assert (seen(result), result.problem) == (["Service shop/checkout"], "")


def test_a_pod_whose_owners_are_forbidden_is_a_pod(own_world: Sandbox) -> None:
    own_world.server.access.allow("*", Rule(verbs=("get", "list"), resources=("pods",)))
    result = survey(own_world, pod="checkout-6d9f7c5b8d-x2k4q", namespace="shop")
    assert (seen(result), result.problem) == (["Pod shop/checkout-6d9f7c5b8d-x2k4q"], "")


def test_a_forbidden_reading_of_a_name_does_not_end_the_search(own_world: Sandbox) -> None:
    own_world.server.access.allow("*", Rule(verbs=("*",), namespaces=("istio-system",)))
    found = survey(own_world, service="istio-system-istio-ingressgateway-http@kubernetes")
    assert "Service istio-system/istio-ingressgateway" in seen(found)
    nothing = survey(own_world, service="no-such-thing-80@kubernetes")
    assert (seen(nothing), nothing.problem) == ([], Reason.FORBIDDEN.value)


def test_a_survey_can_be_stored(world: Sandbox) -> None:
    result = survey(world, instance="https://shop.example.com/cart")
    assert msgspec.json.decode(msgspec.json.encode(result), type=Survey) == result


@pytest.mark.parametrize("name", ["", "..", "a/b", "UPPER", "x" * 300, "a\nb", "10.0.0.1/../x"])
def test_names_that_cannot_be_are_never_asked_for(world: Sandbox, name: str) -> None:
    kinds = ("Node", "Service", "External", "Issuer", "Cluster", "APIService", "Secret", "")
    clues = [Clue(ObjectRef(kind, name, "shop" if kind == "Service" else "")) for kind in kinds]
    world.server.requests.clear()
    assert world.cluster.survey(clues, NOW).problem == ""
    assert all(".." not in record.path and "secrets" not in record.path for record in world.server.requests.matching())

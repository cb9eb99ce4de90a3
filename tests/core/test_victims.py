"""From labels to the object: the rules one by one, and how they do on the alerts of real clusters."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core import victims
from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.core.titles import KNOWN
from chatops.core.victims import NAMED_KINDS, clue_of, clues_of, is_pipeline, suspect_of, suspects_of
from chatops.core.victims.addresses import Address
from tests.core.catalogue import Entry, read

CATALOGUE = read()

EXPORTER = {"namespace": "monitoring", "pod": "kube-state-metrics-0", "job": "kube-state-metrics", "service": "ksm"}
NODE_EXPORTER = {"namespace": "monitoring", "pod": "node-exporter-x", "job": "node-exporter", "container": "exporter"}

RULES: list[tuple[str, dict[str, str], str]] = [
    ("nothing", {}, "Cluster"),
    ("only a name", {"alertname": "KubeVersionMismatch"}, "Cluster"),
    ("only a namespace", {"namespace": "shop"}, "Cluster"),
    ("the cluster by its label", {"cluster": "eu1"}, "Cluster eu1"),
    ("the alerting's own heartbeat is about nothing", {"alertname": "Watchdog", "severity": "none"}, ""),
    ("a plain severity is not", {"alertname": "Watchdog", "severity": "info"}, "Cluster"),
    ("a pod", {"namespace": "shop", "pod": "checkout-1"}, "Pod shop/checkout-1"),
    ("a pod without a namespace is searched for", {"pod": "checkout-1"}, "Pod checkout-1"),
    ("the exported pod before the exporter's", {**EXPORTER, "exported_pod": "checkout-1"}, "Pod monitoring/checkout-1"),
    (
        "the exported namespace with it",
        {**EXPORTER, "exported_pod": "checkout-1", "exported_namespace": "shop"},
        "Pod shop/checkout-1",
    ),
    ("cadvisor's older label", {"namespace": "shop", "pod_name": "checkout-1"}, "Pod shop/checkout-1"),
    ("kube-state-metrics labels by the victim", EXPORTER, "Pod monitoring/kube-state-metrics-0"),
    ("job is the scrape job", {"namespace": "shop", "job": "backup"}, "Cluster"),
    ("job_name is the Job", {"namespace": "shop", "job": "ksm", "job_name": "backup-1"}, "Job shop/backup-1"),
    (
        "a deployment before a pod",
        {"namespace": "shop", "pod": "x", "deployment": "checkout"},
        "Deployment shop/checkout",
    ),
    (
        "an autoscaler before its target",
        {"namespace": "shop", "deployment": "d", "hpa": "h"},
        "HorizontalPodAutoscaler shop/h",
    ),
    ("a volume has no namespace", {"namespace": "shop", "persistentvolume": "pv-1"}, "PersistentVolume pv-1"),
    (
        "a claim on a device",
        {"namespace": "shop", "device": "sda", "persistentvolumeclaim": "data"},
        "PersistentVolumeClaim shop/data",
    ),
    ("an empty label names nothing", {"namespace": "shop", "deployment": "", "pod": "x"}, "Pod shop/x"),
    ("node-exporter: the instance is the machine", {**NODE_EXPORTER, "instance": "worker-3:9100"}, "Node worker-3"),
    ("its node label is better", {**NODE_EXPORTER, "instance": "10.0.0.7:9100", "node": "worker-3"}, "Node worker-3"),
    ("an address stays one", {**NODE_EXPORTER, "instance": "10.0.0.7:9100"}, "Node 10.0.0.7"),
    ("an IPv6 address with a port", {**NODE_EXPORTER, "instance": "[fd00::7]:9100"}, "Node fd00::7"),
    ("an IPv6 address without", {**NODE_EXPORTER, "instance": "fd00::7"}, "Node fd00::7"),
    ("a machine without a name is that below its exporter", NODE_EXPORTER, "Cluster"),
    (
        "hardware labels mean a machine",
        {"job": "x", "pod": "p", "mountpoint": "/", "instance": "worker-3"},
        "Node worker-3",
    ),
    (
        "Node in the alert's name too",
        {"alertname": "NodeClockSkew", "pod": "p", "instance": "worker-3"},
        "Node worker-3",
    ),
    ("a node alone", {"node": "worker-3", "namespace": "monitoring"}, "Node worker-3"),
    ("the node a pod runs on is not the victim", {"namespace": "shop", "pod": "p", "node": "worker-3"}, "Pod shop/p"),
    (
        "cadvisor's devices belong to pods",
        {"job": "kubelet", "namespace": "shop", "pod": "p", "device": "sda", "node": "worker-3"},
        "Pod shop/p",
    ),
    ("a service", {"namespace": "shop", "service": "checkout"}, "Service shop/checkout"),
    ("a service without a namespace says nothing", {"service": "checkout"}, "Cluster"),
    ("but Traefik puts all in one", {"service": "shop-checkout-8080@kubernetes"}, "Service shop/checkout"),
    ("the API server's own service is the cluster", {"namespace": "default", "service": "kubernetes"}, "Cluster"),
    ("so is it under its scrape job", {"job": "apiserver", "namespace": "x", "service": "api"}, "Cluster"),
    ("and by its port", {"instance": "10.0.0.11:6443"}, "Cluster"),
    ("the scheduler's pod is not the victim", {"job": "kube-scheduler", "pod": "s-cp-1", "namespace": "k"}, "Cluster"),
    ("another scheduler's is", {"job": "scheduler", "pod": "airflow-0", "namespace": "etl"}, "Pod etl/airflow-0"),
    (
        "etcd is its members",
        {"job": "kube-etcd", "pod": "etcd-cp-1", "namespace": "kube-system"},
        "Pod kube-system/etcd-cp-1",
    ),
    (
        "an aggregated API by its name",
        {"name": "v1beta1.metrics.k8s.io", "namespace": "default"},
        "APIService v1beta1.metrics.k8s.io",
    ),
    (
        "a container as Docker called it",
        {"name": "k8s_app_web-1_shop_0b9d_0", "instance": "10.0.3.13:10250"},
        "Pod shop/web-1",
    ),
    (
        "a certificate, not cert-manager",
        {"name": "tls", "exported_namespace": "shop", "namespace": "cert-manager"},
        "Certificate shop/tls",
    ),
    (
        "an ACME server stands for its issuers",
        {"host": "acme-v02.api.letsencrypt.org"},
        "Issuer acme-v02.api.letsencrypt.org",
    ),
    ("a kubelet's port means its node", {"instance": "10.0.3.13:10250"}, "Node 10.0.3.13"),
    ("a probed URL", {"job": "blackbox", "instance": "https://shop.example.com/x"}, "External shop.example.com"),
    (
        "a prober's pod is not the victim",
        {**EXPORTER, "job": "p", "instance": "https://a.example.com"},
        "External a.example.com",
    ),
    ("a URL within the cluster", {"instance": "http://web.shop.svc:8080/health"}, "Service shop/web"),
    (
        "what an exporter is pointed at",
        {"pod": "redis-exporter-x", "addr": "redis.shop.svc.cluster.local:6379"},
        "Service shop/redis",
    ),
    ("what software calls is not", {"namespace": "shop", "pod": "web-1", "server": "db.shop.svc"}, "Pod shop/web-1"),
    ("one pod by its DNS name", {"instance": "http://db-0.db.shop.svc:9090"}, "Pod shop/db-0"),
    (
        "an ingress controller's backend",
        {**EXPORTER, "job": "nginx", "exported_service": "web", "exported_namespace": "shop"},
        "Service shop/web",
    ),
    (
        "a mesh names the Service",
        {"destination_service_name": "web", "destination_workload_namespace": "shop", "pod": "gw"},
        "Service shop/web",
    ),
    ("or its host", {"destination_service": "web.shop.svc.cluster.local"}, "Service shop/web"),
    (
        "a plain pod is not of the exported namespace",
        {"namespace": "keda", "pod": "keda-1", "exported_namespace": "shop"},
        "Pod keda/keda-1",
    ),
    ("kube-state-metrics is not of it either", {**EXPORTER, "exported_namespace": "shop"}, "Cluster"),
    (
        "a foreign node is none of ours",
        {"node": "rabbit@rabbitmq-0", "pod": "rabbitmq-0", "namespace": "q"},
        "Pod q/rabbitmq-0",
    ),
    (
        "a node beside an agent's pod, where the alert says node",
        {"alertname": "LonghornNodeDown", "node": "w", "pod": "lm", "namespace": "l"},
        "Node w",
    ),
    (
        "a claim with a namespace of its own",
        {**EXPORTER, "pvc": "data", "pvc_namespace": "shop", "node": "w"},
        "PersistentVolumeClaim shop/data",
    ),
    (
        "a provisioned volume",
        {"volume": "pvc-5a1d7c0e-8d0f-4f5e-9a51-6d2b0f3c9e11"},
        "PersistentVolume pvc-5a1d7c0e-8d0f-4f5e-9a51-6d2b0f3c9e11",
    ),
    (
        "a mesh names the workload",
        {"destination_workload": "checkout", "destination_workload_namespace": "shop", "pod": "gateway-1"},
        "Deployment shop/checkout",
    ),
    (
        "an Argo CD application, not its controller",
        {"name": "shop-checkout", "dest_namespace": "shop", "namespace": "argocd", "pod": "argocd-0"},
        "Application argocd/shop-checkout",
    ),
    (
        "a Flux object",
        {"customresource_kind": "HelmRelease", "name": "shop", "exported_namespace": "flux-system", "pod": "ksm-0"},
        "HelmRelease flux-system/shop",
    ),
]


def shown(ref: ObjectRef | None) -> str:
    return f"{ref.kind} {ref.path}".strip() if ref else ""


@pytest.mark.parametrize(("labels", "object"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_rule(labels: dict[str, str], object: str) -> None:
    assert shown(suspect_of(labels)) == object


@pytest.mark.parametrize(("label", "kind"), NAMED_KINDS.items())
def test_a_label_that_names_one_kind_beats_the_exporter(label: str, kind: str) -> None:
    ref = suspect_of({**EXPORTER, "cluster": "eu1", "exported_namespace": "shop", label: "victim"})
    assert ref == ObjectRef(kind, "victim", "" if kind in CLUSTER_WIDE else "shop", cluster="eu1")


def test_several_alerts_name_each_object_once_in_their_order() -> None:
    labels = [{"namespace": "shop", "pod": name} for name in ("b", "a", "b")]
    assert [ref.name for ref in suspects_of([*labels, {"severity": "none"}])] == ["b", "a"]
    assert [clue.suspect.name for clue in clues_of(labels)] == ["b", "a"]


def test_only_the_mark_of_the_pipeline_makes_one() -> None:
    assert is_pipeline({"severity": " None "})
    assert not is_pipeline({"severity": ""})
    assert not is_pipeline({})


@pytest.mark.parametrize(
    ("labels", "names", "namespace"),
    [
        ({"alertname": "PrometheusOperatorListErrors"}, "prometheus-operator", ""),
        ({"alertname": "Cert-managerAbsent", "job": "cert-manager"}, "cert-manager", ""),
        ({"alertname": "LokiRequestErrors", "job": "loki/distributor"}, "distributor", "loki"),
        ({"alertname": "RequestErrors", "app": "checkout", "namespace": "shop"}, "checkout", "shop"),
        ({"alertname": "Slow", "service": "checkout"}, "checkout", ""),
        ({"alertname": "Slow", "instance": "redis:6379"}, "redis", ""),
    ],
)
def test_an_alert_without_an_object_leaves_names_to_guess_by(
    labels: dict[str, str], names: str, namespace: str
) -> None:
    clue = clue_of(labels)
    assert clue is not None
    assert clue.suspect.kind == "Cluster"
    assert names in clue.names
    assert clue.namespace == namespace


@pytest.mark.parametrize(
    "labels",
    [
        {"alertname": "KubeCPUOvercommit"},
        {"alertname": "ContainerAbsent"},
        {"alertname": "KubeProxyDown", "job": "kube-proxy"},
        {"alertname": "ApiDown", "job": "apiserver", "instance": "10.0.0.11:6443"},
    ],
)
def test_the_clusters_own_words_are_no_software(labels: dict[str, str]) -> None:
    """Or one Deployment called kube-something would be to blame for every alert of Kubernetes."""
    clue = clue_of(labels)
    assert clue is not None
    assert not {"kube", "container", "api", "kube-proxy"} & set(clue.names)


def test_an_exporter_is_a_messenger_and_a_sidecar_is_not() -> None:
    alone = clue_of({"namespace": "data", "pod": "prometheus-redis-exporter-6d8c9f7b5-4xzvm", "job": "redis"})
    beside = clue_of({"namespace": "data", "pod": "redis-0", "container": "redis-exporter", "job": "redis-exporter"})
    assert alone is not None
    assert beside is not None
    assert (alone.messenger, alone.names[0]) == (True, "redis")
    assert (beside.messenger, beside.suspect.name) == (False, "redis-0")


@given(st.text())
def test_any_address_can_be_taken_apart(text: str) -> None:
    address = Address.of(text)
    assert address.numeric or address.service is None or address.service[1] in address.host


@given(
    st.dictionaries(st.sampled_from([*NAMED_KINDS, "pod", "instance", "node", "job", "namespace", "name"]), st.text())
)
def test_any_labels_name_an_object_with_a_name_or_none(labels: dict[str, str]) -> None:
    ref = suspect_of(labels)
    assert ref is not None
    assert ref.name or ref.kind == "Cluster"


# The catalogue


def misled(entry: Entry) -> bool:
    """The object carries a value that only the trap labels have."""
    ref = suspect_of(entry.labels)
    return ref is not None and ref.name in entry.values(entry.traps) - entry.values(entry.victims)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_a_trap_label_never_names_the_object(entry: Entry) -> None:
    assert not misled(entry)


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.kind == "Node"], ids=lambda entry: entry.name)
def test_an_alert_about_a_machine_is_never_about_a_pod(entry: Entry) -> None:
    ref = suspect_of(entry.labels)
    assert ref is None or ref.kind == "Node"


def test_the_figures() -> None:
    """How many alerts of real clusters lead to an object of the right kind; the floors are what was reached."""
    outcome: Counter[str] = Counter()
    for entry in CATALOGUE:
        ref = suspect_of(entry.labels)
        right = ref is not None and (ref.kind == entry.kind or owned(ref.kind, entry.kind))
        outcome["misled" if misled(entry) else "right" if right else "none" if ref is None else "other kind"] += 1
    print(f"{len(CATALOGUE)} alerts:", dict(outcome))
    assert len(CATALOGUE) == 172
    assert outcome["misled"] == 0
    assert outcome["right"] >= 154
    assert outcome["other kind"] <= 16


def owned(found: str, wanted: str) -> bool:
    """A pod leads to its owner, a custom resource keeps its own kind."""
    pods_lead_to = ("Deployment", "StatefulSet", "DaemonSet")
    flux = ("HelmRelease", "Kustomization", "GitRepository", "ImageRepository")
    return (found == "Pod" and wanted in pods_lead_to) or (wanted == "FluxObject" and found in flux)


def test_no_object_is_chosen_by_the_name_of_a_known_alert() -> None:
    for entry in CATALOGUE:
        if entry.name in KNOWN and not entry.name.startswith(("Node", "Host")):
            other = {**entry.labels, "alertname": "SomethingElse"}
            assert suspect_of(other) == suspect_of(entry.labels), entry.name


def test_no_alert_of_the_catalogue_is_named_in_the_rules() -> None:
    folder = Path(victims.__file__).parent
    code = "".join(path.read_text() for path in folder.glob("*.py"))
    named = [entry.name for entry in CATALOGUE if f'"{entry.name}"' in code]
    assert named == []

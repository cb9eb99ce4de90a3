"""From labels to the object: the rules one by one, and how they do on the alerts of real clusters."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.core.titles import KNOWN
from chatops.core.victims import NAMED_KINDS, suspect_of, suspects_of
from tests.core.catalogue import Entry, read

CATALOGUE = read()
SEEN_AS_OBJECTS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Node")

EXPORTER = {"namespace": "monitoring", "pod": "kube-state-metrics-0", "job": "kube-state-metrics", "service": "ksm"}
NODE_EXPORTER = {"namespace": "monitoring", "pod": "node-exporter-x", "job": "node-exporter", "container": "exporter"}

RULES: list[tuple[str, dict[str, str], str]] = [
    ("nothing", {}, ""),
    ("only a name", {"alertname": "Watchdog"}, ""),
    ("only a namespace", {"namespace": "shop"}, ""),
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
    ("job is the scrape job", {"namespace": "shop", "job": "backup"}, ""),
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
    ("a machine without a name", NODE_EXPORTER, ""),
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
    ("a service without a namespace says nothing", {"service": "shop-checkout-8080@kubernetes"}, ""),
    ("the API server's own service is nobody", {"namespace": "default", "service": "kubernetes"}, ""),
    ("nor is it under its scrape job", {"job": "apiserver", "namespace": "x", "service": "api"}, ""),
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
    return f"{ref.kind} {ref.path}" if ref else ""


@pytest.mark.parametrize(("labels", "object"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_rule(labels: dict[str, str], object: str) -> None:
    assert shown(suspect_of(labels)) == object


@pytest.mark.parametrize(("label", "kind"), NAMED_KINDS.items())
def test_a_label_that_names_one_kind_beats_the_exporter(label: str, kind: str) -> None:
    ref = suspect_of({**EXPORTER, "cluster": "eu1", "exported_namespace": "shop", label: "victim"})
    assert ref == ObjectRef(kind, "victim", "" if kind in CLUSTER_WIDE else "shop", cluster="eu1")


def test_several_alerts_name_each_object_once_in_their_order() -> None:
    labels = [{"namespace": "shop", "pod": name} for name in ("b", "a", "b")]
    assert [ref.name for ref in suspects_of([*labels, {"alertname": "Watchdog"}])] == ["b", "a"]


@given(
    st.dictionaries(st.sampled_from([*NAMED_KINDS, "pod", "instance", "node", "job", "namespace", "name"]), st.text())
)
def test_any_labels_name_an_object_with_a_name_or_none(labels: dict[str, str]) -> None:
    ref = suspect_of(labels)
    assert ref is None or ref.name


# The catalogue


def misled(entry: Entry) -> bool:
    """The object carries a value that only the trap labels have."""
    ref = suspect_of(entry.labels)
    return ref is not None and ref.name in entry.values(entry.traps) - entry.values(entry.victims)


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.kind in SEEN_AS_OBJECTS], ids=lambda entry: entry.name)
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
    assert outcome["right"] >= 125
    assert outcome["other kind"] <= 12


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

"""From labels to the object: the rules one by one, and how they do on the alerts of real clusters."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core import victims
from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.core.titles import KNOWN
from chatops.core.victims import NAMED_KINDS, clue_of, clues_of, is_pipeline, suspect_of, suspects_of
from chatops.core.victims.addresses import Address
from chatops.core.victims.labels import Labels
from chatops.core.victims.reading import Rule
from chatops.core.victims.rules import NAMING, POINTING
from tests.core.catalogue import Entry, read
from tests.core.victim_rules import EXPORTER, RULES

CATALOGUE = read()

SOURCE = "".join(path.read_text() for path in Path(victims.__file__).parent.glob("*.py"))
WORDS = sorted({*re.findall(r'"(\w{3,})"', SOURCE), "exported_name", "exported_ingress"})


def shown(ref: ObjectRef | None) -> str:
    return f"{ref.kind} {ref.path}".strip() if ref else ""


@pytest.mark.parametrize(("labels", "object"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_rule(labels: dict[str, str], object: str) -> None:
    assert shown(suspect_of(labels)) == object


@pytest.mark.parametrize(("label", "kind"), NAMED_KINDS.items())
def test_a_label_that_names_one_kind_beats_the_exporter(label: str, kind: str) -> None:
    ref = suspect_of({**EXPORTER, "cluster": "eu1", "exported_namespace": "shop", label: "victim"})
    assert ref == ObjectRef(kind, "victim", "" if kind in CLUSTER_WIDE else "shop", cluster="eu1")


@pytest.mark.parametrize("rule", [each for each in (*NAMING, *POINTING) if hasattr(each, "__wrapped__")])
def test_a_rule_reads_no_other_labels_than_it_says(rule: Rule) -> None:
    """Else it would not be asked where it knows the answer: every word of the rules' source is tried as a label."""
    alone = [{name: value} for name in WORDS for value in ("https://shop.eu/pay", "v1.apps", "cart.shop.svc", "a:6443")]
    pairs = [{name: "shop-1", other: "shop-1"} for name, other in combinations(WORDS, 2)]
    for labels in (*alone, *pairs):
        assert rule(Labels(labels)) == rule.__wrapped__(Labels(labels)), labels  # type: ignore[attr-defined]


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

"""Which object an alert is about, in a cluster that has it: the catalogue's alerts, and those of other rule sets."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chatops.cluster import Cluster
from chatops.core.resources import FLUX_KINDS, ObjectRef
from chatops.core.surveys import Survey
from chatops.core.victims import Clue, clue_of
from chatops.sandbox.kubeapi import KubeApiServer, StepClock
from tests.cluster.sandbox import NOW, Sandbox
from tests.cluster.wider_world import populate
from tests.cluster.world import build
from tests.core import other_alerts
from tests.core.catalogue import Entry, read
from tests.core.other_alerts import Case

CATALOGUE = read()
OTHERS = other_alerts.read()
LEADING = ("Pod", "Service", "ReplicaSet")
"""Kinds that stand for what they lead to."""

MOST_REQUESTS = 16


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with KubeApiServer(auto=False, clock=StepClock(NOW), seed=7) as server:
        populate(build(server))
        yield Sandbox(server, tmp_path_factory.mktemp("wider") / "kubeconfig")


def surveyed(cluster: Cluster, labels: dict[str, str]) -> tuple[Clue | None, Survey | None]:
    clue = clue_of(labels)
    return clue, cluster.survey([clue], NOW) if clue else None


def everything(survey: Survey) -> list[ObjectRef]:
    """Every object of its own standing: pods within a workload are the workload's."""
    views = (*survey.workloads, *survey.pods, *survey.others)
    return [*(view.ref for view in views), *survey.missing, *survey.guessed]


def subjects(clue: Clue, survey: Survey) -> list[ObjectRef]:
    """What the incident is about.

    It is the guess where there was one, else what the labels name and the cluster has. A name may be an address, then
    the object of that kind is meant; a pod within a workload is there too.
    """
    if survey.guessed:
        return list(survey.guessed)
    there = [*everything(survey), *(pod.ref for pod in survey.all_pods)]
    for candidate in clue.candidates:
        exact = [ref for ref in there if (ref.kind, ref.name) == (candidate.kind, candidate.name)]
        of_kind = [view.ref for view in survey.others if same_kind(view.ref.kind, candidate.kind)]
        if found := exact or of_kind:
            return found
    # A ReplicaSet is seen as the workload above it.
    return everything(survey)


def same_kind(found: str, wanted: str) -> bool:
    return found == wanted or (found, wanted) == ("ClusterIssuer", "Issuer")


def led_to(about: list[ObjectRef], survey: Survey) -> list[ObjectRef]:
    """The subjects, and what a pod, a Service or an object that is gone led to."""
    gone = set(survey.missing)
    if any(ref.kind in LEADING or ref in gone for ref in about):
        return [*about, *everything(survey)]
    return about


def kinds(clue: Clue | None, survey: Survey | None) -> set[str]:
    if clue is None or survey is None:
        return {"None"}
    found = {ref.kind for ref in led_to(subjects(clue, survey), survey)}
    return (
        found
        | ({"FluxObject"} if found & set(FLUX_KINDS) else set())
        | ({"Issuer"} if "ClusterIssuer" in found else set())
    )


def misled(entry: Entry, survey: Survey | None) -> bool:
    traps = entry.values(entry.traps) - entry.values(entry.victims)
    return survey is not None and any(ref.name in traps for ref in everything(survey))


def test_the_catalogue(world: Sandbox) -> None:
    """At least 98 % of the kinds right, and never a trap label's object."""
    wrong: dict[str, str] = {}
    fooled: list[str] = []
    requests: Counter[int] = Counter()
    for entry in CATALOGUE:
        world.server.requests.clear()
        clue, survey = surveyed(world.cluster, entry.labels)
        asked = [record for record in world.server.requests.matching() if record.method == "GET"]
        sent = [(record.path, record.query.get("labelSelector")) for record in asked]
        requests[len(sent)] += 1
        assert all(count == 1 for count in Counter(sent).values()), entry.name
        assert survey is None or survey.problem == "", entry.name
        if entry.kind not in kinds(clue, survey):
            wrong[entry.name] = f"{entry.kind}, not {sorted(kinds(clue, survey))}"
        if misled(entry, survey):
            fooled.append(entry.name)
    share = 1 - len(wrong) / len(CATALOGUE)
    print(f"{len(CATALOGUE)} alerts: {share:.1%} of the right kind, {len(fooled)} misled; wrong: {wrong}")
    print(f"requests per survey: {sorted(requests.items())}")
    assert share >= 0.98
    assert fooled == []
    assert max(requests) <= MOST_REQUESTS


def test_there_are_enough_others() -> None:
    assert len(OTHERS) >= 60
    assert not {case.alert for case in OTHERS} & {entry.name for entry in CATALOGUE}


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.alert)
def test_another_rule_set(wider: Sandbox, case: Case) -> None:
    """All of them right, down to the object's name."""
    clue, survey = surveyed(wider.cluster, case.all_labels)
    assert case.kind in kinds(clue, survey)
    if clue and survey:
        assert survey.problem == ""
        found = [(ref.kind, ref.name) for ref in led_to(subjects(clue, survey), survey)]
        assert (case.kind, case.name) in found

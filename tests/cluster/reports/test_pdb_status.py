"""pdb_status: what a budget can spare, and the difference between not now and never."""

from chatops.core.resources import Health
from tests.cluster.reports.reading import codes, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox, pod, workload


def budget(app: str | None, **spec: object) -> Obj:
    selector = {} if app is None else {"matchLabels": {"app": app}}
    return thing("policy/v1", "PodDisruptionBudget", "web", {"selector": selector, **spec})


def test_one_with_room(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=3), budget("web", minAvailable=2))
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    facts = dict(told.facts)
    assert told.facts[0] == ("allowed disruptions", "1")
    assert facts["healthy"] == "3 of 3, 2 needed"
    assert facts["min available"] == "2"
    assert (told.health, codes(told), lines(told, "Unhealthy pods")) == (Health.GOOD, [], [])
    assert names(told) == ["Deployment/web"]


def test_one_that_waits_for_a_sick_pod(sandbox: Sandbox) -> None:
    sick = pod("sick", labels={"app": "web"}, containers=[{"name": "app", "image": "app:bad"}])
    sandbox.apply(workload("Deployment", "web"), sick, budget("web", minAvailable=2), seconds=120)
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    assert codes(told) == ["pdb_blocks"]
    assert (told.health, names(told)) == (Health.WARN, ["Deployment/web", "Pod/sick"])
    assert lines(told, "Unhealthy pods")[0].startswith("sick ")
    assert section(told, "Conditions")[0].text.startswith("DisruptionAllowed InsufficientPods")


def test_one_that_can_never_spare_any(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("web", maxUnavailable=0))
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    assert (codes(told), told.notes[0].detail) == (["pdb_never_allows"], "2")
    assert dict(told.facts)["max unavailable"] == "0"


def test_too_few_healthy_ones_are_bad(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", "app:bad"), budget("web", minAvailable=1), seconds=120)
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    assert told.health is Health.BAD
    assert len(lines(told, "Unhealthy pods")) == 2


def test_one_that_protects_nothing(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), budget("wep", minAvailable=1))
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    assert (codes(told), told.health) == (["pdb_no_pods"], Health.UNKNOWN)


def test_an_empty_selector_means_every_pod_of_the_namespace(sandbox: Sandbox) -> None:
    sandbox.apply(pod("a"), pod("b"), pod("c", namespace="mail"), budget(None, minAvailable=1))
    told = read(sandbox, "pdb_status", "PodDisruptionBudget", "web")
    assert codes(told) == []
    assert dict(told.facts)["selector"] == "all pods"
    assert dict(told.facts)["healthy"] == "2 of 2, 1 needed"

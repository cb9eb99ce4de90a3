"""The plain manifests: what `kubectl apply -k` would send is valid, and grants what the chart grants."""

import shutil

import pytest

from tests.deploy.chart import MINIMAL, POSTGRESQL, VERSIONS, Obj, merged, one, rendered, validate
from tests.deploy.plain import ACTING, LOOKING, acting, built, dump, rights
from tests.deploy.shipped import RBAC, rules_of

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

OVERLAYS = {
    "overlays/sqlite": MINIMAL,
    "overlays/postgresql": POSTGRESQL,
    "overlays/read-only": merged(MINIMAL, {"rbac": {"readOnly": True}}),
}
"""Each with the values by which the chart makes the same."""


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_overlay_is_valid_for_old_and_new_kubernetes(overlay: str) -> None:
    for version in VERSIONS:
        validate(built(overlay), version)


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_overlay_grants_what_the_chart_grants(overlay: str) -> None:
    found, wanted = rules_of(built(overlay)), rules_of(rendered(OVERLAYS[overlay]))
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    assert {each["metadata"].get("namespace") for each in built(overlay) if each["kind"] in RBAC} == {None}


def test_the_files_of_rights_are_written_from_the_chart() -> None:
    assert LOOKING.read_text() == dump(rights(read_only=True)), "`make plain-rights` writes it anew"
    assert ACTING.read_text() == dump(acting()), "`make plain-rights` writes it anew"


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_overlay_runs_what_the_chart_runs(overlay: str) -> None:
    """The same pod but for names of what it refers to, labels, and where it looks for its image."""
    plain, charted = one(built(overlay), "Deployment")["spec"], one(rendered(OVERLAYS[overlay]), "Deployment")["spec"]
    for field in ("replicas", "strategy", "revisionHistoryLimit", "progressDeadlineSeconds"):
        assert plain[field] == charted[field], field
    assert bare(plain["template"]["spec"]) == bare(charted["template"]["spec"])


def bare(pod: Obj) -> Obj:
    """Without the names of a ConfigMap, which kustomize gives a hash of what it holds, and in one order."""
    (container,) = pod["containers"]
    container = {name: value for name, value in container.items() if name != "envFrom"}
    for listed in ("env", "volumeMounts"):
        container[listed] = sorted(container[listed], key=lambda each: str(each["name"]))
    volumes = sorted(pod["volumes"], key=lambda each: str(each["name"]))
    return {**pod, "containers": [container], "volumes": volumes}


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_selects_the_pods_of_an_overlay_finds_them(overlay: str) -> None:
    objects = built(overlay)
    labels = one(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]
    for each in objects:
        spec = each.get("spec", {})
        if each["kind"] in ("Service", "PodDisruptionBudget", "NetworkPolicy", "Deployment"):
            selector = spec.get("selector") or spec["podSelector"]
            wanted = selector.get("matchLabels", selector)
            assert wanted
            assert wanted.items() <= labels.items(), each["kind"]
    settings = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]["configMapRef"]
    data = one(objects, "ConfigMap", settings["name"])["data"]
    assert data == {"APP_PORT": "8080", "ALERT_PORT": "8081", "BIND_ADDRESS": "0.0.0.0"}

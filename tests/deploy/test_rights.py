"""The roles that are shipped: the same on paper and in the chart, each for its feature, and never more than asked for.

That the service can do all it does with them, and asks for all of them, is held by tests/cluster/test_rbac.py.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from chatops.cluster import Cluster
from chatops.sandbox.kubeapi import KubeApiServer, StepClock
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.rights_asked import Asked, right, roles
from tests.cluster.sandbox import NOW, Sandbox
from tests.cluster.test_rbac import BOT, add_what_is_rare, look_at, some_of_each
from tests.cluster.world import build
from tests.deploy.chart import FOLDER, MINIMAL, Obj, defaults, merged, rendered
from tests.deploy.shipped import RBAC, Granted, granted, rules_of

FEATURES: dict[str, Obj] = msgspec.yaml.decode((FOLDER / "rights.yaml").read_bytes())
PAGE = {
    "chatops-viewer": ("look", "logs"),
    "chatops-configuration": ("configuration",),
    "chatops-node-stats": ("nodeStats",),
    "chatops-diagnostics": ("diagnostics",),
}
"""The roles of docs/rbac.md, and the features of the chart that are the same; chatops-actor is all others."""

OFF = ("configuration", "nodeStats", "diagnostics")
"""What is worth more than it looks."""


def rights_of(*features: str) -> set[Granted]:
    return granted([rule for name in features for part in ("namespaced", "cluster") for rule in FEATURES[name][part]])


def test_the_page_and_the_chart_tell_the_same() -> None:
    page = roles()
    for name, features in PAGE.items():
        assert granted(page[name]) == rights_of(*features), name
    others = set(FEATURES) - {each for features in PAGE.values() for each in features}
    assert granted(page["chatops-actor"]) == rights_of(*others)


def test_no_right_is_of_two_features_and_each_feature_is_a_value() -> None:
    seen: dict[Granted, str] = {}
    for name in FEATURES:
        for each in rights_of(name):
            assert each not in seen, (each, name, seen.get(each))
            seen[each] = name
    assert set(FEATURES) - {"look"} == set(defaults()["rbac"]["features"])
    assert {name for name, on in defaults()["rbac"]["features"].items() if not on} == set(OFF)


@pytest.mark.parametrize("feature", [name for name in FEATURES if name != "look"])
def test_a_feature_is_one_role_that_is_there_or_not(feature: str) -> None:
    """Alone it gives its own rights and those to look; the read-only profile leaves out what changes something."""
    alone = {"rbac": {"features": {name: name == feature for name in defaults()["rbac"]["features"]}}}
    assert bound(merged(MINIMAL, alone)) == rights_of("look", feature)
    changes = FEATURES[feature]["changes"]
    read_only = bound(merged(MINIMAL, alone, {"rbac": {"readOnly": True}}))
    assert read_only == (rights_of("look") if changes else rights_of("look", feature))


def test_the_read_only_profile_has_no_verb_that_changes() -> None:
    everything = {"rbac": {"readOnly": True, "features": dict.fromkeys(defaults()["rbac"]["features"], True)}}
    objects = rendered(merged(MINIMAL, everything))
    assert {verb for rule in rules_of(objects) for verb in rule.verbs} == {"get", "list"}
    (settings,) = [each for each in objects if each["kind"] == "ConfigMap"]
    assert "EXEC_DIAGNOSTICS" not in settings["data"]


def bound(values: Obj) -> set[Granted]:
    return flat(rules_of(rendered(values)))


def flat(rules: list[Rule]) -> set[Granted]:
    return {
        (verb, group, resource, rule.names)
        for rule in rules
        for verb in rule.verbs
        for group in rule.groups
        for resource in rule.resources
    }


def test_in_namespaces_nothing_is_bound_beyond_them() -> None:
    objects = rendered(merged(MINIMAL, {"rbac": {"namespaces": ["shop", "bank"]}}))
    assert {each["kind"] for each in objects if each["kind"] in RBAC} == {"Role", "RoleBinding"}
    assert {rule.namespaces for rule in rules_of(objects)} == {("shop",), ("bank",)}
    too = rendered(merged(MINIMAL, {"rbac": {"namespaces": ["shop"], "clusterScoped": True}}))
    over_all = [rule for rule in rules_of(too) if not rule.namespaces]
    wanted = [rule for name, role in FEATURES.items() if name not in OFF for rule in role["cluster"]]
    assert flat(over_all) == granted(wanted)


def test_people_who_act_as_themselves_are_named_one_by_one() -> None:
    people = merged(MINIMAL, {"rbac": {"impersonate": {"people": [1001, 1002], "pattern": "tg-{id}"}}})
    account = bound(people)
    assert {each for each in account if each[0] not in ("get", "list")} == {
        ("impersonate", "", "users", ("tg-1001", "tg-1002"))
    }
    theirs = flat(rules_of(rendered(people), ("User", "tg-1002")))
    assert theirs == rights_of(*(name for name in FEATURES if name not in OFF))
    unbound = merged(people, {"rbac": {"impersonate": {"bind": False}}})
    assert rules_of(rendered(unbound), ("User", "tg-1002")) == []
    names = {each["metadata"]["name"] for each in rendered(unbound) if each["kind"] == "ClusterRole"}
    assert "chatops-workloads" in names


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Sandbox]:
    with KubeApiServer(auto=False, clock=StepClock(NOW - timedelta(days=3)), seed=7) as server:
        build(server)
        add_what_is_rare(server)
        yield Sandbox(server, tmp_path / "kubeconfig")


def test_with_roles_in_a_namespace_all_of_it_can_be_seen(town: Sandbox) -> None:
    """What is refused lies elsewhere or in no namespace, and the looks go on without it; no role is for nothing."""
    values = merged(
        MINIMAL,
        {"rbac": {"namespaces": ["shop"], "features": dict.fromkeys(("configuration", "diagnostics"), True)}},
    )
    rules = rules_of(rendered(values))
    town.server.access.allow(BOT, *rules)
    asked = Asked(town.server)
    cluster = Cluster("demo", town.kubeconfig, threading.Event(), sleep=lambda _: None, diagnostics=True)
    refs = [ref for ref in some_of_each(town) if ref.namespace == "shop"]
    for ref in [*refs, town.ref("Pod", "configured")]:
        look_at(cluster, ref)
    inside = [each.path for each in asked.refused if "/namespaces/shop" in each.path]
    assert inside == []
    # Each would have been granted to the whole cluster.
    everywhere = rights_of(*FEATURES)
    for each in asked.refused:
        found = right(each)
        assert found is not None
        assert found in {granted_right[:3] for granted_right in everywhere}
    assert asked.rights

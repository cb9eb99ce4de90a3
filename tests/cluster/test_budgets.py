"""Which budget guards a pod, and whether it would forbid an eviction: judged as the API server judges."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.cluster.budgets import Budget, forbids, guards, told
from chatops.cluster.models import Selector
from chatops.cluster.pod_models import Pod
from chatops.cluster.selectors import selects
from chatops.core import cautions
from tests.cluster.evicting import budget
from tests.cluster.sandbox import Obj, Sandbox, workload

LABELS = {"app": "web", "tier": "front"}


def selector(**fields: Any) -> Selector:
    return msgspec.convert(fields, Selector)


def needs(operator: str, key: str = "app", *values: str) -> Selector:
    return selector(matchExpressions=[{"key": key, "operator": operator, "values": list(values)}])


@pytest.mark.parametrize(
    ("chosen", "means"),
    [
        (None, False),
        (selector(), True),
        (selector(matchLabels={"app": "web"}), True),
        (selector(matchLabels={"app": "web", "tier": "back"}), False),
        (selector(matchLabels={"nothing": ""}), False),
        (needs("In", "app", "web", "api"), True),
        (needs("In", "app", "api"), False),
        (needs("In", "nothing", "api"), False),
        (needs("NotIn", "app", "api"), True),
        (needs("NotIn", "app", "web"), False),
        (needs("NotIn", "nothing", "web"), True),
        (needs("Exists"), True),
        (needs("Exists", "nothing"), False),
        (needs("DoesNotExist", "nothing"), True),
        (needs("DoesNotExist"), False),
        (needs("Near"), False),
    ],
)
def test_selectors(chosen: Selector | None, means: bool) -> None:
    assert selects(chosen, LABELS) is means


KEYS, VALUES = st.sampled_from(["app", "tier", "zone"]), st.sampled_from(["web", "api", ""])
REQUIREMENTS = st.one_of(
    st.fixed_dictionaries(
        {"key": KEYS, "operator": st.sampled_from(["In", "NotIn"]), "values": st.lists(VALUES, min_size=1)}
    ),
    st.fixed_dictionaries({"key": KEYS, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
)


@settings(deadline=None)
@given(
    st.dictionaries(KEYS, VALUES),
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {}, optional={"matchLabels": st.dictionaries(KEYS, VALUES), "matchExpressions": st.lists(REQUIREMENTS)}
        ),
    ),
)
def test_selectors_as_the_stand_in_reads_them(labels: dict[str, str], chosen: Obj | None) -> None:
    from chatops.sandbox.kubeapi.selectors import from_selector, labels_match

    ours = selects(None if chosen is None else msgspec.convert(chosen, Selector), labels)
    assert ours == labels_match(from_selector(chosen), {"metadata": {"labels": labels}})


def test_another_namespaces_budget_guards_nothing() -> None:
    pod = msgspec.convert({"metadata": {"namespace": "shop", "labels": {"app": "web"}}}, Pod)
    found = [msgspec.convert(budget("web", namespace=each), Budget) for each in ("shop", "other")]
    assert [each.metadata.namespace for each in guards(found, pod)] == ["shop"]
    assert told(found) == "shop/web 0/0, other/web 0/0"


RULES: list[tuple[str, int]] = [("minAvailable", 0), ("minAvailable", 2), ("minAvailable", 3), ("maxUnavailable", 1)]


@pytest.mark.parametrize(
    ("rules", "ill", "policy"),
    [
        *itertools.product([(), *((rule,) for rule in RULES)], [0, 1, 2], ["", "AlwaysAllow"]),
        (tuple(RULES[:2]), 0, ""),
    ],
)
def test_k5_what_is_said_beforehand_is_what_the_server_does(
    sandbox: Sandbox, rules: tuple[tuple[str, int], ...], ill: int, policy: str
) -> None:
    """K5: For every pod of three, some of them not ready."""
    more = {"unhealthyPodEvictionPolicy": policy} if policy else {}
    budgets = [budget("web", name=f"b{number}", **{rule: count}, **more) for number, (rule, count) in enumerate(rules)]
    sandbox.apply(workload("StatefulSet", "web", replicas=3), *budgets)

    def sicken(found: Obj) -> None:
        found["status"]["conditions"] = [{"type": "Ready", "status": "False"}]

    for number in range(ill):
        sandbox.edit("Pod", f"web-{number}", sicken)
    sandbox.server.step(0)
    known = [msgspec.convert(each, Budget) for each in sandbox.server.list("PodDisruptionBudget")]
    for found in sandbox.pods("web"):
        pod = msgspec.convert(found, Pod)
        refusal = sandbox.preview("evict_pod", sandbox.ref("Pod", found["metadata"]["name"])).refusal
        assert forbids(guards(known, pod), pod) is (refusal is not None)
        assert refusal is None or refusal.code in (cautions.BUDGET, cautions.SEVERAL_BUDGETS)


@pytest.mark.parametrize(
    ("change", "forbidden"),
    [
        ({}, True),
        ({"status": {"phase": "Succeeded"}}, False),
        ({"status": {"phase": "Failed"}}, False),
        ({"status": {"phase": "Pending"}}, False),
        ({"metadata": {"deletionTimestamp": "2026-11-23T09:00:00Z"}}, False),
    ],
)
def test_pods_that_no_budget_holds(change: Obj, forbidden: bool) -> None:
    base = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
    pod = msgspec.convert({**base, **change}, Pod)
    assert forbids([Budget()], pod) is forbidden
    assert not forbids([], pod)

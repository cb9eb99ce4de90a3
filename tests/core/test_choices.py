"""What is offered for a parameter: a few steps, each of them one the action takes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.actions import ACTIONS, CHOSEN
from chatops.core.applicable import applicable
from chatops.core.choices import Choices, choices, picked
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import CLUSTER_WIDE, ContainerLimits, ObjectRef
from tests.core.scene import WORKLOAD, a_pod, a_rollout, a_workload, at


def seen(kind: str, **traits: str) -> ObjectView:
    ref = ObjectRef(kind, "x", "" if kind in CLUSTER_WIDE else "shop")
    return ObjectView(ref, traits={Trait(name): value for name, value in traits.items()})


def values(found: Choices, param: str) -> list[str]:
    return [choice.params[param] for choice in found.offered]


@pytest.mark.parametrize(
    ("desired", "up", "down"),
    [
        (0, ["1", "2"], []),
        (1, ["2", "3"], ["0"]),
        (2, ["3", "4"], ["1", "0"]),
        (5, ["6", "7", "8", "10"], ["4", "2", "1", "0"]),
        (40, ["41", "42", "60", "80"], ["39", "20", "1", "0"]),
    ],
)
def test_replicas(desired: int, up: list[str], down: list[str]) -> None:
    workload = a_workload(desired=desired)
    assert values(choices("scale_up", workload, {}), "replicas") == up
    assert values(choices("scale_down", workload, {}), "replicas") == down
    assert choices("scale_up", workload, {}).now == str(desired)


def test_a_count_that_an_autoscaler_owns_is_not_offered() -> None:
    workload = a_workload(autoscaler="checkout 2-5")
    assert choices("scale_up", workload, {}) == choices("scale_down", workload, {}) == Choices()


@pytest.mark.parametrize(
    ("maximum", "expected"), [("1", ["2"]), ("2", ["3", "4"]), ("5", ["6", "8", "10"]), ("", []), ("many", [])]
)
def test_a_maximum(maximum: str, expected: list[str]) -> None:
    assert values(choices("hpa_raise_max", seen("HorizontalPodAutoscaler", max=maximum), {}), "max") == expected


@pytest.mark.parametrize(("minimum", "expected"), [("1", []), ("2", ["1"]), ("6", ["5", "3", "1"]), ("", [])])
def test_a_minimum_stays_above_nothing(minimum: str, expected: list[str]) -> None:
    assert values(choices("hpa_lower_min", seen("HorizontalPodAutoscaler", min=minimum), {}), "min") == expected


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ("512Mi", ["640Mi", "768Mi", "1Gi"]),
        ("1Gi", ["1280Mi", "1536Mi", "2Gi"]),
        ("1.5Gi", ["1920Mi", "2304Mi", "3Gi"]),
        ("134217728", ["167772160", "201326592", "268435456"]),
        ("100M", ["125M", "150M", "200M"]),
        ("3Ki", ["3840", "4608", "6Ki"]),
        ("much", []),
        ("-1Gi", []),
        ("1e3", ["1250", "1500", "2000"]),
        ("٣Gi", []),
    ],
)
def test_memory(memory: str, expected: list[str]) -> None:
    workload = a_workload(limits=(ContainerLimits("app", memory=memory),))
    assert values(choices("raise_memory_limit", workload, {}), "memory") == expected


@pytest.mark.parametrize(
    ("cpu", "expected"),
    [
        ("1", ["1250m", "1500m", "2"]),
        ("500m", ["625m", "750m", "1"]),
        ("4", ["5", "6", "8"]),
        ("0.5", ["625m", "750m", "1"]),
    ],
)
def test_cpu(cpu: str, expected: list[str]) -> None:
    found = choices("raise_cpu_limit", a_workload(limits=(ContainerLimits("app", cpu=cpu),)), {})
    assert values(found, "cpu") == expected
    assert {choice.params["container"] for choice in found.offered} == {"app"}


def test_which_container_is_asked_first_and_only_of_those_with_a_limit() -> None:
    limits = (ContainerLimits("app", "1Gi"), ContainerLimits("cache", "2Gi"), ContainerLimits("proxy", "", "1"))
    workload = a_workload(limits=limits)
    asked = choices("raise_memory_limit", workload, {})
    assert [(choice.text, choice.partial) for choice in asked.offered] == [("app", True), ("cache", True)]
    told = choices("raise_memory_limit", workload, {"container": "cache"})
    assert (told.now, values(told, "memory")) == ("2Gi", ["2560Mi", "3Gi", "4Gi"])
    assert not any(choice.partial for choice in told.offered)
    assert choices("raise_memory_limit", workload, {"container": "gone"}) == Choices()
    assert values(choices("raise_cpu_limit", workload, {}), "container") == ["proxy"] * 3


def test_a_volume() -> None:
    assert values(choices("pvc_expand", seen("PersistentVolumeClaim", size="10Gi"), {}), "size") == [
        "12Gi",
        "15Gi",
        "20Gi",
    ]
    assert values(choices("pvc_expand", seen("PersistentVolumeClaim", size="1Gi"), {}), "size")[0] == "1229Mi"


@pytest.mark.parametrize(
    ("resource", "hard", "expected"),
    [
        ("requests.cpu", "10", ["12500m", "15"]),
        ("limits.memory", "8Gi", ["10Gi", "12Gi"]),
        ("pods", "10", ["13", "15"]),
        ("count/jobs.batch", "1", ["2"]),
        ("pods", "", []),
    ],
)
def test_a_quota(resource: str, hard: str, expected: list[str]) -> None:
    found = choices("raise_quota", seen("ResourceQuota", resource=resource, hard=hard), {})
    assert values(found, "value") == expected
    assert set(values(found, "resource")) <= {resource}


def test_the_previous_revision() -> None:
    found = choices("rollout_undo", a_workload(), {})
    assert (found.now, values(found, "revision")) == ("43", ["42"])
    assert choices("rollout_undo", a_workload(rollout=a_rollout(previous=None)), {}).offered == ()


def everything() -> list[Any]:
    limits = (ContainerLimits("app", "1Gi", "1"),)
    return [
        a_workload(limits=limits),
        replace(a_workload(limits=limits), ref=replace(WORKLOAD, kind="StatefulSet")),
        seen("HorizontalPodAutoscaler", min="2", max="5"),
        seen("PersistentVolumeClaim", size="10Gi", expandable="yes"),
        seen("ResourceQuota", resource="pods", hard="10"),
    ]


def test_what_applies_and_has_a_parameter_can_be_chosen() -> None:
    tried = set()
    for view in everything():
        for action in applicable(view, at(20)):
            if picked(action.id):
                tried.add(action.id)
                found = choices(action.id, view, {})
                assert found.offered, action.id
                assert all(choice.text and set(choice.params) <= CHOSEN for choice in found.offered)
    assert tried == {action for action in ACTIONS if picked(action)}


@pytest.mark.parametrize("action", sorted(action for action in ACTIONS if picked(action)))
def test_a_view_of_another_kind_offers_nothing(action: str) -> None:
    assert choices(action, a_pod(), {}) == Choices()


@given(st.text(max_size=30), st.integers(1, 100))
def test_any_amount_at_all(text: str, number: int) -> None:
    for amount in (text, f"{number}{text}"):
        workload = a_workload(limits=(ContainerLimits("app", amount, amount),))
        for action in ("raise_memory_limit", "raise_cpu_limit"):
            assert len(choices(action, workload, {}).offered) <= 3

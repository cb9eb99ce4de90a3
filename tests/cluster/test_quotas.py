"""A quota's line: the fullest one, a quarter more, and back."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from tests.cluster.sandbox import Obj, Sandbox

KIND = "ResourceQuota"
HARD = {"requests.cpu": "4", "requests.memory": "8Gi", "pods": "10"}
USED = {"requests.cpu": "2500m", "requests.memory": "7Gi", "pods": "3"}


def quota(hard: Any = None, used: Any = None) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": KIND,
        "metadata": {"name": "ci", "namespace": "shop"},
        "spec": {"hard": hard or HARD},
        "status": {"hard": hard or HARD, "used": USED if used is None else used},
    }


def hard_of(sandbox: Sandbox) -> Obj:
    found: Obj = sandbox.get(KIND, "ci")["spec"]["hard"]
    return found


def test_the_fullest_line_goes_up_and_back(sandbox: Sandbox) -> None:
    sandbox.apply(quota(), seconds=1)
    preview = sandbox.preview("raise_quota", sandbox.ref(KIND, "ci"))
    assert (preview.changes, preview.cautions) == ((Change("requests.memory", "8Gi", "10Gi"),), ())
    undo = sandbox.cluster.perform(preview.plan).undo
    assert hard_of(sandbox) == {**HARD, "requests.memory": "10Gi"}
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.follow(preview.plan).detail == "the quota controller has not seen the change yet"
    sandbox.server.step(1)
    assert sandbox.cluster.follow(preview.plan).finished
    assert undo is not None
    assert (undo.action, undo.params) == (
        "raise_quota",
        {"resource": "requests.memory", "value": "8Gi", "back": "10Gi"},
    )
    back = sandbox.preview(undo.action, undo.ref, **undo.params)
    assert back.changes == (Change("requests.memory", "10Gi", "8Gi"),)
    again = sandbox.cluster.perform(back.plan).undo
    assert hard_of(sandbox) == HARD
    assert again is not None
    assert again.params == {"resource": "requests.memory", "value": "10Gi", "back": "8Gi"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"resource": "pods", "value": "10"}, Caution(cautions.STANDS_AT, "10")),
        ({"resource": "requests.cpu", "value": "4000m"}, Caution(cautions.STANDS_AT, "4")),
        ({"resource": "pods", "value": "8", "back": "12"}, Caution(cautions.STANDS_AT, "10")),
        ({"resource": "secrets"}, Caution(cautions.BAD_PARAM, "resource")),
        ({"resource": "pods", "value": "plenty"}, Caution(cautions.BAD_PARAM, "value")),
        ({"resource": "pods", "value": "-3"}, Caution(cautions.BAD_PARAM, "value")),
    ],
)
def test_what_is_not_raised(sandbox: Sandbox, params: dict[str, str], expected: Caution) -> None:
    sandbox.apply(quota(), seconds=1)
    assert sandbox.preview("raise_quota", sandbox.ref(KIND, "ci"), **params).refusal == expected


@pytest.mark.parametrize(
    ("hard", "used", "resource", "value"),
    [
        ({"pods": "10"}, {"pods": "14"}, "pods", "18"),
        ({"limits.cpu": "500m"}, {}, "limits.cpu", "625m"),
        ({"b": "1", "a": "1"}, {}, "a", "2"),
        ({"pods": "0", "secrets": "10"}, {"secrets": "9"}, "secrets", "13"),
        ({"pods": "0", "secrets": "10"}, {"pods": "1", "secrets": "9"}, "pods", "2"),
    ],
)
def test_a_quarter_more_of_the_fullest(
    sandbox: Sandbox, hard: dict[str, str], used: dict[str, str], resource: str, value: str
) -> None:
    sandbox.apply(quota(hard, used), seconds=1)
    params = sandbox.preview("raise_quota", sandbox.ref(KIND, "ci")).plan.params
    assert (params["resource"], params["value"]) == (resource, value)


def test_going_back_under_what_is_used_is_said(sandbox: Sandbox) -> None:
    sandbox.apply(quota(), seconds=1)
    back = sandbox.preview(
        "raise_quota", sandbox.ref(KIND, "ci"), resource="requests.memory", value="4Gi", back="8192Mi"
    )
    assert back.cautions == (Caution(cautions.BELOW_USE, "7Gi"),)


def test_a_line_somebody_changed_will_not_arrive(sandbox: Sandbox) -> None:
    sandbox.apply(quota(), seconds=1)
    plan = sandbox.plan("raise_quota", sandbox.ref(KIND, "ci"), resource="pods", value="20")
    sandbox.cluster.perform(plan)
    sandbox.apply(quota(), seconds=1)
    assert sandbox.cluster.follow(plan).failed == "pods is 10 by now, not 20"

"""What pods ask for and whether they fit elsewhere, told from objects alone."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.cluster.models import Node
from chatops.cluster.nodes import largest, takes_pods
from chatops.cluster.pod_models import Pod
from chatops.cluster.room import room_for


def asks(cpu: object = None, *, limit: object = None, sidecar: bool = False) -> dict[str, Any]:
    resources: dict[str, Any] = {}
    if cpu is not None:
        resources["requests"] = {"cpu": cpu}
    if limit is not None:
        resources["limits"] = {"cpu": limit}
    return {"name": "c", "resources": resources, **({"restartPolicy": "Always"} if sidecar else {})}


def a_node(name: str, cpu: object = "4", *, ready: str = "True", pods: object = "110", **node_spec: Any) -> Node:
    allocatable = {"cpu": cpu, "memory": "16Gi", "pods": pods}
    return msgspec.convert(
        {
            "metadata": {"name": name},
            "spec": node_spec,
            "status": {"allocatable": allocatable, "conditions": [{"type": "Ready", "status": ready}]},
        },
        Node,
    )


def a_pod(cpu: object, node: str = "", phase: str = "Running") -> Pod:
    return msgspec.convert({"spec": {"nodeName": node, "containers": [asks(cpu)]}, "status": {"phase": phase}}, Pod)


@pytest.mark.parametrize(
    ("node", "takes"),
    [
        (a_node("n"), True),
        (a_node("n", ready="Unknown"), False),
        (a_node("n", ready="False"), False),
        (a_node("n", unschedulable=True), False),
        (a_node("n", taints=[{"key": "k", "effect": "NoSchedule"}]), False),
        (a_node("n", taints=[{"key": "k", "effect": "NoExecute"}]), False),
        (a_node("n", taints=[{"key": "k", "effect": "PreferNoSchedule"}]), True),
        (Node(), False),
    ],
)
def test_which_nodes_take_pods(node: Node, takes: bool) -> None:
    assert takes_pods(node) is takes


def test_shares_before_and_after() -> None:
    room = room_for([a_pod("1")], [a_node("a"), a_node("b"), a_node("c", ready="False")], [a_pod("2", "a")])
    assert (room.nodes, room.shares["cpu"], room.homeless) == (2, (25, 38), 0)


def test_room_in_all_is_not_room_on_one() -> None:
    room = room_for([a_pod("3")], [a_node("a"), a_node("b")], [a_pod("2", "a"), a_pod("2", "b")])
    assert (room.shares["cpu"], room.homeless) == ((50, 88), 1)


def test_pods_that_have_ended_take_no_room() -> None:
    ended = [a_pod("4", "a", "Succeeded"), a_pod("4", "a", "Failed"), a_pod("4", "elsewhere")]
    assert room_for([a_pod("4")], [a_node("a")], ended).homeless == 0


def test_a_node_has_seats_too() -> None:
    full = [a_pod("0", "a"), a_pod("0", "a")]
    assert room_for([a_pod("0")], [a_node("a", pods="2")], full).homeless == 1
    assert room_for([a_pod("0")], [a_node("a", pods="3")], full).homeless == 0


def test_no_node_is_no_room() -> None:
    room = room_for([a_pod("1"), a_pod("1")], [], [])
    assert (room.nodes, room.shares["cpu"], room.homeless) == (0, (0, 0), 2)


def test_the_largest_is_told_in_its_own_words() -> None:
    assert largest([a_node("a", "4"), a_node("b", "8000m"), a_node("c", "nonsense")], "cpu") == "8000m"
    assert largest([], "cpu") == ""


@settings(deadline=None)
@given(st.lists(st.integers(0, 6000), max_size=12), st.lists(st.integers(0, 8000), max_size=5))
def test_what_is_said_to_fit_fits(moving: list[int], sizes: list[int]) -> None:
    nodes = [a_node(f"n{number}", f"{size}m") for number, size in enumerate(sizes)]
    room = room_for([a_pod(f"{each}m") for each in moving], nodes, [])
    assert 0 <= room.homeless <= len(moving)
    if not room.homeless:
        assert sum(moving) <= sum(sizes)
    if moving and max(moving) > max(sizes, default=-1):
        assert room.homeless >= 1

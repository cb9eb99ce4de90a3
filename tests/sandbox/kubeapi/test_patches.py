"""The three patches obey their laws."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.sandbox.kubeapi.errors import ApiError
from chatops.sandbox.kubeapi.json_patch import PatchFailed, apply_json_patch
from chatops.sandbox.kubeapi.merge_patch import apply_merge_patch
from chatops.sandbox.kubeapi.strategic_patch import apply_strategic_patch

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3)
KEYS = st.text("ab/~", max_size=2)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
NO_NULLS = st.recursive(
    st.booleans() | st.integers(-5, 5),
    lambda inner: st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def escaped(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def difference(old: Any, new: Any, path: str = "") -> list[dict[str, Any]]:
    """A patch that leads from one to the other, made here and not by the code under test."""
    if isinstance(old, dict) and isinstance(new, dict):
        steps = [{"op": "remove", "path": path + escaped(key)} for key in old if key not in new]
        for key, value in new.items():
            if key not in old:
                steps.append({"op": "add", "path": path + escaped(key), "value": value})
            else:
                steps += difference(old[key], value, path + escaped(key))
        return steps
    return [{"op": "test", "path": path, "value": old}, {"op": "replace", "path": path, "value": new}]


@given(OBJECTS, OBJECTS)
def test_json_patch_leads_there_and_back(old: Any, new: Any) -> None:
    before = copy.deepcopy(old)
    assert apply_json_patch(old, difference(old, new)) == new
    assert apply_json_patch(new, difference(new, old)) == old
    assert old == before


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
        ({"a": {"x": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": {"x": 1}, "b": {"x": 1}}),
        (
            {"a/b": 1, "m~n": 2},
            [{"op": "remove", "path": "/a~1b"}, {"op": "test", "path": "/m~0n", "value": 2}],
            {"m~n": 2},
        ),
        ({"a": 1}, [{"op": "replace", "path": "", "value": [1]}], [1]),
    ],
)
def test_json_patch_examples(document: Any, patch: Any, expected: Any) -> None:
    assert apply_json_patch(document, patch) == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a", "value": 2},
        {"op": "test", "path": "/a", "value": True},
        {"op": "remove", "path": "/gone"},
        {"op": "replace", "path": "/gone", "value": 1},
        {"op": "add", "path": "/l/9", "value": 1},
        {"op": "add", "path": "/l/01", "value": 1},
        {"op": "add", "path": "/gone/deeper", "value": 1},
        {"op": "move", "from": "/l", "path": "/l/0"},
        {"op": "add", "path": "no-slash", "value": 1},
        {"op": "add", "path": "/x"},
        {"op": "sing", "path": "/a"},
    ],
)
def test_json_patch_that_does_not_apply(operation: Any) -> None:
    document = {"a": 1, "l": [1]}
    with pytest.raises(PatchFailed):
        apply_json_patch(document, [{"op": "add", "path": "/changed", "value": 1}, operation])
    assert document == {"a": 1, "l": [1]}


@pytest.mark.parametrize("patch", [{}, None, "x", [1], [{"op": "add", "path": 5, "value": 1}]])
def test_what_is_no_json_patch(patch: Any) -> None:
    with pytest.raises(ApiError) as caught:
        apply_json_patch({}, patch)
    assert caught.value.code == 400


@given(VALUES, VALUES)
def test_merge_patch_twice_is_once(document: Any, patch: Any) -> None:
    once = apply_merge_patch(document, patch)
    assert apply_merge_patch(once, patch) == once


@given(VALUES)
def test_empty_merge_patch_keeps_an_object(document: Any) -> None:
    assert apply_merge_patch(document, {}) == (document if isinstance(document, dict) else {})


@given(NO_NULLS, NO_NULLS)
def test_merge_patch_without_nulls_wins_everywhere(document: Any, patch: Any) -> None:
    def wins(result: Any, told: Any) -> bool:
        if isinstance(told, dict):
            return isinstance(result, dict) and all(wins(result.get(key), told[key]) for key in told)
        return bool(result == told)

    assert wins(apply_merge_patch(document, patch), patch)


def test_merge_patch_null_removes() -> None:
    assert apply_merge_patch({"a": 1, "b": {"c": 1, "d": 2}}, {"a": None, "b": {"c": None}}) == {"b": {"d": 2}}


POD = {
    "containers": [
        {"name": "app", "image": "a:1", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]},
        {"name": "side", "image": "s:1", "ports": [{"containerPort": 80, "name": "http"}]},
    ],
    "tolerations": [{"key": "a"}],
    "volumes": [{"name": "v", "emptyDir": {}}],
}


def test_strategic_patch_merges_lists_by_key() -> None:
    patch = {
        "containers": [
            {"name": "app", "image": "a:2", "env": [{"name": "Y", "value": "3"}, {"name": "Z", "value": "4"}]}
        ]
    }
    result = apply_strategic_patch(POD, patch)
    assert [each["name"] for each in result["containers"]] == ["app", "side"]
    assert result["containers"][0]["image"] == "a:2"
    assert result["containers"][0]["env"] == [
        {"name": "X", "value": "1"},
        {"name": "Y", "value": "3"},
        {"name": "Z", "value": "4"},
    ]
    assert POD["containers"][0]["image"] == "a:1"  # type: ignore[index]


def test_strategic_patch_ports_go_by_container_port() -> None:
    result = apply_strategic_patch(
        POD, {"containers": [{"name": "side", "ports": [{"containerPort": 80, "name": "web"}]}]}
    )
    assert result["containers"][1]["ports"] == [{"containerPort": 80, "name": "web"}]


def test_strategic_patch_atomic_list_is_replaced() -> None:
    assert apply_strategic_patch(POD, {"tolerations": [{"key": "b"}]})["tolerations"] == [{"key": "b"}]


def test_strategic_patch_directives() -> None:
    gone = apply_strategic_patch(POD, {"containers": [{"name": "side", "$patch": "delete"}]})
    assert [each["name"] for each in gone["containers"]] == ["app"]
    replaced = apply_strategic_patch(POD, {"containers": [{"$patch": "replace"}, {"name": "new", "image": "n"}]})
    assert replaced["containers"] == [{"name": "new", "image": "n"}]
    whole = apply_strategic_patch({"spec": POD}, {"spec": {"$patch": "replace", "x": 1}})
    assert whole == {"spec": {"x": 1}}
    ordered = apply_strategic_patch(POD, {"$setElementOrder/containers": [{"name": "side"}, {"name": "app"}]})
    assert [each["name"] for each in ordered["containers"]] == ["side", "app"]
    listed = apply_strategic_patch(
        {"finalizers": ["a", "b"]}, {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}
    )
    assert listed["finalizers"] == ["b", "c"]
    assert apply_strategic_patch({"a": {"b": 1, "c": 2}}, {"a": {"$patch": "delete"}}) == {}
    assert apply_strategic_patch({"a": 1, "b": 2}, {"$retainKeys": ["a"], "a": 3}) == {"a": 3}


def test_strategic_patch_without_the_merge_key_is_a_bad_request() -> None:
    with pytest.raises(ApiError, match="does not contain declared merge key: name"):
        apply_strategic_patch(POD, {"containers": [{"image": "x"}]})


@given(st.sampled_from([POD, {"metadata": {"labels": {"a": "b"}}}]), OBJECTS)
def test_strategic_patch_agrees_with_merge_patch_where_there_are_no_lists_of_objects(document: Any, patch: Any) -> None:
    assert apply_strategic_patch(document, patch) == apply_merge_patch(document, patch)

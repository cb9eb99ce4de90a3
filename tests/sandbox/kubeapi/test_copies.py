"""Copies of objects share nothing with what they are copies of."""

from datetime import UTC, datetime

from chatops.sandbox.kubeapi.copies import copied


def test_equal_and_of_its_own_at_every_depth() -> None:
    given = {"a": [{"b": [1, 2.5, None, True, "text"]}], "c": {}, "d": []}
    made = copied(given)
    assert made == given
    made["a"][0]["b"].append(3)
    made["c"]["new"] = 1
    made["d"].append(1)
    assert given == {"a": [{"b": [1, 2.5, None, True, "text"]}], "c": {}, "d": []}


def test_what_is_used_twice_is_copied_twice() -> None:
    labels = {"app": "checkout"}
    made = copied({"mine": labels, "yours": labels})
    made["mine"]["app"] = "other"
    assert made["yours"] == {"app": "checkout"}


def test_other_values_are_copied_as_well() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    given = {"when": moment, "pair": ([1], "x"), "names": {"a", "b"}}
    made = copied(given)
    assert made == given
    made["pair"][0].append(2)
    assert given["pair"] == ([1], "x")

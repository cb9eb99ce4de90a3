"""How much it takes to confirm: a tap, a word, or a second person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core import cautions
from chatops.core.actions import ACTIONS, Caution, Danger, Plan, Preview
from chatops.core.resources import ObjectRef
from chatops.core.safeguards import Safeguard, danger_of, safeguard, typed_right, word_of

CHANGING = [action for action in ACTIONS.values() if action.changes]


def preview(action: str, *codes: str, namespace: str = "shop") -> Preview:
    ref = ObjectRef(ACTIONS[action].kinds[0], "checkout", namespace, "u")
    return Preview(Plan(action, ref), cautions=tuple(Caution(code) for code in codes))


@pytest.mark.parametrize("action", CHANGING, ids=lambda action: action.id)
def test_only_what_destroys_asks_for_more_than_a_tap(action):
    alone = safeguard(preview(action.id), protected=())
    assert alone is (Safeguard.WORD if action.danger is Danger.DESTROY else Safeguard.TAP)
    there = safeguard(preview(action.id, namespace="prod-eu"), protected=("prod-*",))
    assert there is (Safeguard.SECOND if action.danger is Danger.DESTROY else Safeguard.TAP)


@pytest.mark.parametrize("code", [cautions.OWNERLESS, cautions.TO_ZERO])
def test_what_nobody_brings_back_destroys(code):
    assert danger_of(preview("delete_pod", code)) is Danger.DESTROY
    assert safeguard(preview("scale_down", code), protected=()) is Safeguard.WORD


@pytest.mark.parametrize(
    ("patterns", "protected"),
    [
        ((), False),
        (("prod",), True),
        (("prod-*",), False),
        (("*",), True),
        (("stage", "pro?"), True),
        (("PROD",), False),
    ],
)
def test_patterns_of_namespaces(patterns, protected):
    found = safeguard(preview("job_delete", namespace="prod"), protected=patterns)
    assert found is (Safeguard.SECOND if protected else Safeguard.WORD)


def test_an_object_without_a_namespace_is_protected_by_the_star_only():
    assert safeguard(preview("delete_node", namespace=""), protected=("prod*",)) is Safeguard.WORD
    assert safeguard(preview("delete_node", namespace=""), protected=("*",)) is Safeguard.SECOND


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("worker-3", "worker-3"),
        ("nightly-report-29384760", "29384760"),
        ("checkout-6d9f7c5b8d-x2k4q", "x2k4q"),
        ("averyveryverylongname", "veryverylongname"),
        ("ends-with-nothing-", "ds-with-nothing-"),
    ],
)
def test_the_word_is_short_and_the_name_s_own(name, word):
    assert word_of(ObjectRef("Pod", name)) == word


@given(st.text(alphabet="abcz019-.", min_size=1, max_size=253))
def test_typing_the_word_is_always_right_and_nothing_else_is(name):
    ref = ObjectRef("Pod", name)
    assert typed_right(f" {word_of(ref).upper()} ", ref)
    assert not typed_right("", ref)
    assert not typed_right(word_of(ref) + "x", ref)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a" * 16, "a" * 16),
        ("a" * 17, "a" * 16),
        ("backup-" + "a" * 9, "backup-" + "a" * 9),
        ("backup-29384760-aa", "aa"),
        ("backup-2938476012345", "2938476012345"),
        ("a-" + "b" * 20, "b" * 16),
        ("a" * 20 + "-", "a" * 15 + "-"),
    ],
)
def test_a_name_that_fits_is_typed_whole_and_a_longer_one_by_its_end(name: str, word: str) -> None:
    assert word_of(ObjectRef("Job", name, "shop")) == word

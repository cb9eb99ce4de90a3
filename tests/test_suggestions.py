"""The operator's own rules: read whole, or every mistake with its line and its mend."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.actions import ACTIONS
from chatops.core.remedies import Rule
from chatops.suggestions import parse_rules, read_rules

DOCS = Path(__file__).parent.parent / "docs" / "suggestions.md"

GOOD = """\
rules:
  - alert: KubePodCrashLooping
    namespace: shop-*
    labels: {team: payments}
    first: [rollout_undo]
    never: delete_pod
    why: Runbook 12
  - only: [rollout_restart]
"""


def test_rules_as_they_are_written():
    rules, problems = parse_rules(GOOD, "rules.yaml")
    assert problems == ()
    assert rules == (
        Rule(
            "KubePodCrashLooping", "shop-*", {"team": "payments"}, ("rollout_undo",), (), ("delete_pod",), "Runbook 12"
        ),
        Rule(only=("rollout_restart",)),
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "rules: []\n"])
def test_no_rules_are_fine(text):
    assert parse_rules(text, "rules.yaml") == ((), ())


@pytest.mark.parametrize(
    ("text", "line", "told", "mend"),
    [
        ("rules:\n  - first: [rollback]\n", 2, "does not know the action `rollback`", "use one of"),
        ("rules:\n  - first: [logs]\n", 2, "does not know the action `logs`", "use one of"),
        ("rules:\n  - alert: X\n", 2, "changes nothing", "first"),
        ("rules:\n  - alert: X\n    frist: [drain]\n", 3, "does not know `frist`", "first, only, never"),
        ("rules:\n  - first: [drain]\n    only: [cordon]\n", 2, "both", "keep one"),
        ("rules:\n  - first: [drain]\n    first: [cordon]\n", 3, "twice", "keep one"),
        ("rules:\n  - first: [drain]\n    why: []\n", 3, "not a text", "sentence"),
        (f"rules:\n  - first: [drain]\n    why: {'x' * 201}\n", 3, "longer than 200", "shorten"),
        ("rules:\n  - first: [drain]\n    labels: [a]\n", 3, "not a mapping", "key: value"),
        ("rules: drain\n", 1, "not a list", "- "),
        ("rule:\n  - first: [drain]\n", 1, "does not know `rule`", "rules"),
        ("- first: [drain]\n", 1, "not a mapping", "key: value"),
        ("rules:\n  - first: [drain\n  - x\n", 4, "not YAML", "the one above"),
        ("rules:\n\t- first: [drain]\n", 2, "not YAML", "mend this line"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_mend(text, line, told, mend):
    rules, problems = parse_rules(text, "rules.yaml")
    assert rules == ()
    assert problems[0].startswith(f"rules.yaml:{line}: ")
    assert told in problems[0]
    assert mend in problems[0]


def test_all_mistakes_are_told_at_once_and_no_rule_is_used():
    rules, problems = parse_rules(GOOD + "  - first: [nothing]\n  - only: [at_all]\n", "rules.yaml")
    assert rules == ()
    assert len(problems) == 2


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    assert "cannot be read" in read_rules(tmp_path / "none.yaml")[1][0]
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00rules")
    assert "UTF-8" in read_rules(tmp_path / "binary")[1][0]


@given(st.text(max_size=200))
def test_any_text_is_rules_or_problems(text):
    rules, problems = parse_rules(text, "f")
    assert not (rules and problems)


def test_the_page_about_it_is_right():
    page = DOCS.read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    rules, problems = parse_rules(example, "docs")
    assert problems == ()
    assert len(rules) == 2
    named = set(re.findall(r"`([a-z_]+)`", page[page.index("Actions:") :]))
    assert named == {action.id for action in ACTIONS.values() if action.changes}

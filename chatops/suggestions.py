"""The operator's own rules for suggestions, from SUGGESTIONS_FILE. Every mistake is told with its line and its mend.

rules:
  - alert: KubePodCrashLooping     # patterns: * stands for any text, ? for one character
    namespace: shop-*
    labels: {team: payments}
    first: [rollout_undo]          # before everything else, where it can work
    never: [delete_pod]            # not offered
    why: Runbook 12 says so        # shown on the confirm screen
  - labels: {tier: database}
    only: [rollout_restart]        # instead of everything else
"""

from pathlib import Path
from typing import Any

import yaml

from chatops.core.actions import ACTIONS
from chatops.core.remedies import Rule
from chatops.own_yaml import Reader, root_of, text_of, word_of

LONGEST_WHY = 200

_ACTION_LISTS = ("first", "only", "never")
_TEXTS = ("alert", "namespace", "why")
_KNOWN = (*_TEXTS, "labels", *_ACTION_LISTS)

_OFFERED = sorted(action.id for action in ACTIONS.values() if action.changes)


def read_rules(path: Path) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules, and every problem found, a sentence each; with a problem the rules are not to be used."""
    text, problems = text_of(path)
    return ((), problems) if problems else parse_rules(text, str(path))


def parse_rules(text: str, name: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """As `read_rules`, of a text; `name` stands in the sentences."""
    root, problems = root_of(text, name)
    if root is None:
        return (), problems
    reader = _Reader(name)
    rules = reader.file(root)
    return (() if reader.problems else tuple(rules)), tuple(reader.problems)


class _Reader(Reader):
    def file(self, root: yaml.Node) -> list[Rule]:
        entries = dict(self.entries(root, "the file", ("rules",)))
        rules = entries.get("rules")
        if rules is None:
            self.wrong(root, "has no `rules:`", "begin the file with `rules:` and a list below it")
            return []
        if not isinstance(rules, yaml.SequenceNode):
            self.wrong(rules, "`rules` is not a list", "begin each rule with `- `")
            return []
        return [rule for node in rules.value if (rule := self._rule(node)) is not None]

    def _rule(self, node: yaml.Node) -> Rule | None:
        before = len(self.problems)
        read: dict[str, Any] = {}
        for key, value in self.entries(node, "a rule", _KNOWN):
            if key in _TEXTS:
                read[key] = self._text(value, key)
            elif key == "labels":
                read[key] = {label: self._text(each, label) for label, each in self.entries(value, "labels", None)}
            else:
                read[key] = self._actions(value, key)
        if len(self.problems) == before:
            if not any(read.get(key) for key in _ACTION_LISTS):
                self.wrong(node, "changes nothing", "give it `first`, `only` or `never`")
            if read.get("first") and read.get("only"):
                self.wrong(node, "has both `first` and `only`", "keep one of them")
        return Rule(**read) if len(self.problems) == before else None

    def _text(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.wrong(node, f"`{key}` is not a text", "write one word or sentence after it")
            return ""
        if len(node.value) > LONGEST_WHY:
            self.wrong(node, f"`{key}` is longer than {LONGEST_WHY} characters", "shorten it: it is read on a phone")
        return str(node.value)

    def _actions(self, node: yaml.Node, key: str) -> tuple[str, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for item in items:
            word = word_of(item)
            if word in _OFFERED:
                found.append(word)
            else:
                self.wrong(item, f"`{key}` does not know the action `{word}`", f"use one of {', '.join(_OFFERED)}")
        return tuple(found)

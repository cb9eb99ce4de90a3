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

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chatops.core.actions import ACTIONS
from chatops.core.remedies import Rule

LONGEST_WHY = 200

_ACTION_LISTS = ("first", "only", "never")
_TEXTS = ("alert", "namespace", "why")
_KNOWN = (*_TEXTS, "labels", *_ACTION_LISTS)

_OFFERED = sorted(action.id for action in ACTIONS.values() if action.changes)


def read_rules(path: Path) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules, and every problem found, a sentence each; with a problem the rules are not to be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return (), (f"{path} cannot be read ({error.strerror}): mend the path or its permissions, or unset it",)
    except UnicodeDecodeError:
        return (), (f"{path} is not UTF-8 text: save it as UTF-8",)
    return parse_rules(text, str(path))


def parse_rules(text: str, name: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """As `read_rules`, of a text; `name` stands in the sentences."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return (), (_broken(error, name),)
    if root is None:
        return (), ()
    problems: list[str] = []
    reader = _Reader(name, problems)
    rules = reader.file(root)
    return (() if problems else tuple(rules)), tuple(problems)


def _broken(error: Exception, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"{name}:{mark.line + 1}" if mark else name
    return (
        f"{where}: not YAML ({getattr(error, 'problem', None) or 'nested too deeply'}): mend this line or the one above"
    )


class _Reader:
    """Goes through the nodes of the file, which know their lines."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self._name = name
        self._problems = problems

    def file(self, root: yaml.Node) -> list[Rule]:
        entries = dict(self._entries(root, "the file", ("rules",)))
        rules = entries.get("rules")
        if rules is None:
            self._wrong(root, "has no `rules:`", "begin the file with `rules:` and a list below it")
            return []
        if not isinstance(rules, yaml.SequenceNode):
            self._wrong(rules, "`rules` is not a list", "begin each rule with `- `")
            return []
        return [rule for node in rules.value if (rule := self._rule(node)) is not None]

    def _rule(self, node: yaml.Node) -> Rule | None:
        before = len(self._problems)
        read: dict[str, Any] = {}
        for key, value in self._entries(node, "a rule", _KNOWN):
            if key in _TEXTS:
                read[key] = self._text(value, key)
            elif key == "labels":
                read[key] = {label: self._text(each, label) for label, each in self._entries(value, "labels", None)}
            else:
                read[key] = self._actions(value, key)
        if len(self._problems) == before:
            if not any(read.get(key) for key in _ACTION_LISTS):
                self._wrong(node, "changes nothing", "give it `first`, `only` or `never`")
            if read.get("first") and read.get("only"):
                self._wrong(node, "has both `first` and `only`", "keep one of them")
        return Rule(**read) if len(self._problems) == before else None

    def _entries(self, node: yaml.Node, what: str, known: tuple[str, ...] | None) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{what} is not a mapping", "write it as `key: value` lines")
            return
        seen: set[str] = set()
        for key, value in node.value:
            word = key.value if isinstance(key, yaml.ScalarNode) else ""
            if known is not None and word not in known:
                self._wrong(key, f"does not know `{word}`", f"use one of {', '.join(known)}")
            elif word in seen:
                self._wrong(key, f"`{word}` stands there twice", "keep one of them")
            else:
                seen.add(word)
                yield word, value

    def _text(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self._wrong(node, f"`{key}` is not a text", "write one word or sentence after it")
            return ""
        if len(node.value) > LONGEST_WHY:
            self._wrong(node, f"`{key}` is longer than {LONGEST_WHY} characters", "shorten it: it is read on a phone")
        return str(node.value)

    def _actions(self, node: yaml.Node, key: str) -> tuple[str, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for item in items:
            word = item.value if isinstance(item, yaml.ScalarNode) else ""
            if word in _OFFERED:
                found.append(word)
            else:
                self._wrong(item, f"`{key}` does not know the action `{word}`", f"use one of {', '.join(_OFFERED)}")
        return tuple(found)

    def _wrong(self, node: yaml.Node, problem: str, mend: str) -> None:
        self._problems.append(f"{self._name}:{node.start_mark.line + 1}: {problem}: {mend}")

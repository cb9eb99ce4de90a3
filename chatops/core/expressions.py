r"""Regular expressions for the values of labels, whose cost is bounded whatever they say and are compared with.

An expression is compared with the whole of a value, as Alertmanager and Prometheus do. It is the part of RE2's syntax
that people write in matchers: `.`, classes, groups, `|`, `*`, `+`, `?`, `{2,3}`, `\d`, `\w`, `\s` and escaped
characters. There is no going back in it: a value is read once, a character at a time.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from chatops.core.expression_syntax import Either, One, Part, Row, Takes, Times, parsed
from chatops.core.misread import Misread
from chatops.core.texts import mark

LONGEST = 200
"""Characters of an expression."""

LONGEST_VALUE = 1024
"""What a value has beyond that is not looked at."""

MOST_STEPS = 1000
"""Steps that the repetitions of an expression may come to: `((a{99}){99}){99}` is none."""

_MOST_KEPT = 2000
"""Combinations of steps and characters that an expression remembers."""


@dataclass(slots=True)
class Expression:
    """Made by `compiled`. Each step takes one character and leads on, or takes none and leads to others."""

    _steps: "list[tuple[Takes | None, tuple[int, ...]]]"
    _begin: frozenset[int] = frozenset()
    _end: int = 0
    _known: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)

    def fits(self, value: str) -> bool:
        """Whether the whole value is what the expression says."""
        at = self._begin
        for character in value[:LONGEST_VALUE]:
            if not at:
                return False
            key = (at, character)
            after = self._known.get(key)
            if after is None:
                if len(self._known) >= _MOST_KEPT:
                    self._known.clear()
                after = self._known[key] = self._after(at, character)
            at = after
        return self._end in at

    def _after(self, at: frozenset[int], character: str) -> frozenset[int]:
        reached = [onward for each in at for onward in self._onward(each, character)]
        return self._spread(reached)

    def _onward(self, step: int, character: str) -> tuple[int, ...]:
        takes, onward = self._steps[step]
        return onward if takes is not None and takes(character) else ()

    def _spread(self, reached: list[int]) -> frozenset[int]:
        """These steps and all that are reached from them without a character."""
        found = set(reached)
        while reached:
            takes, onward = self._steps[reached.pop()]
            if takes is None:
                fresh = [each for each in onward if each not in found]
                found.update(fresh)
                reached.extend(fresh)
        return frozenset(found)


@lru_cache(maxsize=512)
def compiled(text: str) -> Expression:
    """The expression that the text is. Raises Misread."""
    if len(text) > LONGEST:
        raise Misread(mark("is longer than {most} characters: shorten it"), most=LONGEST)
    part = parsed(text)
    steps: list[tuple[Takes | None, tuple[int, ...]]] = [(None, ())]
    begin = _laid(part, 0, steps)
    expression = Expression(steps)
    expression._begin = expression._spread([begin])
    return expression


def _laid(part: Part, onward: int, steps: list[tuple[Takes | None, tuple[int, ...]]]) -> int:
    """The steps of the part, which lead to `onward`; the one they begin with."""
    match part:
        case One(takes):
            return _step(steps, takes, (onward,))
        case Row(parts):
            for each in reversed(parts):
                onward = _laid(each, onward, steps)
            return onward
        case Either(parts):
            return _step(steps, None, tuple(_laid(each, onward, steps) for each in parts))
        case Times(inner, least, None):
            loop = _step(steps, None, ())
            steps[loop] = (None, (_laid(inner, loop, steps), onward))
            for _ in range(least):
                loop = _laid(inner, loop, steps)
            return loop
        case Times(inner, least, most):
            end = onward
            for _ in range((most or 0) - least):
                onward = _step(steps, None, (_laid(inner, onward, steps), end))
            for _ in range(least):
                onward = _laid(inner, onward, steps)
            return onward


def _step(steps: list[tuple[Takes | None, tuple[int, ...]]], takes: Takes | None, onward: tuple[int, ...]) -> int:
    if len(steps) >= MOST_STEPS:
        raise Misread(mark("repeats too much: simplify it"))
    steps.append((takes, onward))
    return len(steps) - 1

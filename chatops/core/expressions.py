r"""Regular expressions for the values of labels, whose cost is bounded whatever they say and are compared with.

An expression is compared with the whole of a value, as Alertmanager and Prometheus do. It is the part of RE2's syntax
that people write in matchers: `.`, classes, groups, `|`, `*`, `+`, `?`, `{2,3}`, `\d`, `\w`, `\s` and escaped
characters. There is no going back in it: a value is read once, a character at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from chatops.core.texts import mark

LONGEST = 200
"""Characters of an expression."""

LONGEST_VALUE = 1024
"""What a value has beyond that is not looked at."""

MOST_STEPS = 1000
"""Steps that the repetitions of an expression may come to: `((a{99}){99}){99}` is none."""

MOST_REPEATS = 99

_DEEPEST = 20
_MOST_KEPT = 2000
"""Combinations of steps and characters that an expression remembers."""

_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

_UNCLOSED = mark("has a `{character}` without its other half: write it as `\\{character}` where it is meant itself")
_ALONE = mark("has a `{character}` where it says nothing: write it as `\\{character}` where it is meant itself")
_ESCAPE = mark("has an escape that is not known, `\\{character}`: leave the backslash out, or double it")

Takes = Callable[[str], bool]


class Misread(ValueError):
    """The text is no such thing; `message` goes on from "It", says what is wrong and behind a colon the mend.

    It is marked for translation and has places for `values`.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format_map(values))
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True)
class _One:
    """One character."""

    takes: Takes


@dataclass(frozen=True, slots=True)
class _Row:
    """One after the other."""

    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Either:
    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, slots=True)
class _Times:
    """So often; `most` None: as often as there is something."""

    part: "_Part"
    least: int
    most: int | None


_Part = _One | _Row | _Either | _Times


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
    part = _Reading(text).whole()
    steps: list[tuple[Takes | None, tuple[int, ...]]] = [(None, ())]
    begin = _laid(part, 0, steps)
    expression = Expression(steps)
    expression._begin = expression._spread([begin])
    return expression


def _laid(part: _Part, onward: int, steps: list[tuple[Takes | None, tuple[int, ...]]]) -> int:
    """The steps of the part, which lead to `onward`; the one they begin with."""
    match part:
        case _One(takes):
            return _step(steps, takes, (onward,))
        case _Row(parts):
            for each in reversed(parts):
                onward = _laid(each, onward, steps)
            return onward
        case _Either(parts):
            return _step(steps, None, tuple(_laid(each, onward, steps) for each in parts))
        case _Times(inner, least, None):
            loop = _step(steps, None, ())
            steps[loop] = (None, (_laid(inner, loop, steps), onward))
            for _ in range(least):
                loop = _laid(inner, loop, steps)
            return loop
        case _Times(inner, least, most):
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


class _Reading:
    """Goes through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        part = self._either()
        if self._at < len(self._text):
            raise Misread(_UNCLOSED, character=")")
        return part

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _taken(self, wanted: str) -> bool:
        if self._text.startswith(wanted, self._at):
            self._at += len(wanted)
            return True
        return False

    def _either(self) -> _Part:
        parts = [self._row()]
        while self._taken("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else _Either(tuple(parts))

    def _row(self) -> _Part:
        parts = []
        while self._next and self._next not in "|)":
            parts.append(self._repeated())
        return _Row(tuple(parts))

    def _repeated(self) -> _Part:
        part = self._one()
        if self._taken("*"):
            part = _Times(part, 0, None)
        elif self._taken("+"):
            part = _Times(part, 1, None)
        elif self._taken("?"):
            part = _Times(part, 0, 1)
        elif self._taken("{"):
            part = _Times(part, *self._count())
        else:
            return part
        # A `?` asks for the shortest, which is the same where the whole has to fit.
        self._taken("?")
        if self._next and self._next in "*+{?":
            raise Misread(mark("repeats what is repeated already: put a group around it"))
        return part

    def _count(self) -> tuple[int, int | None]:
        inside, closed, _ = self._text[self._at :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not _is_number(least) or (most and not _is_number(most)):
            raise Misread(_ALONE, character="{")
        self._at += len(inside) + 1
        low, high = int(least), int(most) if most else None if comma else int(least)
        if low > MOST_REPEATS or (high is not None and (high > MOST_REPEATS or high < low)):
            raise Misread(mark("repeats too much: simplify it"))
        return low, high

    def _one(self) -> _Part:
        character = self._next
        self._at += 1
        match character:
            case "(":
                return self._group()
            case "[":
                return _One(self._class())
            case ".":
                return _One(lambda each: each != "\n")
            case "\\":
                return _One(self._escape())
            case "^" if self._at == 1:
                return _Row(())
            case "$" if self._at == len(self._text):
                return _Row(())
            case "*" | "+" | "?" | "{":
                raise Misread(_ALONE, character=character)
            case "^" | "$":
                raise Misread(_ALONE, character=character)
            case _:
                return _One(_is(character))

    def _group(self) -> _Part:
        if self._next == "?" and not self._taken("?:"):
            raise Misread(mark("has a group of a kind that is not known: only `( )` and `(?: )` are"))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Misread(mark("repeats too much: simplify it"))
        part = self._either()
        self._depth -= 1
        if not self._taken(")"):
            raise Misread(_UNCLOSED, character="(")
        return part

    def _escape(self) -> Takes:
        character = self._next
        self._at += 1
        if character and character in "dws":
            return _KINDS[character]
        if character and character in "DWS":
            kind = _KINDS[character.lower()]
            return lambda each: not kind(each)
        if character in _ESCAPED:
            return _is(_ESCAPED[character])
        if not character or character.isalnum():
            raise Misread(_ESCAPE, character=character)
        return _is(character)

    def _class(self) -> Takes:
        negated = self._taken("^")
        found: list[Takes] = []
        first = True
        while first or self._next != "]":
            if not self._next:
                raise Misread(_UNCLOSED, character="[")
            first = False
            found.append(self._member())
        self._at += 1
        takes = tuple(found)
        return lambda each: any(one(each) for one in takes) is not negated

    def _member(self) -> Takes:
        low = self._class_character()
        if not isinstance(low, str):
            return low
        if self._next == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            high = self._class_character()
            if not isinstance(high, str) or high < low:
                raise Misread(mark("has a range in `[ ]` that ends before it begins: turn it around"))
            return _between(low, high)
        return _is(low)

    def _class_character(self) -> str | Takes:
        """A character, or a kind of them."""
        character = self._next
        self._at += 1
        if character == "[" and self._next in (":", ".", "="):
            raise Misread(_ALONE, character="[")
        if character != "\\":
            return character
        escaped = self._next
        if escaped and escaped in "dwsDWS":
            return self._escape()
        self._at += 1
        if escaped in _ESCAPED:
            return _ESCAPED[escaped]
        if not escaped or escaped.isalnum():
            raise Misread(_ESCAPE, character=escaped)
        return escaped


def _is(character: str) -> Takes:
    return lambda each: each == character


def _between(low: str, high: str) -> Takes:
    return lambda each: low <= each <= high


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4


_KINDS: dict[str, Takes] = {
    "d": lambda each: "0" <= each <= "9",
    "w": lambda each: each.isascii() and (each.isalnum() or each == "_"),
    "s": lambda each: each in " \t\n\r\f\v",
}

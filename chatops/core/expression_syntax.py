"""How an expression for the values of labels is written, and what it consists of. It compares nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from chatops.core.misread import Misread
from chatops.core.texts import mark

MOST_REPEATS = 99

_DEEPEST = 20
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

_UNCLOSED = mark("has a `{character}` without its other half: write it as `\\{character}` where it is meant itself")
_ALONE = mark("has a `{character}` where it says nothing: write it as `\\{character}` where it is meant itself")
_ESCAPE = mark("has an escape that is not known, `\\{character}`: leave the backslash out, or double it")

Takes = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class One:
    """One character."""

    takes: Takes


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Times:
    """So often; `most` None: as often as there is something."""

    part: "Part"
    least: int
    most: int | None


Part = One | Row | Either | Times


def parsed(text: str) -> Part:
    """What the whole text says. Raises Misread."""
    return _Reading(text).whole()


class _Reading:
    """Goes through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Part:
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

    def _either(self) -> Part:
        parts = [self._row()]
        while self._taken("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _row(self) -> Part:
        parts = []
        while self._next and self._next not in "|)":
            parts.append(self._repeated())
        return Row(tuple(parts))

    def _repeated(self) -> Part:
        part = self._one()
        if self._taken("*"):
            part = Times(part, 0, None)
        elif self._taken("+"):
            part = Times(part, 1, None)
        elif self._taken("?"):
            part = Times(part, 0, 1)
        elif self._taken("{"):
            part = Times(part, *self._count())
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

    def _one(self) -> Part:
        character = self._next
        self._at += 1
        match character:
            case "(":
                return self._group()
            case "[":
                return One(self._class())
            case ".":
                return One(lambda each: each != "\n")
            case "\\":
                return One(self._escape())
            case "^" if self._at == 1:
                return Row(())
            case "$" if self._at == len(self._text):
                return Row(())
            case "*" | "+" | "?" | "{":
                raise Misread(_ALONE, character=character)
            case "^" | "$":
                raise Misread(_ALONE, character=character)
            case _:
                return One(_is(character))

    def _group(self) -> Part:
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

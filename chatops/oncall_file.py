"""Who is called and who is on call, from ONCALL_FILE. Every mistake is told with its line and its mend.

people:                  # Telegram's numbers; each writes /start to the bot once
  anna: 1001
  oleg: 1002
rotas:
  primary:
    people: [anna, oleg]
    handover: {weekday: monday, time: "10:00", zone: Europe/Moscow}
    start: 2026-11-23    # anna's turn begins here
chain:                   # who is called when nobody takes a critical incident, one after the other
  - rota: primary
  - person: oleg
  - chat: -1001234567890
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from chatops.core.oncall import NOBODY, Member, Roster, Rotation, Step

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FILE = ("people", "rotas", "chain")
_ROTA = ("people", "handover", "start")
_HANDOVER = ("weekday", "time", "zone")
_STEP = ("rota", "person", "chat")
_LONGEST_NAME = 40


def read_roster(path: Path) -> tuple[Roster, tuple[str, ...]]:
    """What the file says, and every problem found, a sentence each; with a problem nothing of it is to be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return NOBODY, (f"{path} cannot be read ({error.strerror}): mend the path or its permissions, or unset it",)
    except UnicodeDecodeError:
        return NOBODY, (f"{path} is not UTF-8 text: save it as UTF-8",)
    return parse_roster(text, str(path))


def parse_roster(text: str, name: str) -> tuple[Roster, tuple[str, ...]]:
    """As `read_roster`, of a text; `name` stands in the sentences."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "nested too deeply"
        return NOBODY, (f"{where}: not YAML ({what}): mend this line or the one above",)
    if root is None:
        return NOBODY, ()
    problems: list[str] = []
    roster = _Reader(name, problems).file(root)
    return (NOBODY if problems else roster), tuple(problems)


class _Reader:
    """Goes through the nodes of the file, which know their lines."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self._name = name
        self._problems = problems
        self._members: dict[str, Member] = {}
        self._rotas: dict[str, Rotation] = {}

    def file(self, root: yaml.Node) -> Roster:
        parts = dict(self._entries(root, "the file", _FILE))
        if "people" in parts:
            self._people(parts["people"])
        if "rotas" in parts:
            for name, node in self._entries(parts["rotas"], "`rotas`", None):
                rotation = self._rotation(node)
                if rotation is not None:
                    self._rotas[name] = rotation
        chain = tuple(self._step(node) for node in self._items(parts["chain"], "chain")) if "chain" in parts else ()
        return Roster(tuple(self._members.values()), self._rotas, tuple(step for step in chain if step))

    def _people(self, node: yaml.Node) -> None:
        for name, value in self._entries(node, "`people`", None):
            number = self._number(value)
            if number is None or number <= 0:
                self._wrong(value, f"`{name}` has no Telegram number", "write it as digits, like 123456789")
            elif any(number == member.id for member in self._members.values()):
                self._wrong(value, f"the number of `{name}` stands there twice", "keep one of them")
            else:
                self._members[name] = Member(number, name)

    def _rotation(self, node: yaml.Node) -> Rotation | None:
        before = len(self._problems)
        parts = dict(self._entries(node, "a rota", _ROTA))
        for missing in (part for part in _ROTA if part not in parts):
            self._wrong(node, f"a rota has no `{missing}`", f"add `{missing}:` to it")
        if len(self._problems) > before:
            return None
        members = [member for item in self._items(parts["people"], "people") if (member := self._member(item))]
        handover = dict(self._entries(parts["handover"], "`handover`", _HANDOVER))
        for missing in (part for part in _HANDOVER if part not in handover):
            self._wrong(parts["handover"], f"`handover` has no `{missing}`", f"add `{missing}:` to it")
        start = self._date(parts["start"])
        if len(self._problems) > before or start is None:
            return None
        weekday, at, zone = (
            self._weekday(handover["weekday"]),
            self._time(handover["time"]),
            self._zone(handover["zone"]),
        )
        if weekday is None or at is None or zone is None:
            return None
        return Rotation(tuple(members), weekday, at, zone, start)

    def _step(self, node: yaml.Node) -> Step | None:
        parts = list(self._entries(node, "a step", _STEP))
        if len(parts) != 1:
            self._wrong(node, "a step names more or less than one", "write one of rota, person, chat")
            return None
        kind, value = parts[0]
        if kind == "chat":
            number = self._number(value)
            if not number:
                self._wrong(value, "`chat` has no chat number", "write it as digits, like -1001234567890")
                return None
            return Step(chat_id=number)
        if kind == "person":
            member = self._member(value)
            return Step(member=member) if member else None
        if _text(value) not in self._rotas:
            self._wrong(value, f"there is no rota `{_text(value)}`", "name one that stands under `rotas:`")
            return None
        return Step(rota=_text(value))

    def _member(self, node: yaml.Node) -> Member | None:
        member = self._members.get(_text(node))
        if member is None:
            self._wrong(node, f"nobody is called `{_text(node)}`", "name somebody who stands under `people:`")
        return member

    def _weekday(self, node: yaml.Node) -> int | None:
        word = _text(node).lower()
        if word not in WEEKDAYS:
            self._wrong(node, f"`{word}` is no weekday", f"use one of {', '.join(WEEKDAYS)}")
            return None
        return WEEKDAYS.index(word)

    def _time(self, node: yaml.Node) -> time | None:
        try:
            return datetime.strptime(_text(node), "%H:%M").time()
        except ValueError:
            self._wrong(node, f"`{_text(node)}` is no time of the day", 'write it in quotes, like "10:00"')
            return None

    def _zone(self, node: yaml.Node) -> tzinfo | None:
        try:
            return ZoneInfo(_text(node))
        except (OSError, ValueError, LookupError):
            self._wrong(node, f"`{_text(node)}` is no time zone", "write it like Europe/Moscow or UTC")
            return None

    def _date(self, node: yaml.Node) -> date | None:
        try:
            found = date.fromisoformat(_text(node))
            if not 1970 <= found.year <= 2200:
                raise ValueError
            return found
        except ValueError:
            self._wrong(node, f"`{_text(node)}` is no date", "write it like 2026-11-23")
            return None

    def _number(self, node: yaml.Node) -> int | None:
        return int(_text(node)) if re.fullmatch(r"-?\d{1,18}", _text(node), re.ASCII) else None

    def _items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._wrong(node, f"`{key}` is not a list of something", "begin each item with `- `")
            return []
        return list(node.value)

    def _entries(self, node: yaml.Node, what: str, known: tuple[str, ...] | None) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{what} is not a mapping", "write it as `key: value` lines")
            return
        seen: set[str] = set()
        for key, value in node.value:
            word = _text(key)
            if known is not None and word not in known:
                self._wrong(key, f"does not know `{word}`", f"use one of {', '.join(known)}")
            elif not word.strip() or len(word) > _LONGEST_NAME:
                self._wrong(key, "a name is empty or too long", f"give it 1 to {_LONGEST_NAME} characters")
            elif word in seen:
                self._wrong(key, f"`{word}` stands there twice", "keep one of them")
            else:
                seen.add(word)
                yield word, value

    def _wrong(self, node: yaml.Node, problem: str, mend: str) -> None:
        self._problems.append(f"{self._name}:{node.start_mark.line + 1}: {problem}: {mend}")


def _text(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

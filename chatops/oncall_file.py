"""Who is called and who is on call, from ONCALL_FILE. Every mistake is told with its line and its mend.

people:                  # Telegram's numbers; each writes /start to the bot once
  anna: 1001
  oleg: {id: 1002, email: oleg@example.com}    # calendars may name them by it
rotas:
  primary:
    people: [anna, oleg]
    handover: {weekday: monday, time: "10:00", zone: Europe/Moscow}
    start: 2026-11-23    # anna's turn begins here
  nights:
    calendar: https://example.com/nights.ics   # who its events name; or the path of a file
chain:                   # who is called when nobody takes a critical incident, one after the other
  - rota: primary
  - person: oleg
  - chat: -1001234567890
chains:                  # others, for what the routes of a chat send their way
  night:
    - person: anna
"""

import re
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from chatops.addresses import calendar_problem_of
from chatops.core.oncall import NOBODY, Member, Roster, Rota, Rotation, Step
from chatops.core.rota_calendar import Calendar
from chatops.own_yaml import Reader, root_of, text_of, word_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FILE = ("people", "rotas", "chain", "chains")
_PERSON = ("id", "email")
_ROTA = ("people", "handover", "start")
_CALENDAR = "calendar"
_HANDOVER = ("weekday", "time", "zone")
_STEP = ("rota", "person", "chat")
_LONGEST_NAME = 40


def read_roster(path: Path) -> tuple[Roster, tuple[str, ...]]:
    """What the file says, and every problem found, a sentence each; with a problem nothing of it is to be used."""
    text, problems = text_of(path)
    return (NOBODY, problems) if problems else parse_roster(text, str(path))


def parse_roster(text: str, name: str) -> tuple[Roster, tuple[str, ...]]:
    """As `read_roster`, of a text; `name` stands in the sentences."""
    root, problems = root_of(text, name)
    if root is None:
        return NOBODY, problems
    reader = _Reader(name)
    roster = reader.file(root)
    return (NOBODY if reader.problems else roster), tuple(reader.problems)


class _Reader(Reader):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._members: dict[str, Member] = {}
        self._rotas: dict[str, Rota] = {}

    def file(self, root: yaml.Node) -> Roster:
        parts = dict(self.entries(root, "the file", _FILE))
        if "people" in parts:
            self._people(parts["people"])
        if "rotas" in parts:
            for name, node in self.entries(parts["rotas"], "`rotas`", None, longest=_LONGEST_NAME):
                rota = self._rota(node)
                if rota is not None:
                    self._rotas[name] = rota
        chain = self._chain(parts["chain"], "chain") if "chain" in parts else ()
        named = self.entries(parts["chains"], "`chains`", None, longest=_LONGEST_NAME) if "chains" in parts else ()
        chains = {name: self._chain(node, name) for name, node in named}
        return Roster(tuple(self._members.values()), self._rotas, chain, chains)

    def _chain(self, node: yaml.Node, name: str) -> tuple[Step, ...]:
        return tuple(step for item in self._items(node, name) if (step := self._step(item)))

    def _people(self, node: yaml.Node) -> None:
        for name, value in self.entries(node, "`people`", None, longest=_LONGEST_NAME):
            parts = dict(self.entries(value, f"`{name}`", _PERSON)) if isinstance(value, yaml.MappingNode) else {}
            number = self._number(parts.get("id", value))
            email = word_of(parts["email"]).strip() if "email" in parts else ""
            if "email" in parts and not re.fullmatch(r"[^\s@<>:]+@[^\s@<>:]+", email):
                self.wrong(parts["email"], f"`{name}` has no e-mail address", "write it like anna@example.com")
            elif number is None or number <= 0:
                self.wrong(value, f"`{name}` has no Telegram number", "write it as digits, like 123456789")
            elif any(number == member.id for member in self._members.values()):
                self.wrong(value, f"the number of `{name}` stands there twice", "keep one of them")
            else:
                self._members[name] = Member(number, name, email)

    def _rota(self, node: yaml.Node) -> Rota | None:
        """By a calendar alone, or by turns of a week."""
        words = [word_of(key) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        if _CALENDAR not in words:
            return self._rotation(node)
        before = len(self.problems)
        parts = dict(self.entries(node, "a rota from a calendar", (_CALENDAR,)))
        address = word_of(parts[_CALENDAR]).strip()
        problem = calendar_problem_of(address)
        if problem:
            self.wrong(parts[_CALENDAR], f"`{_CALENDAR}` {problem}", "copy the address it is subscribed to by")
        return Calendar(address) if len(self.problems) == before else None

    def _rotation(self, node: yaml.Node) -> Rotation | None:
        before = len(self.problems)
        parts = dict(self.entries(node, "a rota", _ROTA))
        for missing in (part for part in _ROTA if part not in parts):
            self.wrong(node, f"a rota has no `{missing}`", f"add `{missing}:` to it")
        if len(self.problems) > before:
            return None
        members = [member for item in self._items(parts["people"], "people") if (member := self._member(item))]
        handover = dict(self.entries(parts["handover"], "`handover`", _HANDOVER))
        for missing in (part for part in _HANDOVER if part not in handover):
            self.wrong(parts["handover"], f"`handover` has no `{missing}`", f"add `{missing}:` to it")
        start = self._date(parts["start"])
        if len(self.problems) > before or start is None:
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
        parts = list(self.entries(node, "a step", _STEP))
        if len(parts) != 1:
            self.wrong(node, "a step names more or less than one", "write one of rota, person, chat")
            return None
        kind, value = parts[0]
        if kind == "chat":
            number = self._number(value)
            if not number:
                self.wrong(value, "`chat` has no chat number", "write it as digits, like -1001234567890")
                return None
            return Step(chat_id=number)
        if kind == "person":
            member = self._member(value)
            return Step(member=member) if member else None
        if word_of(value) not in self._rotas:
            self.wrong(value, f"there is no rota `{word_of(value)}`", "name one that stands under `rotas:`")
            return None
        return Step(rota=word_of(value))

    def _member(self, node: yaml.Node) -> Member | None:
        member = self._members.get(word_of(node))
        if member is None:
            self.wrong(node, f"nobody is called `{word_of(node)}`", "name somebody who stands under `people:`")
        return member

    def _weekday(self, node: yaml.Node) -> int | None:
        word = word_of(node).lower()
        if word not in WEEKDAYS:
            self.wrong(node, f"`{word}` is no weekday", f"use one of {', '.join(WEEKDAYS)}")
            return None
        return WEEKDAYS.index(word)

    def _time(self, node: yaml.Node) -> time | None:
        try:
            return datetime.strptime(word_of(node), "%H:%M").time()
        except ValueError:
            self.wrong(node, f"`{word_of(node)}` is no time of the day", 'write it in quotes, like "10:00"')
            return None

    def _zone(self, node: yaml.Node) -> tzinfo | None:
        try:
            return ZoneInfo(word_of(node))
        except (OSError, ValueError, LookupError):
            self.wrong(node, f"`{word_of(node)}` is no time zone", "write it like Europe/Moscow or UTC")
            return None

    def _date(self, node: yaml.Node) -> date | None:
        try:
            found = date.fromisoformat(word_of(node))
            if not 1970 <= found.year <= 2200:
                raise ValueError
            return found
        except ValueError:
            self.wrong(node, f"`{word_of(node)}` is no date", "write it like 2026-11-23")
            return None

    def _number(self, node: yaml.Node) -> int | None:
        return int(word_of(node)) if re.fullmatch(r"-?\d{1,18}", word_of(node), re.ASCII) else None

    def _items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.wrong(node, f"`{key}` is not a list of something", "begin each item with `- `")
            return []
        return list(node.value)

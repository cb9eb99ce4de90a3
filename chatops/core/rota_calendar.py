"""A rota that stands in a calendar: what its events say, and whom of the operator's people they name.

It reads no calendar and knows no format of one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatops.core.oncall import Member, Roster, Turn

ROUND = timedelta(minutes=15)
"""How often a calendar is read."""
AHEAD = timedelta(days=35)
"""How far ahead its events are known."""
FRESH = timedelta(hours=12)
"""After this it is read as a whole, also where nothing changed: what is known would end before AHEAD."""
LATE = timedelta(days=1)
"""So long a calendar may be out of reach before the admins are told."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One event, or one time of one that repeats: not any more at `ends_at`. `invited` are addresses and names."""

    begins_at: datetime
    ends_at: datetime
    title: str
    invited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """What a calendar said. `etag` is by what it is asked whether it changed; `unread` events make no sense."""

    shifts: tuple[Shift, ...] = ()
    etag: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good copy of the calendar at `source`, and what the admins were told of it.

    `read_at`: when it last answered, None for never; `spread_at`: when it last said all of it.
    """

    source: str
    copy: Copy = Copy()
    read_at: datetime | None = None
    spread_at: datetime | None = None
    late_told: bool = False
    strangers_told: tuple[str, ...] = ()

    def etag_at(self, now: datetime) -> str:
        """What to ask by; empty where all of it is wanted."""
        return self.copy.etag if self.spread_at and abs(now - self.spread_at) < FRESH else ""

    def late(self, now: datetime) -> bool:
        return self.read_at is None or abs(now - self.read_at) > LATE


@dataclass(frozen=True, slots=True)
class Stint:
    """Somebody of the operator's people from one moment to another."""

    member: Member
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Who is on call is whom the event names that covers the moment; of several the one that started last.

    `address` is a URL, which may hold a secret, or a path.
    """

    address: str = field(repr=False)
    stints: tuple[Stint, ...] = ()

    @property
    def source(self) -> str:
        """The address, told by nothing that shows it: what another one said is not to be taken for its own."""
        return hashlib.sha256(self.address.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def turn(self, moment: datetime) -> Turn:
        """Until somebody else has it, or nobody: events of one person that follow each other are one turn."""
        member = self._at(moment)
        changes = {edge for each in self.stints for edge in (each.begins_at, each.ends_at)}
        begin = max((edge for edge in changes if edge <= moment), default=moment)
        end = next((edge for edge in sorted(changes) if edge > moment and self._at(edge) != member), None)
        return Turn(member, begin, end)

    def _at(self, moment: datetime) -> Member | None:
        standing = [each for each in self.stints if each.begins_at <= moment < each.ends_at]
        # Of two that started together the shorter one was put there on purpose.
        last = max(standing, key=lambda each: (each.begins_at, -each.ends_at.timestamp(), each.member.id), default=None)
        return last.member if last else None


def filled(roster: Roster, kept: Mapping[str, Kept]) -> Roster:
    """The roster with what its calendars last said. Events that name nobody of the people are left out."""
    rotas = {
        name: replace(rota, stints=_stints(kept[name].copy.shifts, roster.members))
        if isinstance(rota, Calendar) and name in kept and kept[name].source == rota.source
        else rota
        for name, rota in roster.rotas.items()
    }
    return replace(roster, rotas=rotas)


def calendars(roster: Roster) -> dict[str, Calendar]:
    """Its rotas that stand in a calendar."""
    return {name: rota for name, rota in roster.rotas.items() if isinstance(rota, Calendar)}


def strangers(shifts: Iterable[Shift], members: Sequence[Member]) -> tuple[str, ...]:
    """Titles of events that name nobody of the people, once each."""
    return tuple(dict.fromkeys(each.title for each in shifts if named(each, members) is None))


def named(shift: Shift, members: Sequence[Member]) -> Member | None:
    """Whom its title names, else the first of those invited who is one of the people.

    A name stands as a word of its own, in whatever case. Of several in one title the first counts, of two that begin
    together the longer.
    """
    title = _folded(shift.title)
    found = [(place, -len(each.name), each) for each in members if (place := _place(title, each)) is not None]
    if found:
        return min(found, key=lambda each: each[:2])[2]
    for guest in map(_folded, shift.invited):
        for each in members:
            if guest and (guest == _folded(each.email) or _place(guest, each) is not None):
                return each
    return None


def _stints(shifts: Iterable[Shift], members: Sequence[Member]) -> tuple[Stint, ...]:
    whose = ((each, named(each, members)) for each in shifts)
    return tuple(Stint(member, each.begins_at, each.ends_at) for each, member in whose if member)


def _place(text: str, member: Member) -> int | None:
    """Where the member's name or e-mail begins in the text. What is joined to more by `-`, `.` or `@` is another."""
    for word in filter(None, (_folded(member.name), _folded(member.email))):
        found = re.search(rf"(?<![\w@'’-])(?<!\w\.){re.escape(word)}(?![\w@'’-])(?!\.\w)", text)
        if found:
            return found.start()
    return None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

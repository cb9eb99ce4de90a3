"""Who is on call at a moment, and who is called in which order. It reads no file and no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from chatops.core.incidents.targets import Target

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be called: Telegram's user id and the name others know them by. `email`: in calendars."""

    id: int
    name: str
    email: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is from `begins_at`, and not any more at `ends_at`, None where no end is known. None has a gap."""

    member: Member | None
    begins_at: datetime
    ends_at: datetime | None


class Rota(Protocol):
    """Anything that says whose turn it is."""

    def turn(self, moment: datetime, /) -> Turn: ...


@dataclass(frozen=True, slots=True)
class Rotation:
    """The members take turns of a week each, handed over at `at` on `weekday` (Monday is 0), by the clock of `zone`.

    The first of them has the turn that begins on `start`, or on the first such weekday after it. It holds for all
    times, also those before.
    """

    members: tuple[Member, ...]
    weekday: int
    at: time
    zone: tzinfo
    start: date

    def turn(self, moment: datetime) -> Turn:
        """The one week that `moment` lies in: where clocks are put forward or back it is an hour shorter or longer.

        By the seconds of UTC: two moments of one zone would be compared by what the clocks on the wall say.
        """
        first = self.start + timedelta(days=(self.weekday - self.start.weekday()) % 7)
        number = (moment.astimezone(self.zone).date() - first).days // 7
        while self._begin(first, number).timestamp() > moment.timestamp():
            number -= 1
        while self._begin(first, number + 1).timestamp() <= moment.timestamp():
            number += 1
        return Turn(
            self.members[number % len(self.members)], self._begin(first, number), self._begin(first, number + 1)
        )

    def _begin(self, first: date, number: int) -> datetime:
        return datetime.combine(first + number * WEEK, self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody stands in for whoever the rotation says, from one moment to another. Of two the newer counts."""

    id: int
    rota: str
    member: Member
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call, until when, and who then; None for nobody, and where no end is known.

    `covers`: instead of this member, whose turn it is. `fills`: it is nobody's turn, and somebody stands in.
    """

    member: Member | None
    until: datetime | None
    next: Member | None
    covers: Member | None = None
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: exactly one of them is filled."""

    member: Member | None = None
    rota: str = ""
    chat_id: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """All of the operator's file. `chains` are those that a chat's routes may name; `chain` is for all else."""

    members: tuple[Member, ...] = ()
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    chain: tuple[Step, ...] = ()
    chains: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def member(self, user_id: int) -> Member | None:
        return next((each for each in self.members if each.id == user_id), None)


NOBODY = Roster()
"""Nothing is configured."""


def on_call(rota: Rota, covers: Iterable[Cover], moment: datetime) -> Duty:
    """`covers` are those of this rota; which of them count at the moment is decided here."""
    known = sorted(covers, key=lambda each: each.id)
    turn = rota.turn(moment)
    cover = _standing(known, moment)
    until = _until(turn, cover, known, moment)
    after = _member_at(rota, known, until) if until else None
    if cover is None:
        return Duty(turn.member, until, after)
    covers_for = turn.member if turn.member != cover.member else None
    return Duty(cover.member, until, after, covers_for, fills=turn.member is None)


def _member_at(rota: Rota, covers: list[Cover], moment: datetime) -> Member | None:
    cover = _standing(covers, moment)
    return cover.member if cover else rota.turn(moment).member


def _standing(covers: list[Cover], moment: datetime) -> Cover | None:
    return next((each for each in reversed(covers) if each.begins_at <= moment < each.ends_at), None)


def _until(turn: Turn, cover: Cover | None, covers: list[Cover], moment: datetime) -> datetime | None:
    """The end of the cover or of the turn, unless a newer cover begins before it."""
    end = cover.ends_at if cover else turn.ends_at
    newer = [each.begins_at for each in covers if cover is None or each.id > cover.id]
    ends = [*([end] if end else []), *(begin for begin in newer if moment < begin)]
    return min(ends, key=datetime.timestamp, default=None)


def chain_at(roster: Roster, covers: Iterable[Cover], moment: datetime, named: str = "") -> tuple[Target, ...]:
    """Whom the steps of the chain call if they are taken at this moment; empty where there is no chain.

    `named`: one of `chains`; without a name, or by one that is not there any more, it is the default one. The step of a
    rota that nobody has then is left out.
    """
    known, steps = tuple(covers), roster.chains.get(named, roster.chain)
    return tuple(target for step in steps if (target := _target(step, roster, known, moment)))


def _target(step: Step, roster: Roster, covers: tuple[Cover, ...], moment: datetime) -> Target | None:
    if step.chat_id:
        return Target(chat_id=step.chat_id)
    member = step.member
    if member is None:
        mine = [cover for cover in covers if cover.rota == step.rota]
        member = on_call(roster.rotas[step.rota], mine, moment).member
    return Target(user_id=member.id, name=member.name) if member else None

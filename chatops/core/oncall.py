"""Who is on call at a moment, and who is called in which order. It reads no file and no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from chatops.core.incidents.targets import Target

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be called: Telegram's user id and the name others know them by."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A week of a rotation: from `begins_at`, and not any more at `ends_at`. Both in the rotation's zone."""

    member: Member
    begins_at: datetime
    ends_at: datetime


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
        """The one turn that `moment` lies in: where clocks are put forward or back a week is an hour shorter or longer.

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
    """Who is on call, until when, and who then. `covers`: instead of this member, whose turn it is."""

    member: Member
    until: datetime
    next: Member
    covers: Member | None = None


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
    rotas: Mapping[str, Rotation] = field(default_factory=dict)
    chain: tuple[Step, ...] = ()
    chains: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def member(self, user_id: int) -> Member | None:
        return next((each for each in self.members if each.id == user_id), None)


NOBODY = Roster()
"""Nothing is configured."""


def on_call(rotation: Rotation, covers: Iterable[Cover], moment: datetime) -> Duty:
    """`covers` are those of this rota; which of them count at the moment is decided here."""
    known = sorted(covers, key=lambda each: each.id)
    turn = rotation.turn(moment)
    cover = _standing(known, moment)
    until = _until(turn, cover, known, moment)
    following = _standing(known, until)
    after = following.member if following else rotation.turn(until).member
    if cover is None:
        return Duty(turn.member, until, after)
    return Duty(cover.member, until, after, turn.member if turn.member != cover.member else None)


def _standing(covers: list[Cover], moment: datetime) -> Cover | None:
    return next((each for each in reversed(covers) if each.begins_at <= moment < each.ends_at), None)


def _until(turn: Turn, cover: Cover | None, covers: list[Cover], moment: datetime) -> datetime:
    """The end of the cover or of the turn, unless a newer cover begins before it."""
    end = cover.ends_at if cover else turn.ends_at
    newer = [each.begins_at for each in covers if cover is None or each.id > cover.id]
    return min([end, *(begin for begin in newer if moment < begin)], key=datetime.timestamp)


def chain_at(roster: Roster, covers: Iterable[Cover], moment: datetime, named: str = "") -> tuple[Target, ...]:
    """Whom the steps of the chain call if they are taken at this moment; empty where there is no chain.

    `named`: one of `chains`; without a name, or by one that is not there any more, it is the default one.
    """
    known = tuple(covers)
    return tuple(_target(step, roster, known, moment) for step in roster.chains.get(named, roster.chain))


def _target(step: Step, roster: Roster, covers: tuple[Cover, ...], moment: datetime) -> Target:
    if step.chat_id:
        return Target(chat_id=step.chat_id)
    member = step.member
    if member is None:
        mine = [cover for cover in covers if cover.rota == step.rota]
        member = on_call(roster.rotas[step.rota], mine, moment).member
    return Target(user_id=member.id, name=member.name)

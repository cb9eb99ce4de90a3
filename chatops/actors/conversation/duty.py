"""The screens of who is on call by position, drawn from the operator's file and what is stored."""

from datetime import UTC, datetime

from chatops.actors.roster import roster_now
from chatops.core.buttons import Verb
from chatops.core.cards import Position, number
from chatops.core.oncall import Duty, Member, Roster, on_call
from chatops.core.people import User
from chatops.core.screens import oncall
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue
from chatops.db.store import Store

SCREENS = frozenset({Verb.ONCALL, Verb.RELIEF, Verb.COVER})


def drawn(
    position: Position, store: Store, roster: Roster, tongue: Tongue, *, now: datetime, reader: User | None
) -> Screen:
    """The screen of a position; that of all rotas where what it names is not there."""
    roster = roster_now(roster, store)
    args = position.args
    rota, member = args.get("rota", ""), member_of(args, roster, reader)
    if rota in roster.rotas:
        match position.screen:
            case Verb.RELIEF if "self" in args or "user" in args:
                ends = roster.rotas[rota].turn(now).ends_at is not None
                return oncall.spans(rota, None if "self" in args else member, tongue, ends=ends)
            case Verb.RELIEF:
                return oncall.relief(rota, roster.members, tongue, page=number(args.get("page")))
            case Verb.COVER if "back" in args:
                return oncall.question(oncall.Asked(rota), tongue, by=reader)
            case Verb.COVER if member and args.get("span") in oncall.SPANS:
                until = _until(args["span"], rota, roster, now)
                if until is not None:
                    return oncall.question(oncall.Asked(rota, member, until), tongue, by=reader)
    return oncall.on_call(duties(store, roster, now), tongue)


def duties(store: Store, roster: Roster, now: datetime) -> dict[str, Duty]:
    """Of a roster as it stands now."""
    covers = store.covers.standing(now)
    return {
        name: on_call(rota, [cover for cover in covers if cover.rota == name], now)
        for name, rota in roster.rotas.items()
    }


def number_of(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0


def member_of(args: dict[str, str], roster: Roster, reader: User | None) -> Member | None:
    """Whom the arguments name: somebody of the file, or the reader, who need not stand in it."""
    if "user" in args:
        wanted = number_of(args["user"])
        itself = Member(reader.id, reader.name) if reader and reader.id == wanted else None
        return roster.member(wanted) or itself
    return (roster.member(reader.id) or Member(reader.id, reader.name)) if reader else None


def _until(span: str, rota: str, roster: Roster, now: datetime) -> datetime | None:
    """To the minute: that is how it is told. None where no hand-over is known."""
    length = oncall.SPANS[span]
    if length is not None:
        return (now + length).replace(second=0, microsecond=0)
    ends_at = roster.rotas[rota].turn(now).ends_at
    return ends_at.astimezone(UTC) if ends_at else None

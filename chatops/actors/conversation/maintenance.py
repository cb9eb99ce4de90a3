"""The screens of maintenance windows by position, and what was written to set one."""

from datetime import UTC, datetime

from chatops.core.cards import Position, number
from chatops.core.granting import place_typed
from chatops.core.maintenance import Window, reason_typed, span_typed
from chatops.core.people import User
from chatops.core.screens import maintenance
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue
from chatops.db.store import Store

UNREADABLE = "unreadable"


def drawn(position: Position, store: Store, tongue: Tongue, *, now: datetime, reader: User | None) -> Screen:
    args = position.args
    standing = store.maintenance.standing(now)
    if "end" in args:
        window = next((each for each in standing if each.number == number(args["end"])), None)
        return maintenance.ask_end(window, tongue, by=reader) if window else maintenance.windows(standing, tongue)
    window = window_of(args, reader.name if reader else "")
    if window is not None:
        return maintenance.ask_set(window, args, tongue, by=reader)
    return maintenance.windows(standing, tongue, unreadable=UNREADABLE in args)


def typed(argument: str, now: datetime) -> dict[str, str]:
    """`cluster/namespace LENGTH reason` as a position's arguments; none of it for nothing written."""
    if not argument:
        return {}
    where, _, rest = argument.partition(" ")
    how_long, _, reason = rest.strip().partition(" ")
    place, span = place_typed(where), span_typed(how_long, now)
    if place is None or span is None:
        return {UNREADABLE: "1"}
    moments = {"from": str(int(span[0].timestamp())), "until": str(int(span[1].timestamp()))}
    return {"cluster": place[0], "namespace": place[1], **moments, "reason": reason_typed(reason)}


def window_of(args: dict[str, str], by_name: str) -> Window | None:
    """The window that a button's arguments hold."""
    begin, end = args.get("from", ""), args.get("until", "")
    if not (begin.isdecimal() and end.isdecimal() and len(begin + end) < 24) or "namespace" not in args:
        return None
    begins_at, ends_at = (datetime.fromtimestamp(int(each), UTC) for each in (begin, end))
    return Window(0, args["cluster"], args["namespace"], begins_at, ends_at, args.get("reason", ""), by_name)

"""The screens of a chat's routes by position, and what was written to change them."""

from collections.abc import Mapping

from chatops.core.cards import Position
from chatops.core.expressions import Misread
from chatops.core.people import Chat, User
from chatops.core.policy import Policy
from chatops.core.routes import Route, quiet_of, read, written
from chatops.core.routing_acts import Act, Change, route_typed
from chatops.core.screens import routes
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue
from chatops.db.routes import zone_of
from chatops.db.store import Store

PROBLEM = "problem"
"""Argument of a position where what was typed could not be understood: why."""


def drawn(
    position: Position, chat: Chat, store: Store, tongue: Tongue, *, policy: Policy, reader: User | None
) -> Screen:
    """`reader` is who alone can confirm what a question asks."""
    args, rules = position.args, store.routes.of(chat.id)
    change = change_of({**args, "act": args.get("ask", "")})
    route = read(args.get("route", ""))
    if change is not None and not rules.from_file:
        return routes.question(change, tongue, by=reader)
    match args.get("pick"):
        case _ if rules.from_file:
            pass
        case "quiet":
            return routes.choose_quiet(tongue)
        case "zone":
            return routes.choose_zone(policy.zone, tongue)
        case str() as step if step in routes.STEPS and route:
            return routes.choose(step, route, store.incidents.places(), sorted(policy.roster.chains), tongue)
    return routes.rules_of_chat(chat, rules, tongue, zone=policy.zone, problem=args.get(PROBLEM))


def change_of(args: Mapping[str, str]) -> Change | None:
    """What a button's arguments say."""
    act = args.get("act", "")
    if act not in set(Act):
        return None
    route = read(args.get("route", ""))
    try:
        quiet = quiet_of(args["quiet"]) if args.get("quiet") else None
    except Misread:
        return None
    zone = zone_of(args.get("zone", ""))
    if act in (Act.ADD, Act.DROP, Act.FIRST):
        return Change(Act(act), route) if route else None
    if act == Act.QUIET:
        return Change(Act.QUIET, quiet=quiet)
    return Change(Act.ZONE, zone=zone) if zone else None


def typed(argument: str, policy: Policy) -> dict[str, str]:
    """What was written after the command as a position's arguments; none of it for nothing written."""
    word, _, rest = argument.partition(" ")
    rest = rest.strip()
    try:
        match word.lower():
            case "":
                return {}
            case "quiet" if rest:
                return {"ask": Act.QUIET.value, "quiet": "" if rest == "off" else quiet_of(rest).text}
            case "zone" if rest:
                if zone_of(rest) is None:
                    raise Misread("is no time zone: write it like Europe/Moscow")
                return {"ask": Act.ZONE.value, "zone": rest}
            case _:
                return {"ask": Act.ADD.value, "route": written(_with_known_chain(route_typed(argument), policy))}
    except Misread as problem:
        return {PROBLEM: str(problem)}


def _with_known_chain(route: Route, policy: Policy) -> Route:
    known = policy.roster.chains
    if route.chain and route.chain not in known:
        named = f"one of {', '.join(sorted(known))}" if known else "ONCALL_FILE names none"
        raise Misread(f"names a chain that is not there: {named}")
    return route

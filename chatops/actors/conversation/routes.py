"""The screens of a chat's routes by position, and what was written to change them."""

from collections.abc import Mapping

from chatops.core.cards import Position
from chatops.core.misread import Misread
from chatops.core.people import Chat, User
from chatops.core.policy import Policy
from chatops.core.routes import quiet_of, read
from chatops.core.routing_acts import Act, Change, route_typed
from chatops.core.screens import routes
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue, mark
from chatops.db.routes import zone_of
from chatops.db.store import Store

TYPED = "typed"
"""Argument of a position: what was written after the command."""
LONGEST = 500
"""Characters of that."""


def drawn(
    position: Position, chat: Chat, store: Store, tongue: Tongue, *, policy: Policy, reader: User | None
) -> Screen:
    """`reader` is who alone can confirm what a question asks."""
    args, rules = position.args, store.routes.of(chat.id)
    change, problem = change_of({**args, "act": args.get("ask", "")}), None
    try:
        change = _typed(args[TYPED], policy) if args.get(TYPED) else change
    except Misread as misread:
        problem = misread
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
            return routes.choose(step, route, store.places.all(), sorted(policy.roster.chains), tongue)
    return routes.rules_of_chat(chat, rules, tongue, zone=policy.zone, problem=problem)


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


def _typed(line: str, policy: Policy) -> Change:
    """What a line asks for. Raises Misread."""
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    match word.lower():
        case "quiet" if rest:
            return Change(Act.QUIET, quiet=None if rest.lower() == "off" else quiet_of(rest))
        case "zone" if rest:
            zone = zone_of(rest)
            if zone is None:
                raise Misread(mark("is no time zone: write it like Europe/Moscow"))
            return Change(Act.ZONE, zone=zone)
        case _:
            route, chains = route_typed(line), policy.roster.chains
            if route.chain and route.chain not in chains:
                known = ", ".join(sorted(chains)) or "—"
                raise Misread(mark("names a chain that ONCALL_FILE has not: there are {known}"), known=known)
            return Change(Act.ADD, route)

"""What an admin's act makes of a chat's rules, and what was written in one line to make it. Pure."""

from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum

from chatops.core.alerts import Severity
from chatops.core.granting import place_typed
from chatops.core.misread import Misread
from chatops.core.routes import MOST_MATCHERS, MOST_ROUTES, ChatRules, Matcher, Quiet, Route, matcher_of
from chatops.core.texts import mark

MOST_PATTERNS = 10
_NO_PLACE = mark("names no place, or too many: begin with namespace or cluster/namespace, * stands for any text")

TOPICS = 10**9
"""Numbers of topics are below this."""


class Act(StrEnum):
    """Values stand in buttons and in the log; never rename one."""

    ADD = "add"
    DROP = "drop"
    FIRST = "first"
    """Move a route to where it is asked before the others."""
    QUIET = "quiet"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Change:
    """Of `quiet` and `zone` None is none at all."""

    act: Act
    route: Route | None = None
    quiet: Quiet | None = None
    zone: tzinfo | None = None


def decided(rules: ChatRules, change: Change) -> ChatRules | None:
    """The rules after it; None where it changes nothing, or cannot: the file says what holds, or there is no room."""
    after = _after(rules, change)
    return None if rules.from_file or after == rules or len(after.routes) > MOST_ROUTES else after


def _after(rules: ChatRules, change: Change) -> ChatRules:
    route, routes = change.route, rules.routes
    match change.act:
        case Act.ADD if route and route not in routes:
            return replace(rules, routes=(*routes, route))
        case Act.DROP if route:
            return replace(rules, routes=tuple(each for each in routes if each != route))
        case Act.FIRST if route in routes and route:
            return replace(rules, routes=(route, *(each for each in routes if each != route)))
        case Act.QUIET:
            return replace(rules, quiet=change.quiet)
        case Act.ZONE:
            return replace(rules, zone=change.zone)
        case _:
            return rules


def route_typed(text: str) -> Route:
    """`cluster/namespace warning team=payments silent topic:12 chain:night`, all but the place left out at will.

    Raises Misread, with a sentence's beginning.
    """
    where, *words = _words(text)
    place = place_typed(where)
    if place is None:
        raise Misread(_NO_PLACE)
    clusters, namespaces = (tuple(filter(None, each.split(","))) for each in place)
    if not clusters or not namespaces or len(clusters) > MOST_PATTERNS or len(namespaces) > MOST_PATTERNS:
        raise Misread(_NO_PLACE)
    route, matchers = Route(clusters, namespaces), list[Matcher]()
    for word in words:
        kind, colon, value = word.partition(":")
        match kind:
            case _ if word in set(Severity):
                route = replace(route, least=Severity(word))
            case "silent" if not colon:
                route = replace(route, loud=())
            case "loud" if colon:
                route = replace(route, loud=severities_of(value))
            case "topic" if colon:
                route = replace(route, topic=topic_of(value))
            case "chain" if value:
                route = replace(route, chain=value)
            case _:
                matchers.append(matcher_of(word))
    if len(matchers) > MOST_MATCHERS:
        raise Misread(mark("has more than {most} matchers: leave some out"), most=MOST_MATCHERS)
    return replace(route, matchers=tuple(matchers))


def severities_of(text: str) -> tuple[Severity, ...]:
    """`critical,warning`. Raises Misread."""
    words = [each.strip() for each in text.split(",") if each.strip()]
    if not set(words) <= set(Severity):
        raise Misread(mark("names a severity that is none: use some of {known}"), known=", ".join(Severity))
    return tuple(each for each in Severity if each.value in words)


def topic_of(text: str) -> int:
    """A topic's number. Raises Misread."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) < TOPICS and len(text) < 11):
        raise Misread(mark("has no topic's number: it stands in the topic's link"))
    return int(text)


def _words(text: str) -> list[str]:
    """Parted by spaces, but not inside of quotes."""
    words, quoted, word = [], False, ""
    for character in text.strip() + " ":
        if character == '"':
            quoted = not quoted
        if character.isspace() and not quoted:
            words += [word] if word else []
            word = ""
        else:
            word += character
    if quoted:
        raise Misread(mark("has a quote that nothing closes: close it"))
    return words or [""]

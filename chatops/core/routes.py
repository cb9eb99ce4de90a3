"""Which chat is told of what, how loudly and when: the routes of a chat, its quiet hours, its zone.

A chat without routes is shown everything. With routes it is shown what one of them takes, and the first that does says
how. Knows no chat and no incident's store.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from functools import lru_cache

import msgspec

from chatops.core.alerts import Severity
from chatops.core.expressions import compiled
from chatops.core.incidents.values import Incident
from chatops.core.misread import Misread
from chatops.core.patterns import fits
from chatops.core.people import ANY
from chatops.core.texts import mark

LOUD = (Severity.CRITICAL, Severity.WARNING)
"""What makes a sound where a route does not say otherwise."""

MOST_ROUTES = 20
MOST_MATCHERS = 10
LONGEST_NAME = 100
LONGEST_VALUE = 200


class Operator(StrEnum):
    """As Alertmanager's matchers have them."""

    EQUAL = "="
    UNEQUAL = "!="
    FITS = "=~"
    FITS_NOT = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label has to say. One that is not there says the empty text, as everywhere in Prometheus."""

    label: str
    operator: Operator
    value: str

    def takes(self, labels: Mapping[str, str]) -> bool:
        told = labels.get(self.label, "")
        match self.operator:
            case Operator.EQUAL:
                return told == self.value
            case Operator.UNEQUAL:
                return told != self.value
            case Operator.FITS:
                return compiled(self.value).fits(told)
            case Operator.FITS_NOT:
                return not compiled(self.value).fits(told)

    @property
    def text(self) -> str:
        return f"{self.label}{self.operator}{self.value}"


def matcher_of(text: str) -> Matcher:
    """`team=payments`, `app=~"shop-.*"`. Raises Misread, with the beginning of a sentence that says what is wrong."""
    at = min((place for sign in "=!" if (place := text.find(sign)) > 0), default=0)
    operator = next((each for each in reversed(Operator) if text.startswith(each, at)), None)
    if not at or operator is None:
        raise Misread(mark("is no matcher: write it like team=payments, with =, !=, =~ or !~"))
    label, value = text[:at].strip(), text[at + len(operator) :].strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if not label or len(label) > LONGEST_NAME or any(each.isspace() or not each.isprintable() for each in label):
        raise Misread(mark("has no label that can be read before its {operator}: name one"), operator=operator.value)
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise Misread(mark("has a value that is too long or cannot be read: shorten it to {most}"), most=LONGEST_VALUE)
    if operator in (Operator.FITS, Operator.FITS_NOT):
        compiled(value)
    return Matcher(label, operator, value)


@dataclass(frozen=True, slots=True)
class Route:
    """What it takes, and how a chat is then told. Of several patterns one has to fit, of matchers all.

    `least`: this severity and what is worse. `loud`: of these the first card makes a sound; `topic` is the number of a
    forum topic, 0 for none; `chain` is one of ONCALL_FILE's chains, empty for the default one.
    """

    clusters: tuple[str, ...] = (ANY,)
    namespaces: tuple[str, ...] = (ANY,)
    least: Severity = Severity.NONE
    matchers: tuple[Matcher, ...] = ()
    loud: tuple[Severity, ...] = LOUD
    topic: int = 0
    chain: str = ""

    def takes(self, traits: "Traits") -> bool:
        """All matchers have to fit the labels of one and the same alert."""
        return (
            traits.severity.rank <= self.least.rank
            and self.covers(traits.cluster, traits.namespace)
            and (not self.matchers or any(self._fits(labels) for labels in traits.labels))
        )

    def covers(self, cluster: str, namespace: str) -> bool:
        return any(fits(pattern, cluster) for pattern in self.clusters) and any(
            fits(pattern, namespace) for pattern in self.namespaces
        )

    def _fits(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.takes(labels) for matcher in self.matchers)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time of the day to another, which may lie on the next day."""

    begin: time
    end: time

    def holds(self, at: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    @property
    def text(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def quiet_of(text: str) -> Quiet:
    """`22:00-08:00`. Raises Misread, with the beginning of a sentence."""
    try:
        begin, end = (
            datetime.strptime(each.strip(), "%H:%M").time() for each in text.replace("\N{EN DASH}", "-").split("-")
        )
    except ValueError:
        raise Misread(mark("is no span of the day: write it like 22:00-08:00")) from None
    if begin == end:
        raise Misread(mark("is no span of the day: write it like 22:00-08:00"))
    return Quiet(begin, end)


@dataclass(frozen=True, slots=True)
class ChatRules:
    """All that a chat's admins said of it. `zone` None: that of the settings. `from_file`: ROUTES_FILE says it."""

    routes: tuple[Route, ...] = ()
    quiet: Quiet | None = None
    zone: tzinfo | None = None
    from_file: bool = False

    @property
    def needs_labels(self) -> bool:
        return any(route.matchers for route in self.routes)

    def takes_place(self, cluster: str, namespace: str) -> bool:
        """Whether anything there may be shown, of some severity and labels."""
        return not self.routes or any(route.covers(cluster, namespace) for route in self.routes)


EVERYTHING = ChatRules()
"""Of a chat of which nothing was said."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What routes look at of an incident: `labels` are those of each alert that fires, of all once none does."""

    severity: Severity
    cluster: str
    namespace: str
    labels: Sequence[Mapping[str, str]] = ()


def traits_of(incident: Incident) -> Traits:
    episodes = incident.firing or incident.episodes
    labels = [episode.alert.labels for episode in episodes]
    return Traits(incident.severity, incident.cluster, incident.namespace, labels)


@dataclass(frozen=True, slots=True)
class Directions:
    """Whether a chat is shown an incident, whether its first message there makes a sound, in which topic of a forum,
    and by which chain people are called for it.
    """

    shown: bool
    loud: bool = False
    topic: int = 0
    chain: str = ""


NOT_HERE = Directions(False)


def route_for(rules: ChatRules, traits: Traits) -> Route | None:
    """The first route that takes it; one for everything in a chat without routes."""
    return next((route for route in rules.routes if route.takes(traits)), None) if rules.routes else Route()


def directions(rules: ChatRules, traits: Traits, now: datetime, zone: tzinfo = UTC) -> Directions:
    """`zone` is that of the settings, for a chat without its own. In quiet hours only what is critical is loud."""
    route = route_for(rules, traits)
    if route is None:
        return NOT_HERE
    loud = traits.severity in route.loud
    if loud and rules.quiet and traits.severity is not Severity.CRITICAL:
        loud = not rules.quiet.holds(now.astimezone(rules.zone or zone).time())
    return Directions(True, loud, route.topic, route.chain)


def chain_of(chats: Iterable[ChatRules], traits: Traits) -> str:
    """The chain that the first of the chats names which has one for it; empty for the default one."""
    found = (route_for(rules, traits) for rules in chats)
    return next((route.chain for route in found if route and route.chain), "")


def written(route: Route) -> str:
    """As a button and the database keep it."""
    return msgspec.json.encode(route, order="deterministic").decode()


@lru_cache(maxsize=512)
def read(text: str) -> Route | None:
    """What `written` wrote; None where it is none of it, or has an expression that is none any more."""
    try:
        route: Route = msgspec.json.decode(text, type=Route)
        for matcher in route.matchers:
            matcher.takes({})
    except (msgspec.MsgspecError, Misread):
        return None
    return route

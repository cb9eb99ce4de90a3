"""What was read of the cluster, as the API tells it. Every text in it was masked where it was read."""

from collections.abc import Sequence

from msgspec import Struct

from chatops.core.incidents.values import Incident
from chatops.core.resources import Description, Health, LogText, ObjectRef
from chatops.core.screens.fact_names import fact_name
from chatops.core.shapes.plain import Moment
from chatops.core.texts import Tongue, one_line, showable


class LogTold(Struct, frozen=True):
    """`fell_back`: previous logs were asked for and there are none; `older`: there is more before the first line."""

    pod: ObjectRef
    container: str
    containers: tuple[str, ...]
    previous: bool
    fell_back: bool
    older: bool
    lines: tuple[str, ...]


class Fact(Struct, frozen=True):
    name: str
    value: str


class Condition(Struct, frozen=True):
    """`good`: as it should be."""

    good: bool
    type: str
    reason: str


class EventTold(Struct, frozen=True):
    reason: str
    message: str
    warning: bool
    count: int
    last_at: Moment | None
    about: str


class Described(Struct, frozen=True):
    """`text` is all of it, as kubectl would print it."""

    ref: ObjectRef
    health: Health
    facts: tuple[Fact, ...]
    conditions: tuple[Condition, ...]
    events: tuple[EventTold, ...]
    text: str


def log_told(text: LogText, lines: Sequence[str], incident: Incident) -> LogTold:
    """`lines` are those of the text that are wanted."""
    pods = incident.survey.all_pods if incident.survey else ()
    names = next((tuple(c.name for c in pod.containers) for pod in pods if pod.ref.same_place(text.pod)), ())
    shown = tuple(map(showable, lines))
    return LogTold(
        text.pod, text.container, names or (text.container,), text.previous, text.fell_back, text.older, shown
    )


def described(told: Description, tongue: Tongue) -> Described:
    return Described(
        told.ref,
        told.health,
        tuple(Fact(fact_name(name, tongue), one_line(value, 500)) for name, value in told.facts),
        tuple(Condition(good, one_line(type, 60), one_line(reason, 120)) for good, type, reason in told.conditions),
        tuple(EventTold(e.reason, e.message, e.warning, e.count, e.last_at, e.about) for e in told.events),
        showable(told.full_text),
    )

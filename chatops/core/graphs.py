"""A graph of an alert's expression: what is drawn and in which words, whatever draws it.

It knows neither Prometheus nor a drawing library. Times are UTC, and the graph says so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chatops.core.incidents.values import Incident
from chatops.core.texts import Tongue, mark


class Theme(StrEnum):
    """What a graph is drawn on."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Fired:
    """A span of time in which the alert fired; `until` None while it does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GraphAsk:
    """What is wanted of a picture beside the expression. `title` is the alert's name."""

    title: str = ""
    fired: tuple[Fired, ...] = ()
    language: str = "en"
    theme: Theme = Theme.DARK


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` are unix seconds and values in order of time; None is a gap. `last` is the newest value as text."""

    name: str
    points: tuple[tuple[float, float | None], ...]
    last: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """`threshold` is the number that the alert's expression compares with, by `op`. Every text is already masked."""

    expression: str
    curves: tuple[Curve, ...]
    begin: datetime
    end: datetime
    op: str = ""
    threshold: float | None = None
    left_out: int = 0
    """Series that are further from firing and not among the curves."""


@dataclass(frozen=True, slots=True)
class Words:
    """All that a graph says beside names and numbers."""

    axis: str
    threshold: str
    fired: str
    left_out: str


def span_words(low: str, high: str, last: str, tongue: Tongue) -> str:
    """What a curve's numbers come to."""
    return tongue.plain("min {low} · max {high} · last {last}", low=low, high=high, last=last)


_FIRES: dict[str, str] = {
    ">": mark("fires above {number}"),
    ">=": mark("fires from {number} on"),
    "<": mark("fires below {number}"),
    "<=": mark("fires at {number} and below"),
    "==": mark("fires at {number}"),
    "!=": mark("fires when not {number}"),
}


def words(graph: Graph, number: str, tongue: Tongue) -> Words:
    """`number` is the threshold as text."""
    first, last = (_date(moment, tongue) for moment in (graph.begin, graph.end))
    days = last if first == last else f"{first} – {last}"
    fires = _FIRES.get(graph.op, "")
    return Words(
        axis=tongue.plain("Time in UTC, {days}", days=days),
        threshold=tongue.plain(fires, number=number) if fires else "",
        fired=tongue.plain("fired"),
        left_out=str(tongue.plural("{n} more is not shown", "{n} more are not shown", graph.left_out))
        if graph.left_out
        else "",
    )


def fired_spans(incident: Incident) -> tuple[Fired, ...]:
    """When alerts of the leading one's name fired in this incident: spans that meet are one."""
    lead = incident.lead
    if lead is None:
        return ()
    episodes = sorted((e for e in incident.episodes if e.alert.name == lead.name), key=lambda e: e.starts_at)
    spans: list[Fired] = []
    for episode in episodes:
        before = spans[-1] if spans else None
        if before and (before.until is None or episode.starts_at <= before.until + timedelta(seconds=1)):
            both = (before.until, episode.ends_at)
            until = None if None in both else max(moment for moment in both if moment)
            spans[-1] = Fired(before.since, until)
        else:
            spans.append(Fired(episode.starts_at, episode.ends_at))
    return tuple(spans)


def _date(moment: datetime, tongue: Tongue) -> str:
    # Here, since it is for graphs alone that all of a language's words for dates are read.
    from babel.dates import format_date

    return format_date(moment.astimezone(UTC).date(), "d MMMM", locale=tongue.language)

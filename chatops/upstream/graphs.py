"""An alert's own expression over the past hours: as a picture, and as block characters that every phone can show."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

from chatops.core.failures import Permanent, Reason
from chatops.core.graphs import Curve, Graph, GraphAsk, span_words
from chatops.core.plain import safe_text
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import ObjectRef
from chatops.core.texts import tongue
from chatops.upstream import drawing
from chatops.upstream.numbers import number, short
from chatops.upstream.prometheus import Prometheus, Series

SPAN = timedelta(hours=6)
STEP = timedelta(minutes=10)
"""Of block characters 36 fit the width of a phone."""
FINE_STEP = timedelta(minutes=2)
"""Of a picture's points."""

MOST_SERIES = 5
_LONGEST_EXPRESSION = 8_000
_BLOCKS = "▁▂▃▄▅▆▇█"
_GAP = "·"

_THRESHOLD = re.compile(r"(?s)^(?P<measured>.*\S)\s*(?P<op>==|!=|>=|<=|>|<)\s*(?P<number>-?[\d.]+(?:e[+-]?\d+)?)\s*$")
_SETS = re.compile(r"(?i)\b(?:and|or|unless|bool)\b")


def expression_of(generator_url: str) -> str:
    """The expression in the `g0.expr` of an alert's generatorURL; empty where there is none."""
    try:
        found = parse_qs(urlsplit(generator_url).query).get("g0.expr", [""])[0].strip()
    except ValueError:
        return ""
    return found if len(found) <= _LONGEST_EXPRESSION else ""


def without_threshold(expression: str) -> tuple[str, str]:
    """`rate(x[5m]) > 0.5` -> (`rate(x[5m])`, `> 0.5`): compared, it would show nothing while all was well.

    Only a comparison with a number at the very end, and only where no set operator binds what is before it.
    """
    found = _THRESHOLD.match(expression)
    if not found or _SETS.search(expression) or not _balanced(found["measured"]):
        return expression, ""
    return found["measured"], f"{found['op']} {found['number']}"


def metric_graph(
    prometheus: Prometheus, ref: ObjectRef, generator_url: str, now: datetime, ask: GraphAsk | None = None
) -> Report:
    """With a picture where one is asked for and can be drawn.

    Raises Permanent(NOT_FOUND) for an alert that names no expression.
    """
    expression = expression_of(generator_url)
    if not expression:
        raise Permanent(Reason.NOT_FOUND, "the alert names no expression")
    measured, threshold = without_threshold(expression)
    below = threshold.startswith("<")
    drawn = [s for s in prometheus.query_range(measured, now - SPAN, now, FINE_STEP if ask else STEP) if _numbers(s)]
    drawn.sort(key=lambda series: _numbers(series)[-1], reverse=not below)
    shown = drawn[:MOST_SERIES]
    notes = [Note("past_hours", str(int(SPAN.total_seconds() // 3600)))]
    if threshold:
        notes.append(Note("fires_when", threshold))
    if not drawn:
        notes.append(Note("no_series"))
    if len(drawn) > len(shown):
        code = "series_left_out_higher" if below else "series_left_out"
        notes.append(Note(code, str(len(drawn) - len(shown))))
    names = _names(shown)
    graph = _graph(measured, threshold, drawn, now)
    return Report(
        "metric_graph",
        ref,
        facts=(("expr", safe_text(measured)),),
        sections=tuple(
            Section(name, _lines(series, now, ask.language if ask else "en"))
            for name, series in zip(names, shown, strict=True)
        ),
        notes=tuple(notes),
        picture=drawing.png(graph, ask) if ask else b"",
    )


def _graph(measured: str, threshold: str, drawn: Sequence[Series], now: datetime) -> Graph:
    shown = drawn[: drawing.MOST_CURVES]
    op, _, limit = threshold.partition(" ")
    return Graph(
        expression=safe_text(measured),
        curves=tuple(
            Curve(name, tuple(_points(series)), short(_numbers(series)[-1]))
            for name, series in zip(_names(shown), shown, strict=True)
        ),
        begin=now - SPAN,
        end=now,
        op=op,
        threshold=number(limit),
        left_out=len(drawn) - len(shown),
    )


def _points(series: Series) -> Iterator[tuple[float, float | None]]:
    """Prometheus leaves out the moments without a value: between two that are far apart is a gap."""
    values = [(moment, number(text)) for moment, text in series.values]
    apart = FINE_STEP.total_seconds() * 1.5
    for (moment, value), (following, _) in pairwise(values):
        yield moment, value
        if following - moment > apart:
            yield moment + 1, None
    yield from values[-1:]


def sparkline(series: Series, now: datetime) -> str:
    """One character a step; `·` where there was no value."""
    numbers = _numbers(series)
    low, high = min(numbers), max(numbers)
    steps = int(SPAN / STEP)
    places = [_GAP] * (steps + 1)
    begin = (now - SPAN).timestamp()
    for moment, text in series.values:
        value, place = number(text), round((moment - begin) / STEP.total_seconds())
        if value is not None and 0 <= place <= steps:
            level = (value - low) / (high - low) if high > low else 0.0
            places[place] = _BLOCKS[round(level * (len(_BLOCKS) - 1))]
    return "".join(places)


def _lines(series: Series, now: datetime, language: str) -> tuple[Line, ...]:
    numbers = _numbers(series)
    told = span_words(short(min(numbers)), short(max(numbers)), short(numbers[-1]), tongue(language))
    return Line(sparkline(series, now)), Line(told)


def _names(shown: Sequence[Series]) -> list[str]:
    """By the labels in which they differ; a single one by what it measures."""
    common = set(shown[0].metric.items()) if shown else set()
    for series in shown[1:]:
        common &= set(series.metric.items())
    names = []
    for series in shown:
        own = [f"{name}={value}" for name, value in sorted(series.metric.items()) if (name, value) not in common]
        names.append(safe_text(", ".join(own)) or safe_text(series.metric.get("__name__", "")) or "value")
    return names


def _numbers(series: Series) -> list[float]:
    return [value for _, text in series.values if (value := number(text)) is not None]


def _balanced(expression: str) -> bool:
    """Whether every bracket is closed: a comparison inside of one is not the whole expression's."""
    depth = 0
    for letter in expression:
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            return False
    return depth == 0

"""An alert's own expression over the past hours, as lines of block characters: a graph that every phone can show."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from chatops.core.failures import Permanent, Reason
from chatops.core.plain import safe_text
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import ObjectRef
from chatops.upstream.prometheus import Prometheus, Series

SPAN = timedelta(hours=6)
STEP = timedelta(minutes=10)
"""36 points fit the width of a phone."""

MOST_SERIES = 5
_LONGEST_EXPRESSION = 8_000
_BLOCKS = "▁▂▃▄▅▆▇█"
_GAP = "·"

_THRESHOLD = re.compile(r"(?s)^(?P<measured>.*\S)\s*(?P<op>==|!=|>=|<=|>|<)\s*(?P<number>-?[\d.]+(?:e[+-]?\d+)?)\s*$")
_SETS = re.compile(r"(?i)\b(?:and|or|unless|bool)\b")
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


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


def metric_graph(prometheus: Prometheus, ref: ObjectRef, generator_url: str, now: datetime) -> Report:
    """Raises Permanent(NOT_FOUND) for an alert that names no expression."""
    expression = expression_of(generator_url)
    if not expression:
        raise Permanent(Reason.NOT_FOUND, "the alert names no expression")
    measured, threshold = without_threshold(expression)
    drawn = [s for s in prometheus.query_range(measured, now - SPAN, now, STEP) if _numbers(s)]
    drawn.sort(key=lambda series: -_numbers(series)[-1])
    shown = drawn[:MOST_SERIES]
    notes = [Note("past_hours", str(int(SPAN.total_seconds() // 3600)))]
    if threshold:
        notes.append(Note("fires_when", threshold))
    if not drawn:
        notes.append(Note("no_series"))
    if len(drawn) > len(shown):
        notes.append(Note("series_left_out", str(len(drawn) - len(shown))))
    names = _names(shown)
    return Report(
        "metric_graph",
        ref,
        facts=(("expr", safe_text(measured)),),
        sections=tuple(Section(name, _lines(series, now)) for name, series in zip(names, shown, strict=True)),
        notes=tuple(notes),
    )


def sparkline(series: Series, now: datetime) -> str:
    """One character a step; `·` where there was no value."""
    numbers = _numbers(series)
    low, high = min(numbers), max(numbers)
    steps = int(SPAN / STEP)
    places = [_GAP] * (steps + 1)
    begin = (now - SPAN).timestamp()
    for moment, text in series.values:
        number, place = _number(text), round((moment - begin) / STEP.total_seconds())
        if number is not None and 0 <= place <= steps:
            level = (number - low) / (high - low) if high > low else 0.0
            places[place] = _BLOCKS[round(level * (len(_BLOCKS) - 1))]
    return "".join(places)


def _lines(series: Series, now: datetime) -> tuple[Line, ...]:
    numbers = _numbers(series)
    told = f"min {_short(min(numbers))} · max {_short(max(numbers))} · last {_short(numbers[-1])}"
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
    return [number for _, text in series.values if (number := _number(text)) is not None]


def _number(text: str) -> float | None:
    """None for what cannot be drawn: NaN and the infinities, or no number at all."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _short(number: float) -> str:
    for size, prefix in _PREFIXES:
        if abs(number) >= size:
            return f"{number / size:.3g}{prefix}"
    return f"{number:.3g}"


def _balanced(expression: str) -> bool:
    """Whether every bracket is closed: a comparison inside of one is not the whole expression's."""
    depth = 0
    for letter in expression:
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            return False
    return depth == 0

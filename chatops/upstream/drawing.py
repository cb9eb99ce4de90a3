"""A graph as a PNG for a phone. The only place that knows matplotlib, which is loaded when the first one is drawn.

Drawn one at a time: what a picture takes in memory is taken once. Raises nothing: where it cannot be drawn there is
no picture, and whoever asked has the block characters.
"""

import io
import math
import threading
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chatops.core.graphs import Curve, Graph, GraphAsk, Theme, Words, words
from chatops.core.texts import one_line, tongue
from chatops.upstream.numbers import bounded, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CURVES = 10
WAIT_SECONDS = 10.0
"""For the picture that is being drawn; past that there is something wrong with it, and this one is not drawn."""

_WIDTH, _HEIGHT, _DPI = 1280, 720, 160
_LEGEND_ROW = 38
_LONGEST_NAME = 44
_TICKS = 5

_turn = threading.Lock()


class _Paint(NamedTuple):
    ground: str
    ink: str
    faint: str
    alarm: str
    curves: Sequence[str]


# Told apart by people who do not see red and green as different, too (after Okabe and Ito), on either ground.
_PAINTS = {
    Theme.DARK: _Paint(
        "#17212b",
        "#f1f5f9",
        "#3b4a59",
        "#ff6b6b",
        ("#56b4e9", "#f0e442", "#3ddc97", "#e69f00", "#cc79a7", "#9aa7ff", "#ffffff", "#d2b48c", "#00d5d5", "#a0a0a0"),
    ),
    Theme.LIGHT: _Paint(
        "#ffffff",
        "#17212b",
        "#d5dbe1",
        "#d62828",
        ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#8a6d00", "#332288", "#17212b", "#8c564b", "#007f99", "#7f7f7f"),
    ),
}


def png(graph: Graph, ask: GraphAsk) -> bytes:
    """Empty where there is nothing to draw, or it cannot be."""
    if not any(value is not None for curve in graph.curves for _, value in curve.points):
        return b""
    if not _turn.acquire(timeout=WAIT_SECONDS):
        return b""
    try:
        with warnings.catch_warnings():
            # A letter that the font lacks is a box, and no news.
            warnings.simplefilter("ignore")
            return _drawn(graph, ask)
    except Exception:
        # Whatever a drawing library stumbles over: the numbers are shown without it.
        return b""
    finally:
        _turn.release()


def _drawn(graph: Graph, ask: GraphAsk) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # A dollar sign in a label is no formula.
    matplotlib.rcParams["text.parse_math"] = False
    paint = _PAINTS[ask.theme]
    curves = graph.curves[:MOST_CURVES]
    said = words(graph, short(graph.threshold or 0.0), tongue(ask.language))
    fired = [(since, until) for since, until in _within(graph, ask)]
    entries = len(curves) + bool(graph.threshold is not None and said.threshold) + bool(fired)
    columns = 1 if max((len(curve.name) for curve in curves), default=0) > _LONGEST_NAME // 2 else 2
    rows = math.ceil(entries / columns) + bool(said.left_out)
    height = _HEIGHT + max(0, rows - 2) * _LEGEND_ROW
    figure = Figure(figsize=(_WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=paint.ground)
    FigureCanvasAgg(figure)
    below = (78 + rows * _LEGEND_ROW + 24) / height
    axes = figure.add_axes((0.115, below, 0.86, 1 - below - 112 / height), facecolor=paint.ground)
    _plot(axes, graph, curves, paint)
    for since, until in fired:
        axes.axvspan(since.timestamp(), until.timestamp(), color=paint.alarm, alpha=0.16, lw=0)
    if graph.threshold is not None and said.threshold:
        axes.axhline(bounded(graph.threshold), color=paint.alarm, lw=2, ls=(0, (5, 3)))
    _axes(axes, graph, said, paint)
    _titles(figure, graph, ask, height, paint)
    _legend(figure, curves, said, bool(fired), graph.threshold is not None, columns, paint)
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor=paint.ground)
    return file.getvalue()


def _plot(axes: "Axes", graph: Graph, curves: Sequence[Curve], paint: _Paint) -> None:
    """A gap is a gap; a value that stands alone between two of them is a dot."""
    for number, (curve, colour) in enumerate(zip(curves, paint.curves, strict=False)):
        moments = [moment for moment, _ in curve.points]
        values = [math.nan if value is None else bounded(value) for _, value in curve.points]
        order = len(curves) - number + 2
        axes.plot(moments, values, color=colour, lw=2.4, solid_joinstyle="round", zorder=order)
        alone = [
            place
            for place, value in enumerate(values)
            if not math.isnan(value)
            and (place == 0 or math.isnan(values[place - 1]))
            and (place == len(values) - 1 or math.isnan(values[place + 1]))
        ]
        if alone:
            dots = [moments[place] for place in alone], [values[place] for place in alone]
            axes.plot(*dots, color=colour, lw=0, marker="o", ms=4, zorder=order)


def _axes(axes: "Axes", graph: Graph, said: Words, paint: _Paint) -> None:
    begin, end = graph.begin.timestamp(), graph.end.timestamp()
    axes.set_xlim(begin, end)
    hours = _hours(graph.begin, graph.end)
    axes.set_xticks([moment.timestamp() for moment in hours], [f"{moment:%H:%M}" for moment in hours])
    low, high = _limits(graph)
    axes.set_ylim(low, high)
    ticks = _round_steps(low, high)
    axes.set_yticks(ticks, _labels(ticks))
    axes.set_xlabel(said.axis, color=paint.ink, fontsize=11, labelpad=4)
    axes.grid(color=paint.faint, lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=paint.ink, labelsize=12, length=0, pad=6)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _titles(figure: "Figure", graph: Graph, ask: GraphAsk, height: int, paint: _Paint) -> None:
    title = one_line(ask.title, 60)
    figure.text(0.025, 1 - 50 / height, title, color=paint.ink, fontsize=16, fontweight="bold")
    figure.text(0.025, 1 - 90 / height, one_line(graph.expression, 92), color=paint.ink, alpha=0.75, fontsize=10)


def _legend(
    figure: "Figure",
    curves: Sequence[Curve],
    said: Words,
    fired: bool,
    threshold: bool,
    columns: int,
    paint: _Paint,
) -> None:
    from matplotlib.artist import Artist
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[tuple[Artist, str]] = [
        (Line2D([], [], color=colour, lw=4), f"{one_line(curve.name, _LONGEST_NAME)}: {curve.last}")
        for curve, colour in zip(curves, paint.curves, strict=False)
    ]
    if threshold and said.threshold:
        entries.append((Line2D([], [], color=paint.alarm, lw=2, ls=(0, (3, 2))), said.threshold))
    if fired:
        entries.append((Patch(color=paint.alarm, alpha=0.3, lw=0), said.fired))
    if said.left_out:
        entries.append((Line2D([], [], lw=0), said.left_out))
    figure.legend(
        [artist for artist, _ in entries],
        [text for _, text in entries],
        loc="lower left",
        bbox_to_anchor=(0.015, 0.01),
        ncols=columns,
        frameon=False,
        labelcolor=paint.ink,
        fontsize=12,
        borderpad=0.2,
        labelspacing=0.35,
        columnspacing=1.4,
        handlelength=1.4,
    )


def _within(graph: Graph, ask: GraphAsk) -> list[tuple[datetime, datetime]]:
    """The spans in which it fired, as far as the graph shows them."""
    spans = [(max(each.since, graph.begin), min(each.until or graph.end, graph.end)) for each in ask.fired]
    return [(since, until) for since, until in spans if since < until]


def _limits(graph: Graph) -> tuple[float, float]:
    """A tenth more than what is drawn either way, from zero where that is near."""
    shown = [bounded(value) for curve in graph.curves for _, value in curve.points if value is not None]
    if graph.threshold is not None:
        shown.append(bounded(graph.threshold))
    low, high = min(shown), max(shown)
    # What differs in its fifth digit only is as good as even, and numbers that tell it apart would not fit.
    room = max((high - low) / 10, abs(high) / 2_000, abs(low) / 2_000) or 1.0
    # From zero up, a line at zero is still seen.
    return (-room / 3 if 0 <= low <= (high - low) else low - room), high + room


def _round_steps(low: float, high: float) -> list[float]:
    """Some five round numbers between the two."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(each for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, first + _TICKS + 2) if number * step <= high]


def _labels(ticks: Sequence[float]) -> list[str]:
    """As short as tells them apart."""
    texts: list[str] = []
    for digits in range(3, 12):
        texts = [short(tick, digits) for tick in ticks]
        if len(set(texts)) == len(texts):
            break
    return texts


def _hours(begin: datetime, end: datetime) -> list[datetime]:
    first = begin.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    every: Callable[[int], datetime] = lambda number: first + timedelta(hours=number)  # noqa: E731  # one line of sense
    count = int((end - begin) / timedelta(hours=1)) + 2
    return [moment for moment in map(every, range(count)) if begin <= moment <= end]

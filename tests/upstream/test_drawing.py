"""Graphs as pictures: what is drawn can be looked at, whatever the numbers and names are."""

import io
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from chatops.core.graphs import Curve, Fired, Graph, GraphAsk, Theme, words
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from chatops.core.texts import tongue
from chatops.sandbox.prometheus import PrometheusServer
from chatops.upstream import UpstreamDoor, drawing
from chatops.upstream.graphs import FINE_STEP
from chatops.upstream.numbers import short

END = datetime(2026, 11, 26, 2, 17, tzinfo=UTC)
BEGIN = END - timedelta(hours=6)
MOMENTS = [BEGIN.timestamp() + step * 120 for step in range(181)]
RED = (255, 107, 107)


def curve(name: str, *values: float | None) -> Curve:
    """The values one after the other, over and over."""
    return Curve(name, tuple((moment, values[place % len(values)]) for place, moment in enumerate(MOMENTS)), "1")


def graph(*curves: Curve, op: str = ">", threshold: float | None = 5.0, left_out: int = 0) -> Graph:
    return Graph("rate(x[5m])", curves, BEGIN, END, op, threshold, left_out)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def pixels(png: bytes) -> dict[tuple[int, int, int], int]:
    """How often each colour occurs."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    return {colour: count for count, colour in image.getcolors(1 << 24)}


def test_a_picture_has_the_size_of_a_phone_and_the_ground_of_its_theme() -> None:
    for theme, ground in ((Theme.DARK, (0x17, 0x21, 0x2B)), (Theme.LIGHT, (255, 255, 255))):
        drawn = drawing.png(graph(curve("a", 1.0, 2.0)), GraphAsk("Alert", theme=theme))
        assert size_of(drawn) == (1280, 720)
        counted = pixels(drawn)
        assert max(counted, key=lambda colour: counted[colour]) == ground


@pytest.mark.parametrize(
    "curves",
    [
        (curve("one", 0.0),),
        (curve("even and large", 1_000_000.1, 1_000_000.1001),),
        (curve("huge", 1.7e308, -1.7e308), curve("tiny", 1e-300)),
        (curve("gaps", None, None, 3.0),),
        (curve("$\\nosuch{1$ 日本 \U0001f600 {}", 1.0), curve("_hidden", 2.0), curve("", 3.0)),
        tuple(curve(f"pod=payments-worker-{n}, container=a-long-name-of-one", float(n)) for n in range(10)),
    ],
    ids=["one", "even", "huge", "gaps", "names", "many"],
)
@pytest.mark.parametrize("theme", list(Theme))
def test_whatever_the_numbers_and_names_are_it_is_drawn(curves: tuple[Curve, ...], theme: Theme) -> None:
    fired = (Fired(BEGIN - timedelta(days=1), BEGIN + timedelta(hours=1)), Fired(END - timedelta(hours=1)))
    drawn = drawing.png(graph(*curves, left_out=3), GraphAsk("Alert $x$", fired, "ru", theme))
    width, height = size_of(drawn)
    assert width == 1280
    assert 720 <= height <= 1_300
    assert len(drawn) < 1_000_000


def test_the_threshold_and_the_time_of_firing_are_marked() -> None:
    plain = pixels(drawing.png(graph(curve("a", 1.0), op="", threshold=None), GraphAsk("Alert")))
    limited = pixels(drawing.png(graph(curve("a", 1.0)), GraphAsk("Alert")))
    assert plain.get(RED, 0) == 0
    assert limited.get(RED, 0) > 200
    fired = GraphAsk("Alert", (Fired(END - timedelta(hours=3)),))
    marked = pixels(drawing.png(graph(curve("a", 1.0), op="", threshold=None), fired))
    news = {colour: count for colour, count in marked.items() if colour not in plain}
    assert max(news.values()) > 50_000


def test_nothing_is_drawn_of_nothing_and_a_failure_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawing.png(graph(), GraphAsk()) == b""
    assert drawing.png(graph(curve("a", None)), GraphAsk()) == b""

    def broken(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(drawing, "_drawn", broken)
    assert drawing.png(graph(curve("a", 1.0)), GraphAsk()) == b""


def test_a_picture_that_hangs_keeps_no_other_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 0.01)
    with drawing._turn:
        assert drawing.png(graph(curve("a", 1.0)), GraphAsk()) == b""
    assert drawing.png(graph(curve("a", 1.0)), GraphAsk())


def test_the_words_are_those_of_the_language_and_name_the_zone() -> None:
    english = words(graph(), "5", tongue("en"))
    assert (english.axis, english.threshold) == ("Time in UTC, 25 November – 26 November", "fires above 5")
    assert "26 ноября" in words(graph(), "5", tongue("ru")).axis
    assert words(graph(op=""), "5", tongue("en")).threshold == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (999_999.0, "1M"), (1_500.0, "1.5k"), (-3e9, "-3G"), (1e20, "1e+20"), (0.123456, "0.123")],
)
def test_numbers_are_short(number: float, text: str) -> None:
    assert short(number) == text


def test_nothing_is_loaded_before_the_first_picture() -> None:
    asked = "import chatops.upstream, chatops.upstream.graphs, sys; print('matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


# From Prometheus to the picture


def read(prometheus: PrometheusServer, expression: str) -> Report:
    url = f"http://prom.example/graph?g0.expr={quote(expression)}"
    return UpstreamDoor([], prometheus.url).graph(ObjectRef("", ""), url, GraphAsk("Alert"), END)


def drawn_of(monkeypatch: pytest.MonkeyPatch) -> list[Graph]:
    seen: list[Graph] = []
    monkeypatch.setattr(drawing, "_drawn", lambda graph, _ask: seen.append(graph) or b"png")
    return seen


def test_the_report_has_both_the_picture_and_the_characters(prometheus: PrometheusServer) -> None:
    prometheus.series["up"] = [({"job": "a"}, lambda at: at % 7)]
    report = read(prometheus, "up == 0")
    assert size_of(report.picture) == (1280, 720)
    (section,) = report.sections
    assert len(section.lines[0].text) == 37
    assert "png" not in repr(report).lower()


def test_no_data_is_no_picture(prometheus: PrometheusServer) -> None:
    report = read(prometheus, "up == 0")
    assert (report.picture, [note.code for note in report.notes][-1]) == (b"", "no_series")


def test_ten_curves_at_most_those_next_to_firing(prometheus: PrometheusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn_of(monkeypatch)
    prometheus.series["x"] = [({"pod": f"p{n}"}, lambda _, n=n: float(n)) for n in range(14)]
    for expression, first in (("x > 3", "pod=p13"), ("x < 3", "pod=p0")):
        report = read(prometheus, expression)
        assert report.picture == b"png"
        drawn = seen.pop()
        assert (len(drawn.curves), drawn.left_out, drawn.curves[0].name) == (10, 4, first)
        assert (drawn.op, drawn.threshold) == (expression.split()[1], 3.0)


def test_moments_that_prometheus_leaves_out_are_a_gap(
    prometheus: PrometheusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = drawn_of(monkeypatch)

    def points(at: float) -> float | None:
        place = round((at - BEGIN.timestamp()) / FINE_STEP.total_seconds())
        return None if 10 <= place < 20 else float("inf") if place == 30 else 1.0

    prometheus.series["x"] = [({}, points)]
    read(prometheus, "x")
    values = [value for _, value in seen[0].curves[0].points]
    assert values.count(None) == 2
    assert len(values) == 181 - 10 + 1


def test_secrets_in_names_are_masked_on_the_picture(
    prometheus: PrometheusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = drawn_of(monkeypatch)
    prometheus.series["x"] = [({"a": "password=hunter2hunter2"}, lambda _: 1.0), ({"a": "b"}, lambda _: 2.0)]
    read(prometheus, "x")
    assert "hunter2" not in str(seen)

"""The alert's own expression over time: only the expression is taken from its address, and every number can be odd."""

from datetime import UTC, datetime

import pytest

from chatops.core.failures import Failure, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.prometheus import PrometheusServer
from chatops.upstream import UpstreamDoor
from chatops.upstream.graphs import expression_of, without_threshold

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BEGIN = NOW.timestamp() - 6 * 3600
NOTHING = ObjectRef("", "")
GENERATOR = "http://prom.example:9090/graph?g0.expr=rate%28x%5B5m%5D%29+%3E+0.5&g0.tab=1"


@pytest.mark.parametrize(
    ("url", "expression"),
    [
        (GENERATOR, "rate(x[5m]) > 0.5"),
        ("http://p/graph?g1.expr=b&g0.expr=a", "a"),
        ("http://p/alerting/list", ""),
        ("", ""),
        ("not an address [", ""),
        ("http://[::1/graph?g0.expr=a", ""),
        ("http://p/graph?g0.expr=" + "x" * 9_000, ""),
    ],
)
def test_the_expression_is_read_from_the_address(url: str, expression: str) -> None:
    assert expression_of(url) == expression


@pytest.mark.parametrize(
    ("expression", "measured", "threshold"),
    [
        ("rate(x[5m]) > 0.5", "rate(x[5m])", "> 0.5"),
        ("up == 0", "up", "== 0"),
        ("x\n  >= -1.5e+3\n", "x", ">= -1.5e+3"),
        ('x{a="b > 1"} < 2', 'x{a="b > 1"}', "< 2"),
        ("a > 1 and b > 2", "a > 1 and b > 2", ""),
        ("(a > 1)", "(a > 1)", ""),
        ("a > bool 1", "a > bool 1", ""),
        ("a > b", "a > b", ""),
        ("absent(up)", "absent(up)", ""),
    ],
)
def test_a_threshold_is_taken_off_so_that_calm_shows_too(expression: str, measured: str, threshold: str) -> None:
    assert without_threshold(expression) == (measured, threshold)


def graph(prometheus: PrometheusServer, url: str = GENERATOR) -> object:
    return UpstreamDoor([], prometheus.url).report("metric_graph", NOTHING, url, NOW)


def test_a_series_is_a_line_with_its_numbers(prometheus: PrometheusServer) -> None:
    prometheus.series["rate(x[5m])"] = [({"pod": "checkout-1", "job": "x"}, lambda at: (at - BEGIN) / 3600)]
    report = graph(prometheus)
    assert prometheus.asked == ["rate(x[5m])"]
    (section,) = report.sections
    spark, numbers = (line.text for line in section.lines)
    assert (spark[0], spark[-1], len(spark)) == ("▁", "█", 37)
    assert numbers == "min 0 · max 6 · last 6"
    assert [(note.code, note.detail) for note in report.notes] == [("past_hours", "6"), ("fires_when", "> 0.5")]
    assert report.facts == (("expr", "rate(x[5m])"),)


def test_gaps_and_numbers_that_cannot_be_drawn(prometheus: PrometheusServer) -> None:
    def points(at: float) -> float | None:
        place = round((at - BEGIN) / 600)
        return None if place < 10 else float("nan") if place < 20 else 3e9

    prometheus.series["rate(x[5m])"] = [({}, points), ({"a": "never"}, lambda _: float("inf"))]
    (section,) = graph(prometheus).sections
    assert section.lines[0].text == "·" * 20 + "▁" * 17
    assert section.lines[1].text == "min 3G · max 3G · last 3G"
    assert section.title == "value"


def test_five_series_at_most_the_highest_by_the_labels_that_differ(prometheus: PrometheusServer) -> None:
    prometheus.series["rate(x[5m])"] = [
        ({"pod": f"p{number}", "job": "x"}, lambda _, number=number: float(number)) for number in range(8)
    ]
    report = graph(prometheus)
    assert [section.title for section in report.sections] == ["pod=p7", "pod=p6", "pod=p5", "pod=p4", "pod=p3"]
    assert ("series_left_out", "3") in [(note.code, note.detail) for note in report.notes]


def test_no_series_is_said(prometheus: PrometheusServer) -> None:
    assert "no_series" in [note.code for note in graph(prometheus).notes]


def test_an_expression_that_prometheus_cannot_read(prometheus: PrometheusServer) -> None:
    prometheus.broken["rate(x[5m])"] = "1:3: parse error: unexpected end of input"
    with pytest.raises(Failure) as raised:
        graph(prometheus)
    assert raised.value.reason is Reason.REFUSED
    assert "parse error" in raised.value.detail


def test_an_alert_without_expression(prometheus: PrometheusServer) -> None:
    with pytest.raises(Failure) as raised:
        graph(prometheus, "http://elsewhere.example/alert")
    assert raised.value.reason is Reason.NOT_FOUND
    assert prometheus.asked == []


def test_secrets_in_labels_are_masked(prometheus: PrometheusServer) -> None:
    secret = "password=hunter2hunter2"
    prometheus.series["rate(x[5m])"] = [({"a": secret}, lambda _: 1.0), ({"a": "b"}, lambda _: 2.0)]
    assert "hunter2" not in str(graph(prometheus))

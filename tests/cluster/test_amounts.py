"""Quantities and ages: numbers where they are some, and kubectl's short forms."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.cluster.ages import age, ago, between, length
from chatops.cluster.amounts import amount, bar, bytes_text, count_text, gibibytes, percent
from chatops.sandbox.kubeapi.durations import human
from chatops.sandbox.kubeapi.quantities import quantity

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", "0.5"),
        ("4", "4"),
        (4, "4"),
        (0.5, "0.5"),
        ("1e3", "1000"),
        ("20Gi", str(20 * 2**30)),
        ("12k", "12000"),
        ("3E", "3000000000000000000"),
    ],
)
def test_a_quantity_is_a_number(text: str | int | float, number: str) -> None:
    assert amount(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "Gi", "x", "NaN", "Infinity", "-Infinity", "1e999999", "1e999999E", None, "5 Gi!"]
)
def test_what_is_no_quantity_is_none(text: str | None) -> None:
    assert amount(text) is None


@given(st.text(max_size=30))
def test_hostile_text_is_never_an_error(text: str) -> None:
    value = amount(text)
    assert value is None or value.is_finite()


@given(st.integers(0, 10**12), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi"]))
def test_the_stand_in_reads_the_same(number: int, suffix: str) -> None:
    value = amount(f"{number}{suffix}")
    assert value is not None
    assert float(value) == pytest.approx(quantity(f"{number}{suffix}"))


def test_a_share_is_full_only_when_it_is() -> None:
    assert percent(Decimal("3.999"), Decimal(4)) == 99
    assert percent(Decimal(5), Decimal(4)) == 125
    assert percent(Decimal(0), Decimal(0)) == 100
    assert percent(None, Decimal(4)) is None
    assert bar(0) == "▱▱▱▱▱▱▱▱▱▱ 0%"
    assert bar(95) == "▰▰▰▰▰▰▰▰▰▱ 95%"
    assert bar(250) == "▰▰▰▰▰▰▰▰▰▰ 250%"


def test_sizes_in_few_characters() -> None:
    sizes = [512, 2**20, 20 * 2**30, 18_576_000_000]
    assert [bytes_text(size) for size in sizes] == ["512", "1Mi", "20Gi", "17.3Gi"]
    assert [count_text(Decimal(text)) for text in ("3", "1.1", "0.25")] == ["3", "1100m", "250m"]


@given(st.integers(0, 20 * 365 * 86_400))
def test_lengths_are_those_of_kubectl(seconds: int) -> None:
    assert length(timedelta(seconds=seconds)) == human(seconds)


def test_moments_before_and_after() -> None:
    assert (age(NOW - timedelta(minutes=12), NOW), age(None, NOW)) == ("12m", "")
    assert ago(NOW - timedelta(minutes=12), NOW) == "12m ago"
    assert ago(NOW + timedelta(days=9), NOW) == "in 9d"
    assert ago(None, NOW) == ""
    assert age(NOW + timedelta(minutes=1), NOW) == "0s", "another clock may run ahead"
    assert (between(NOW, NOW + timedelta(seconds=72)), between(None, NOW)) == ("72s", "")


@pytest.mark.parametrize(
    ("size", "result"), [("10Gi", "15Gi"), ("1Gi", "2Gi"), ("512Mi", "1Gi"), ("3Gi", "5Gi"), ("0", "1Gi")]
)
def test_half_as_much_again_in_whole_gibibytes(size: str, result: str) -> None:
    assert gibibytes(amount(size) or Decimal(0), Decimal("1.5")) == result

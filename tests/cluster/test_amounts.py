"""Quantities: what they mean, and how they grow."""

from decimal import Decimal

import pytest

from chatops.cluster.amounts import amount, gibibytes, grown


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", "4"),
        ("500m", "0.5"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("1Ki", "1024"),
        ("1.5Gi", str(3 * 2**29)),
        ("2e3", "2000"),
        ("12E2", "1200"),
        ("1E", str(10**18)),
        (3, "3"),
        ("-1", None),
        ("", None),
        ("many", None),
        ("1Xi", None),
        ("1e999999999", None),
        ("9" * 5000, None),
    ],
)
def test_what_a_quantity_means(text: str | int, number: str | None) -> None:
    assert amount(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "result"),
    [("4", "5"), ("10Gi", "13Gi"), ("500m", "625m"), ("1", "2"), ("0", "1"), ("1.5", "2"), ("2e3", "2500"), ("x", "")],
)
def test_a_quarter_more_in_its_own_unit(text: str, result: str) -> None:
    assert grown(text, Decimal("1.25")) == result


@pytest.mark.parametrize(
    ("size", "result"), [("10Gi", "15Gi"), ("1Gi", "2Gi"), ("512Mi", "1Gi"), ("3Gi", "5Gi"), ("0", "1Gi")]
)
def test_half_as_much_again_in_whole_gibibytes(size: str, result: str) -> None:
    assert gibibytes(amount(size) or Decimal(0), Decimal("1.5")) == result

"""Quantities: read as Kubernetes reads them, written as it writes them, grown to what a person would write."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.quantities import GROWTH, amount, amount_in, compare, grow, grow_whole, parse, written
from chatops.sandbox.kubeapi.quantities import quantity

SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

numbers = st.one_of(
    st.integers(1, 10**6).map(str),
    st.decimals("0.001", "9999.999", allow_nan=False, places=3).map(str),
)
quantities = st.builds(lambda number, suffix: number + suffix, numbers, st.sampled_from(SUFFIXES))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1", 1),
        ("250m", Fraction(1, 4)),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("100n", Fraction(1, 10**7)),
        ("1k", 1000),
        ("1Ki", 1024),
        ("1.5Gi", 3 * 2**29),
        ("1E", 10**18),
        ("1Ei", 2**60),
        ("1E3", 1000),
        ("1e3", 1000),
        ("12e-3", Fraction(12, 1000)),
        ("+1", 1),
        ("-1Mi", -(2**20)),
    ],
)
def test_what_kubernetes_reads(text: str, value: Fraction) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1 Gi", "Gi", "1gi", "1K", "1KI", "1e", "1e3Gi", "1.2.3", "--1", "1_000", "0x10"),
        *("∞", "NaN", "1e999999999", "٣", "1\n", "9" * 41),
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        parse(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("512Mi", "768Mi"),
        ("250m", "375m"),
        ("1", "1500m"),
        ("2", "3"),
        ("0.5", "750m"),
        ("1Gi", "1536Mi"),
        ("2Gi", "3Gi"),
        ("1.5Gi", "2304Mi"),
        ("0.1Gi", "154Mi"),
        ("333Mi", "500Mi"),
        ("3Gi", "4608Mi"),
        ("101Gi", "152Gi"),
        ("333m", "500m"),
        ("1m", "2m"),
        ("1G", "1500M"),
        ("129e6", "193500k"),
        ("1073741824", "1610612736"),
        ("1073741825", "1610612738"),
    ],
)
def test_half_as_much_again(before: str, after: str) -> None:
    assert grow(before) == after


def test_another_factor() -> None:
    assert (grow("512Mi", Fraction(4)), grow("250m", Fraction(4))) == ("2Gi", "1")


@settings(deadline=None)
@given(quantities)
def test_what_grows_is_more(text: str) -> None:
    grown = grow(text)
    assert compare(grown, text) > 0
    assert parse(grown) >= parse(text) * GROWTH


@settings(deadline=None)
@given(st.integers(1, 10**6), st.sampled_from(SUFFIXES))
def test_what_grows_is_hardly_more_than_asked(number: int, suffix: str) -> None:
    text = f"{number}{suffix}"
    smallest = {"": Fraction(1, 1000), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000)}
    assert parse(grow(text)) <= parse(text) * GROWTH * Fraction(102, 100) + smallest.get(suffix, 0)


@settings(deadline=None)
@given(quantities)
def test_growing_keeps_to_powers_of_two(text: str) -> None:
    assert not text.endswith("i") or grow(text).endswith("i") or parse(grow(text)) < 100 * 1024


@settings(deadline=None)
@given(st.fractions(0, 10**18), st.booleans())
def test_written_and_read_again(value: Fraction, binary: bool) -> None:
    least = Fraction(1) if binary else Fraction(1, 10**9)
    again = parse(written(value, binary=binary))
    assert value <= again < value + least


@settings(deadline=None)
@given(st.integers(0, 2**62), st.booleans())
def test_a_whole_number_is_written_exactly(value: int, binary: bool) -> None:
    assert parse(written(Fraction(value), binary=binary)) == value


@settings(deadline=None)
@given(quantities, quantities)
def test_comparing_is_an_order(left: str, right: str) -> None:
    assert compare(left, right) == -compare(right, left)
    assert compare(left, left) == 0


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return
    assert compare(text, text) == 0


@pytest.mark.parametrize(
    ("text", "result"),
    [("4", "5"), ("10Gi", "13Gi"), ("500m", "625m"), ("1", "2"), ("0", "1"), ("1.5", "2"), ("2e3", "2500")],
)
def test_a_quarter_more_in_whole_units(text: str, result: str) -> None:
    assert grow_whole(text, Fraction(5, 4)) == result


@pytest.mark.parametrize("text", ["", "Gi", "x", "-1", "-Infinity", "1e999999E", None, "5 Gi!", "NaN"])
def test_what_is_no_quantity_amounts_to_nothing(text: str | None) -> None:
    assert amount(text) is None
    assert amount_in({"cpu": text} if text is not None else None, "cpu") == 0


def test_a_bare_number_is_a_quantity_too() -> None:
    assert (amount(4), amount(0.5), amount("500m")) == (4, Fraction(1, 2), Fraction(1, 2))
    assert amount_in({"cpu": "250m", "memory": "1Gi"}, "cpu") == Fraction(1, 4)


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi"]))
def test_the_stand_in_reads_the_same(number: int, suffix: str) -> None:
    assert float(parse(f"{number}{suffix}")) == pytest.approx(quantity(f"{number}{suffix}"))

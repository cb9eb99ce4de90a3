"""Amounts in few characters, and shares of a whole."""

from fractions import Fraction

import pytest

from chatops.core.amounts import bar, bytes_text, count_text, cpu_words, gibibytes, percent, share_words, size_words
from chatops.core.quantities import amount

MI = 2**20


def test_a_share_is_full_only_when_it_is() -> None:
    assert percent(Fraction("3.999"), 4) == 99
    assert percent(5, 4) == 125
    assert percent(Fraction("0.29"), 1) == 29
    assert (percent(0, 0), percent(1, 0), percent(None, 4), percent(4, None)) == (None, None, None, None)
    assert bar(0) == "▱▱▱▱▱▱▱▱▱▱ 0%"
    assert bar(95) == "▰▰▰▰▰▰▰▰▰▱ 95%"
    assert bar(250) == "▰▰▰▰▰▰▰▰▰▰ 250%"


def test_sizes_in_few_characters() -> None:
    sizes = [512, 2**20, 20 * 2**30, 18_576_000_000]
    assert [bytes_text(size) for size in sizes] == ["512", "1Mi", "20Gi", "17.3Gi"]
    assert [count_text(Fraction(text)) for text in ("3", "1.1", "0.25")] == ["3", "1100m", "250m"]


@pytest.mark.parametrize(
    ("size", "result"), [("10Gi", "15Gi"), ("1Gi", "2Gi"), ("512Mi", "1Gi"), ("3Gi", "5Gi"), ("0", "1Gi")]
)
def test_half_as_much_again_in_whole_gibibytes(size: str, result: str) -> None:
    assert gibibytes(amount(size) or 0, Fraction(3, 2)) == result


@pytest.mark.parametrize(
    ("cores", "words"),
    [("0", "0"), ("400u", "1m"), ("40m", "40m"), ("410m", "0.41"), ("1", "1"), ("1.5", "1.5"), ("64", "64")],
)
def test_cores_in_words(cores: str, words: str) -> None:
    assert cpu_words(amount(cores) or 0) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0"),
        (100, "1Ki"),
        (512 * 1024, "512Ki"),
        (498 * MI, "498Mi"),
        (6 * 1024 * MI, "6144Mi"),
        (12 * 1024 * MI, "12Gi"),
        (12 * 1024 * MI + 512 * MI, "12.5Gi"),
        (1536 * 1024 * MI, "1.5Ti"),
    ],
)
def test_memory_as_kubectl_top_has_it(size: int, words: str) -> None:
    assert size_words(size) == words


def test_shares() -> None:
    assert share_words("cpu", Fraction("3.2"), 8) == "3.2/8 40%"
    assert share_words("memory", 498 * MI, 512 * MI) == "498Mi/512Mi 97%"
    assert share_words("cpu", Fraction("3.2"), 0) == "3.2"

"""Kubernetes quantities (`512Mi`, `250m`, `1.5`) as exact numbers, and back. It knows no resource and no object.

The grammar and the canonical form are those of apimachinery's `resource.Quantity`. How amounts are put for people is
in `amounts`.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

Quantity = str | int | float
"""`500m`, `20Gi`; a bare number in what careless clients send."""

_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = ("n", "u", "m", "", "k", "M", "G", "T", "P", "E")

_FACTORS = {
    **{suffix: Fraction(1000) ** (rank - 3) for rank, suffix in enumerate(_DECIMAL)},
    **{suffix: Fraction(1024) ** rank for rank, suffix in enumerate(_BINARY)},
}

_FORM = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])?|[eE](?P<exponent>[+-]?[0-9]{1,2}))"
)

_LONGEST = 40
"""Characters; a quantity is a number of at most 19 digits, a point and a suffix."""

_EXACT_BELOW = 100
"""A size of fewer units than this is worth a finer unit rather than rounding up: 4.5Gi is 4608Mi, 499.5Mi is 500Mi."""

GROWTH = Fraction(3, 2)
A_QUARTER_MORE = Fraction(5, 4)
NOTHING = Fraction(0)


def parse(text: str) -> Fraction:
    """The number: `1Ki` is 1024, `500m` is 1/2. ValueError when it is no quantity."""
    if len(text) > _LONGEST:
        raise ValueError(f"not a quantity: {text[:_LONGEST]!r}")
    return _parsed(text)


# All pods of a cluster ask for the same few sizes.
@lru_cache(maxsize=1024)
def _parsed(text: str) -> Fraction:
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"not a quantity: {text!r}")
    number = Fraction(found["number"].rstrip("."))
    if found["exponent"] is not None:
        return number * Fraction(10) ** int(found["exponent"])
    return number * _FACTORS[found["suffix"] or ""]


def amount(quantity: Quantity | None) -> Fraction | None:
    """The number a quantity of hostile origin means; None for none, and for what is no quantity or a negative one."""
    if quantity is None:
        return None
    try:
        value = parse(str(quantity))
    except ValueError:
        return None
    return value if value >= 0 else None


def amount_in(amounts: Mapping[str, Quantity] | None, name: str) -> Fraction:
    """What a list of requests, limits or capacities says of one resource; 0 where it says nothing that counts."""
    return (amount(amounts.get(name)) if amounts else None) or NOTHING


def compare(left: str, right: str) -> int:
    """Below, at or above zero as `left` is less than, equal to or more than `right`. ValueError as `parse`."""
    difference = parse(left) - parse(right)
    return (difference > 0) - (difference < 0)


def grow(text: str, by: Fraction = GROWTH) -> str:
    """The quantity `by` times as much, rounded up to what a person would write: 512Mi is 768Mi, 1 is 1500m.

    For a positive quantity and a `by` above 1 it is always more than before. ValueError as `parse`.
    """
    value = parse(text) * by
    binary, suffix = _unit(text)
    family = _BINARY if binary else _DECIMAL
    rank = family.index(suffix)
    if value / _FACTORS[suffix] < _EXACT_BELOW and (value / _FACTORS[suffix]).denominator != 1:
        # Below a thousandth there is nothing to gain, and a byte has no parts.
        rank = max(rank - 1, 0 if binary else min(rank, family.index("m")))
    unit = _FACTORS[family[rank]]
    return written(Fraction(-(-value // unit)) * unit, binary=binary)


def grow_whole(text: str, by: Fraction = GROWTH) -> str:
    """As `grow`, in whole numbers of the quantity's own unit: 10 is 15, 500m is 750m. For what is counted."""
    value = parse(text)
    _, suffix = _unit(text)
    unit = _FACTORS[suffix]
    more = max(-(-value * by // unit), value // unit + 1)
    return f"{more}{suffix}"


def written(value: Fraction, *, binary: bool = False) -> str:
    """The canonical form: the largest suffix that leaves a whole number. What no suffix can say is rounded up."""
    family = _BINARY if binary else _DECIMAL
    least = _FACTORS[family[0]]
    value = Fraction(-(-value // least)) * least
    suffix = next((each for each in reversed(family) if (value / _FACTORS[each]).denominator == 1), family[0])
    return f"{value / _FACTORS[suffix]}{suffix}" if value else "0"


def _unit(text: str) -> tuple[bool, str]:
    """Whether it counts in powers of two, and its suffix; an exponent counts in ones."""
    suffix = text.lstrip("+-0123456789.")
    if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix[1:] != "i":
        suffix = ""
    return suffix.endswith("i"), suffix

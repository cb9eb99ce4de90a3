"""Kubernetes quantities as numbers, for comparing them. It knows no object."""

import re
from decimal import Decimal

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)")
_SUFFIXES = {
    "n": Decimal(10) ** -9,
    "u": Decimal(10) ** -6,
    "m": Decimal(10) ** -3,
    **{letter: Decimal(1000) ** (power + 1) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Decimal(1024) ** (power + 1) for power, letter in enumerate("KMGTPE")},
}


def amount(quantity: object) -> Decimal:
    """`500m` is 0.5, `1Ki` is 1024, `1e3` is 1000; what is no quantity counts as 0."""
    found = _FORM.fullmatch(str(quantity).strip())
    if found is None:
        return Decimal(0)
    number, exponent, suffix = found.groups()
    if exponent:
        return Decimal(number) * Decimal(10) ** int(exponent)
    return Decimal(number) * _SUFFIXES.get(suffix, Decimal(1))


def in_mebibytes(size: Decimal) -> str:
    """A size in bytes as people write it: `768Mi`, `2Gi`."""
    mebibytes = int(size / 1024**2)
    return f"{mebibytes // 1024}Gi" if mebibytes and mebibytes % 1024 == 0 else f"{mebibytes}Mi"

"""Kubernetes quantities as numbers, shares of a whole, and both in few characters. Pure."""

from decimal import Decimal, DecimalException
from typing import Any

from kubernetes import utils

Quantity = str | int | float
"""`500m`, `20Gi`; a bare number in what careless clients send."""

BAR_LENGTH = 10

_LARGEST = Decimal(10) ** 30
_parse: Any = utils.parse_quantity
_UNITS: tuple[tuple[str, int], ...] = (("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10))


def amount(quantity: Quantity | None) -> Decimal | None:
    """The number a quantity means; None for none, and for what is no quantity."""
    if quantity is None:
        return None
    try:
        value: Decimal = _parse(quantity)
        return value if value.is_finite() and abs(value) < _LARGEST else None
    except (ValueError, DecimalException):
        return None


def percent(used: Decimal | int | None, whole: Decimal | int | None) -> int | None:
    """`used` of `whole` in percent, rounded down so that 100 means full. A whole of nothing is always full."""
    if used is None or whole is None:
        return None
    return int(used * 100 / whole) if whole > 0 else 100


def bar(share: int) -> str:
    """`▰▰▰▰▰▰▰▰▰▱ 91%`."""
    filled = min(BAR_LENGTH, max(0, share * BAR_LENGTH // 100))
    return f"{'▰' * filled}{'▱' * (BAR_LENGTH - filled)} {share}%"


def bytes_text(size: Decimal | int) -> str:
    """`17.3Gi`, `512Mi`: one decimal at most, and none where it is 0."""
    for unit, bits in _UNITS:
        if abs(size) >= 2**bits:
            value = f"{Decimal(size) / 2**bits:.1f}"
            return f"{value.removesuffix('.0')}{unit}"
    return str(int(size))


def count_text(value: Decimal) -> str:
    """A plain number as Kubernetes writes it: `3`, `1100m`."""
    return str(int(value)) if value == value.to_integral_value() else f"{int(value * 1000)}m"

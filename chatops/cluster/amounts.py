"""Kubernetes quantities of hostile origin as numbers, shares of a whole, and both in few characters. Pure."""

from decimal import Decimal
from math import ceil

from chatops.core import quantities

Quantity = str | int | float
"""`500m`, `20Gi`; a bare number in what careless clients send."""

BAR_LENGTH = 10

_GI = 2**30
_UNITS = (("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10))


def amount(quantity: Quantity | None) -> Decimal | None:
    """The number a quantity means, `500m` is 0.5; None for none, and for what is no quantity or a negative one."""
    if quantity is None:
        return None
    try:
        value = quantities.parse(str(quantity))
    except ValueError:
        return None
    return Decimal(value.numerator) / Decimal(value.denominator) if value >= 0 else None


def gibibytes(size: Decimal, times: Decimal) -> str:
    """`size` bytes times `times` in whole Gi, rounded up, and always more than `size`."""
    return f"{max(ceil(size * times / _GI), int(size // _GI) + 1)}Gi"


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

"""Kubernetes quantities as exact numbers, and how they grow. It knows no object."""

import re
from decimal import ROUND_CEILING, Decimal

_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_FORM = re.compile(
    r"(?P<number>\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE](?P<power>[+-]?\d{1,2})|(?P<unit>[a-zA-Z]{0,2}))"
)

GI = _SUFFIXES["Gi"]


def amount(text: str | int | float) -> Decimal | None:
    """The number a quantity means, `500m` is 0.5; None for what is no quantity, or a negative one."""
    parts = _parts(text)
    return parts[0] * parts[1] if parts else None


def grown(text: str | int | float, times: Decimal) -> str:
    """The quantity times `times`, rounded up to a whole number of its own unit, at least one more; empty for none."""
    parts = _parts(text)
    if parts is None:
        return ""
    number, unit = parts
    name = next((name for name, size in _SUFFIXES.items() if size == unit), "")
    number = number if name or unit == 1 else number * unit
    return f"{max(_up(number * times), int(number) + 1)}{name}"


def gibibytes(size: Decimal, times: Decimal) -> str:
    """`size` bytes times `times` in whole Gi, rounded up, and always more than `size`."""
    return f"{max(_up(size * times / GI), int(size // GI) + 1)}Gi"


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(rounding=ROUND_CEILING))


def _parts(text: str | int | float) -> tuple[Decimal, Decimal] | None:
    found = _FORM.fullmatch(str(text))
    if found is None:
        return None
    if found["power"]:
        return Decimal(found["number"]) * Decimal(10) ** int(found["power"]), Decimal(1)
    unit = _SUFFIXES.get(found["unit"] or "")
    return (Decimal(found["number"]), unit) if unit is not None else None

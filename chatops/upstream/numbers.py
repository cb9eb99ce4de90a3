"""Prometheus' numbers: read, bounded and told in few characters."""

import math

_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_HUGE = 1e15
_BOUND = 1e100
"""Beyond it sums and differences leave what a float can hold, and nobody could tell the difference."""


def number(text: str) -> float | None:
    """None for what cannot be drawn: NaN and the infinities, or no number at all."""
    try:
        read = float(text)
    except ValueError:
        return None
    return read if math.isfinite(read) else None


def bounded(value: float) -> float:
    return max(-_BOUND, min(_BOUND, value))


def short(value: float, digits: int = 3) -> str:
    """`1.5k`, `3G`, `1e+20`: at most `digits` that count."""
    # As it will read: 999,999 is 1M and not 1000k.
    value = float(f"{value:.{digits}g}")
    if abs(value) < _HUGE:
        for size, prefix in _PREFIXES:
            if abs(value) >= size:
                return f"{value / size:.{digits}g}{prefix}"
    return f"{value:.{digits}g}"

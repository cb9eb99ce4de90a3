"""Lengths of time in kubectl's short form. Pure."""

from datetime import datetime, timedelta


def length(span: timedelta) -> str:
    """As `kubectl get` prints AGE: `90s`, `5m3s`, `3h20m`, `2d3h`, `45d`, `2y10d`.

    The rules are those of apimachinery's duration.HumanDuration; what lies in the future is 0s.
    """
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    return _two(days // 365, "y", days % 365, "d") if days < 8 * 365 else f"{days // 365}y"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago `moment` was; empty when it is not known."""
    return length(now - moment) if moment is not None else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """`12m ago`, `in 9d`; empty when it is not known."""
    if moment is None:
        return ""
    return f"in {length(moment - now)}" if moment > now else f"{length(now - moment)} ago"


def between(start: datetime | None, end: datetime | None) -> str:
    """From one moment to the other; empty when either is not known."""
    return length(end - start) if start is not None and end is not None else ""


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"

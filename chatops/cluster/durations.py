"""Lengths of time in the short form kubectl prints them in (apimachinery's duration.HumanDuration). Pure."""

from datetime import datetime


def age(since: datetime | None, now: datetime) -> str:
    """From `since` to `now`: `90s`, `5m3s`, `3h20m`, `2d3h`, `45d`; `<unknown>` without a beginning."""
    return "<unknown>" if since is None else human((now - since).total_seconds())


def human(seconds: float) -> str:
    """At most two units, the second one only while it matters. Never negative: clocks differ by a little."""
    whole = max(0, int(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86_400
    if whole < 120:
        return f"{whole}s"
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
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


def _two(more: int, unit: str, less: int, lower: str) -> str:
    return f"{more}{unit}{less}{lower}" if less else f"{more}{unit}"

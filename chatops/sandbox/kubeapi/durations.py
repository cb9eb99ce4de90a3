"""Durations in the short form kubectl prints them in."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.clock import parse_stamp


def human(seconds: float) -> str:
    """Two units at most, the second one only where it matters: 90s, 5m3s, 3h20m, 2d3h, 45d, 2y10d."""
    if seconds < -1:
        return "<invalid>"
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole}s"
    minutes = whole // 60
    if minutes < 10:
        return f"{minutes}m{whole % 60}s" if whole % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours = whole // 3600
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if days < 8:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if days < 730:
        return f"{days}d"
    years = days // 365
    if years < 8:
        return f"{years}y{days % 365}d" if days % 365 else f"{years}y"
    return f"{years}y"


def since(text: str | None, now: datetime) -> str:
    """The age of a timestamp, `<unknown>` without one."""
    if not text:
        return "<unknown>"
    return human((now - parse_stamp(text)).total_seconds())

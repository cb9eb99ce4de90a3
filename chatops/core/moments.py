"""Moments as text for machines and the audit log."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """UTC to the second, as Kubernetes writes it: `2026-11-23T10:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

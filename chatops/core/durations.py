"""How long an incident took: until somebody had it, until it was over, and how many actions that took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from chatops.core.audit import Entry, EntryType
from chatops.core.incidents.values import Incident


@dataclass(frozen=True, slots=True)
class Durations:
    """Counted from the earliest start of its alerts, not from webhooks. None for what has not happened."""

    taken: timedelta | None
    resolved: timedelta | None
    actions: int
    """Changes of the cluster that were begun."""


def durations_of(incident: Incident, entries: Iterable[Entry]) -> Durations:
    """`entries` are all lines of its log."""
    began, ended = incident.began_at, incident.ended_at
    return Durations(
        taken=max(incident.acknowledged_at - began, timedelta()) if incident.acknowledged_at else None,
        resolved=max(ended - began, timedelta()) if ended else None,
        actions=sum(entry.type is EntryType.ACTION_REQUESTED for entry in entries),
    )

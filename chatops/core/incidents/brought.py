"""What an incident brings to the one it is merged into: kept with the merge until the other has taken it in."""

from dataclasses import dataclass
from datetime import datetime

from chatops.core.incidents.values import Episode, Incident, Person


@dataclass(frozen=True, slots=True)
class Brought:
    """Of the merged incident as it was before. `expected`: it began inside a window of maintenance."""

    title: str
    episodes: tuple[Episode, ...]
    truncated: int = 0
    skipped: int = 0
    taken_by: Person | None = None
    taken_at: datetime | None = None
    acknowledged_at: datetime | None = None
    expected: bool = False

    @classmethod
    def of(cls, incident: Incident) -> "Brought":
        return cls(
            incident.title,
            incident.episodes,
            incident.truncated,
            incident.skipped,
            incident.taken_by,
            incident.taken_at,
            incident.acknowledged_at,
            incident.maintenance is not None,
        )

    @property
    def firing(self) -> bool:
        return any(episode.firing for episode in self.episodes)


@dataclass(frozen=True, slots=True)
class Merge:
    """One incident was merged into another: which, at whose word, and what it brought."""

    merged_id: int
    by: Person
    brought: Brought

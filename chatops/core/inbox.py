"""The inbox: what was accepted and must not be lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InboxState(StrEnum):
    """new: committed, not looked at; routed: belongs to incidents; quarantined: kept for a person to look at."""

    NEW = "new"
    ROUTED = "routed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One accepted webhook body. `attempts` counts how often handling it failed."""

    id: int
    received_at: datetime
    source: str
    body: bytes
    state: InboxState
    problem: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """An inbox row that an incident has still to work through. `home`: the whole group is this incident's."""

    inbox: InboxRow
    incident_id: int
    home: bool

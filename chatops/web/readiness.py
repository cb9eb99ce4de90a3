"""How the service is, as /healthz and /readyz tell it. Values only: whoever runs the parts fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class PartState(StrEnum):
    """up; down, with a reason; off: not configured, on purpose or not."""

    UP = "up"
    DOWN = "down"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Part:
    """Something outside that the service works with. `reason` is safe to show; `since` is UTC."""

    state: PartState
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """`alive`: the supervisor has not given up.

    Alerts are taken once the database is open and the intake listens. A part that is down never makes the service
    unready: it still takes and keeps alerts.
    """

    alive: bool
    database_open: bool
    intake_listens: bool
    parts: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}))
    """By name: `telegram`, `cluster NAME`, `alertmanager`."""

    @property
    def ready(self) -> bool:
        return self.alive and self.database_open and self.intake_listens


@dataclass(frozen=True, slots=True)
class HealthTold:
    """Whether the process lives, in words."""

    status: str


@dataclass(frozen=True, slots=True)
class ReadinessTold:
    """As it is told: `parts` by their names."""

    ready: bool
    database: str
    intake: str
    parts: dict[str, Part]


def told(now: Readiness) -> ReadinessTold:
    return ReadinessTold(
        now.ready,
        "open" if now.database_open else "not open",
        "listens" if now.intake_listens else "does not listen",
        dict(now.parts),
    )

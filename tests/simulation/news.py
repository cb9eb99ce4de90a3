"""What became different since the last look: new lines of the log, and incidents, runs and cards as they are now."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.simulation.simulation import Simulation


class Line(NamedTuple):
    """One line of the audit log."""

    id: int
    at: str
    type: str
    kind: str
    who: str
    incident: int | None
    object: str | None
    """Its name."""
    chat: int | None
    message: int | None
    detail: dict[str, str]
    previous: str
    hash: str


class IncidentRow(NamedTuple):
    id: int
    revision: int
    status: str
    closed_by: int | None
    truncated: int


@dataclass(slots=True)
class News:
    """`lines` are all there are, `fresh` those since the last look; the rest is as it stands, and as it stood."""

    sim: Simulation
    lines: list[Line] = field(default_factory=list)
    fresh: list[Line] = field(default_factory=list)
    incidents: dict[int, IncidentRow] = field(default_factory=dict)
    before: dict[int, IncidentRow] = field(default_factory=dict)
    runs: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Incident and state."""
    runs_before: dict[str, tuple[int, str]] = field(default_factory=dict)
    rested: dict[int, float] = field(default_factory=dict)
    """By incident that nobody has to take: since when."""
    waiting: dict[int, float] = field(default_factory=dict)
    """By incident that somebody has to take: when that began, or something was last said of it."""
    waited: dict[int, float] = field(default_factory=dict)
    """By incident that somebody had to take, and has not any more: for how long."""
    changed: dict[int, float] = field(default_factory=dict)
    """By incident: when its card was last let change."""
    flapping: dict[int, tuple[int, int, str, str, int, str]] = field(default_factory=dict)
    """Of each incident whose alerts ended lately: whether it flaps, revision, status, severity, if it owes, window."""
    bodies: int = 0
    bodies_before: int = 0
    _seen: tuple[int, int, int] = (0, 0, 0)

    def look(self) -> bool:
        """Whether anything was stored or sent or asked since the last time."""
        sim = self.sim
        asked = len(sim.cluster.asked) + len(sim.cluster.passes) + len(sim.silences.made)
        seen = (sim.database.commits, sim.telegram.requests, asked)
        if seen == self._seen:
            return False
        self._seen = seen
        newest = self.lines[-1].id if self.lines else 0
        self.fresh = [_line(row) for row in sim.rows(_LINES, newest)]
        self.lines += self.fresh
        self.before, self.runs_before, self.bodies_before = self.incidents, self.runs, self.bodies
        self.incidents = {row[0]: IncidentRow(*row) for row in sim.rows(_INCIDENTS)}
        self.runs = {row[0]: (row[1], row[2]) for row in sim.rows("SELECT id, incident_id, state FROM actions")}
        self.bodies = sim.rows("SELECT count(*) FROM inbox")[0][0]
        return True


_LINES = (
    "SELECT id, at, type, subject_kind, subject_id, incident_id, object_name, chat_id, message_id, detail, "
    "previous_hash, hash "
    "FROM audit WHERE id > ? ORDER BY id"
)
_INCIDENTS = "SELECT id, revision, status, closed_by_id, truncated FROM incidents"


def _line(row: tuple[Any, ...]) -> Line:
    return Line(*row[:9], json.loads(row[9]), *row[10:])

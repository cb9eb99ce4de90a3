"""What lists show and search of an incident (`listed`), written with the incident itself, in its transaction.

A row is only touched where it says something new; then it gets the next number of `changed`, and its place with it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from chatops.core.alerts import Severity
from chatops.core.focus import subject_name
from chatops.core.incidents.values import Incident, Status
from chatops.core.listing import NOBODY
from chatops.core.search import search_text
from chatops.db import fulltext
from chatops.db.columns import clean, naive, time_text, time_text_or_none
from chatops.db.entities import Tables

STATUSES = tuple(Status)
SEVERITIES = tuple(Severity)
RANK = 2**52
"""More than the microseconds until the year 2100: what is more urgent stands before whatever is newer."""

_EPOCH = datetime(1970, 1, 1)
_TIE = 1_000_000
"""So many microseconds behind the newest end at most a tie goes behind it: what ends together is told apart."""

_PLACE = """
INSERT INTO places (cluster, namespace, changed) VALUES (?, ?, ?)
ON CONFLICT (cluster, namespace) DO UPDATE SET changed = excluded.changed RETURNING id
"""
_TOUCH = "UPDATE places SET changed = ? WHERE id = ?"
_LAST = "SELECT coalesce(max(changed), 0) FROM listed"
_NEWEST = "SELECT coalesce(max(ended), 0) FROM listed INDEXED BY listed_ended WHERE ended IS NOT NULL"
_TAKEN = "SELECT 1 FROM listed INDEXED BY listed_ended WHERE ended = ?"


class Line(NamedTuple):
    """A row of `listed` without its number and its `changed`."""

    revision: int
    place_id: int
    kind: int
    owner: int
    urgency: int
    opened: int
    ended: int | None
    began: int
    acknowledged: int | None
    finished: int | None
    object: str
    started_at: str
    firing: int
    silenced_until: str | None
    running: int
    merged_into: int | None
    search: str | None

    @property
    def indexed(self) -> tuple[int, str] | None:
        """What the index of words has of it, under which number."""
        if self.ended is None or self.search is None:
            return None
        return self.ended, fulltext.document(self.search, self.place_id, self.kind, self.owner)


_COLUMNS = ", ".join(("incident_id", "changed", *Line._fields))
_INSERT = f"INSERT INTO listed ({_COLUMNS}) VALUES ({', '.join('?' * (len(Line._fields) + 2))})"
_KNOWN = f"SELECT changed, {', '.join(Line._fields)} FROM listed WHERE incident_id = ?"


def kind_of(status: Status, severity: Severity) -> int:
    return STATUSES.index(status) * len(SEVERITIES) + severity.rank


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, UTC."""
    span = naive(moment) - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def last_change(tables: Tables) -> int:
    """The number of the latest change there was."""
    return int(tables.connection.execute(_LAST).fetchone()[0])


def list_new(tables: Tables, incidents: Sequence[Incident]) -> None:
    """Within a session: incidents that were stored in it for the first time, and are open."""
    last, places = last_change(tables), dict[tuple[str, str], int]()
    rows = []
    for number, incident in enumerate(incidents, last + 1):
        place = (incident.cluster, incident.namespace)
        if place not in places:
            places[place] = _place_id(tables, incident, number)
        rows.append((incident.id, number, *_line(tables, incident, places[place], None)))
    tables.connection.executemany(_INSERT, rows)
    tables.connection.executemany(_TOUCH, [(last + len(rows), place_id) for place_id in places.values()])


def list_again(tables: Tables, incident: Incident, *, silently: bool = False) -> None:
    """Within a session: what was stored of the incident in it. `silently`: it is no change."""
    connection = tables.connection
    row = connection.execute(_KNOWN, (incident.id,)).fetchone()
    known, before = (Line(*row[1:]), int(row[0])) if row else (None, 0)
    number = before if silently else last_change(tables) + 1
    place_id = _place_of(tables, incident)
    if place_id is None:
        place_id = _place_id(tables, incident, number)
    line = _line(tables, incident, place_id, known)
    if line == known:
        return
    if known is None:
        connection.execute(_INSERT, (incident.id, number, *line))
    else:
        pairs = zip(Line._fields, line, known, strict=True)
        new = {name: value for name, value, was in pairs if value != was}
        connection.execute(_update(tuple(new)), (number, *new.values(), incident.id))
    if not silently:
        touched = {place_id, known.place_id if known else place_id}
        connection.executemany(_TOUCH, [(number, each) for each in touched])
    _index(tables, known, line)


@lru_cache(256)
def _update(columns: tuple[str, ...]) -> str:
    """Only of what is new: an index is written anew for each of its columns that is set, whatever it is set to."""
    return f"UPDATE listed SET changed = ?{''.join(f', {name} = ?' for name in columns)} WHERE incident_id = ?"


def _index(tables: Tables, known: Line | None, line: Line) -> None:
    """The index of words has what it had of the row no more, and what the row is now."""
    was, now = known and known.indexed, line.indexed
    if was == now:
        return
    if was is not None:
        fulltext.remove(tables, *was)
    if now is not None:
        fulltext.add(tables, *now)


def _line(tables: Tables, incident: Incident, place_id: int, known: Line | None) -> Line:
    subject = subject_name(incident)
    opened, taken, silence = micros(incident.opened_at), incident.taken_by, incident.silence
    ended = None if incident.open else _ended(tables, micros(incident.closed_at or incident.opened_at), known)
    silenced_until = silence.ends_at if silence and silence.standing else incident.standing.muted_until
    return Line(
        revision=incident.revision,
        place_id=place_id,
        kind=kind_of(incident.status, incident.severity),
        owner=taken.id if taken else NOBODY,
        urgency=(incident.severity.rank * 2 + (taken is not None)) * RANK - opened,
        opened=opened,
        ended=ended,
        began=min(micros(incident.began_at), opened),
        acknowledged=None if incident.acknowledged_at is None else micros(incident.acknowledged_at),
        finished=_finished(incident),
        object=clean(subject),
        started_at=time_text(incident.started_at),
        firing=len(incident.firing),
        silenced_until=time_text_or_none(silenced_until),
        running=int(incident.run is not None and incident.run.state.running),
        merged_into=incident.merged_into,
        search=clean(search_text(incident, subject)),
    )


def _finished(incident: Incident) -> int | None:
    """As a review has it: when a person said that it is over, or else when the last of its alerts ended."""
    if incident.closed_at is None:
        return None
    ends = [episode.ends_at for episode in incident.episodes if episode.ends_at]
    return micros(incident.closed_at if incident.closed_by or not ends else max(ends))


def _ended(tables: Tables, closed: int, known: Line | None) -> int:
    """A number of its own, in the order of the ends: that of its end, or the next one that is free."""
    if known is not None and known.ended is not None and 0 <= known.ended - closed < _TIE:
        return known.ended
    connection = tables.connection
    if connection.execute(_TAKEN, (closed,)).fetchone() is None:
        return closed
    newest = int(connection.execute(_NEWEST).fetchone()[0])
    if newest - closed < _TIE:
        return newest + 1
    while connection.execute(_TAKEN, (closed,)).fetchone() is not None:
        closed += 1
    return closed


def _place_of(tables: Tables, incident: Incident) -> int | None:
    query = "SELECT id FROM places WHERE cluster = ? AND namespace = ?"
    row = tables.connection.execute(query, (clean(incident.cluster), clean(incident.namespace))).fetchone()
    return row and int(row[0])


def _place_id(tables: Tables, incident: Incident, number: int) -> int:
    values = (clean(incident.cluster), clean(incident.namespace), number)
    return int(tables.connection.execute(_PLACE, values).fetchone()[0])

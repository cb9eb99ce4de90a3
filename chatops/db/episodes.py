"""The alerts of incidents, read and written in bulk: one group may hold thousands, and only what changed is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chatops.core.alerts import Alert
from chatops.core.incidents.values import Episode
from chatops.db.columns import (
    clean,
    strings_of,
    time_of,
    time_of_or_none,
    time_text,
    time_text_or_none,
    to_json,
)
from chatops.db.entities import Tables

_VALUES = (
    *("starts_at", "ends_at", "late_at", "told_firing", "told_starts_at", "told_ends_at"),
    *("labels", "annotations", "generator_url"),
)
_COLUMNS = ("incident_id", "source", "fingerprint", *_VALUES)

_UPSERT = (
    f"INSERT INTO alerts ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    f"ON CONFLICT (incident_id, fingerprint) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _VALUES)}"
)
_CHUNK = 500
"""Values of one IN list: every SQLite takes 999."""


def episodes_of(tables: Tables, incident_ids: Sequence[int]) -> dict[int, tuple[Episode, ...]]:
    """The episodes of each incident, in the order they first came. Incidents without any are left out."""
    found: defaultdict[int, list[Episode]] = defaultdict(list)
    for chunk in _chunks(incident_ids):
        rows = tables.connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM alerts WHERE incident_id IN ({_marks(chunk)}) ORDER BY id",
            chunk,
        )
        for row in rows:
            found[row[0]].append(_episode(row))
    return {incident_id: tuple(episodes) for incident_id, episodes in found.items()}


def write_episodes(
    tables: Tables, incident_id: int, source: str, episodes: Sequence[Episode], before: Sequence[Episode]
) -> int:
    """Bring the stored episodes from `before` to `episodes` and return how many rows that took."""
    known = {clean(episode.alert.fingerprint): episode for episode in before}
    wanted = {clean(episode.alert.fingerprint): episode for episode in episodes}
    changed = [episode for fingerprint, episode in wanted.items() if known.get(fingerprint) != episode]
    gone = known.keys() - wanted.keys()
    if changed:
        tables.connection.executemany(_UPSERT, [_row(incident_id, source, episode) for episode in changed])
    if gone:
        tables.connection.executemany(
            "DELETE FROM alerts WHERE incident_id = ? AND fingerprint = ?",
            [(incident_id, fingerprint) for fingerprint in gone],
        )
    return len(changed) + len(gone)


def incidents_holding(tables: Tables, source: str, fingerprints: Iterable[str]) -> set[int]:
    """The incidents in which any of these alerts fires."""
    found: set[int] = set()
    for chunk in _chunks([clean(fingerprint) for fingerprint in fingerprints]):
        found.update(
            row[0]
            for row in tables.connection.execute(
                "SELECT DISTINCT incident_id FROM alerts "
                f"WHERE ends_at IS NULL AND source = ? AND fingerprint IN ({_marks(chunk)})",
                (source, *chunk),
            )
        )
    return found


def incidents_firing(tables: Tables, fingerprints: Iterable[str]) -> set[int]:
    """The active incidents in which any of these alerts fires, wherever they came from."""
    found: set[int] = set()
    for chunk in _chunks([clean(fingerprint) for fingerprint in fingerprints]):
        found.update(
            row[0]
            for row in tables.connection.execute(
                "SELECT DISTINCT incident_id FROM alerts JOIN incidents ON incidents.id = incident_id "
                f"WHERE ends_at IS NULL AND status = 'active' AND fingerprint IN ({_marks(chunk)})",
                chunk,
            )
        )
    return found


def fires(tables: Tables, incident_id: int) -> bool:
    """Whether any alert of the incident fires, as far as it is stored."""
    statement = "SELECT EXISTS (SELECT 1 FROM alerts WHERE incident_id = ? AND ends_at IS NULL)"
    return bool(tables.connection.execute(statement, (incident_id,)).fetchone()[0])


def _row(incident_id: int, source: str, episode: Episode) -> tuple[Any, ...]:
    alert = episode.alert
    return (
        incident_id,
        source,
        clean(alert.fingerprint),
        time_text(episode.starts_at),
        time_text_or_none(episode.ends_at),
        time_text_or_none(episode.late_at),
        alert.firing,
        time_text(alert.starts_at),
        time_text_or_none(alert.ends_at),
        to_json(alert.labels),
        to_json(alert.annotations),
        clean(alert.generator_url),
    )


def _episode(row: tuple[Any, ...]) -> Episode:
    (
        _,
        _,
        fingerprint,
        starts_at,
        ends_at,
        late_at,
        firing,
        told_starts,
        told_ends,
        labels,
        annotations,
        url,
    ) = row
    alert = Alert(
        fingerprint=fingerprint,
        firing=bool(firing),
        labels=strings_of(labels),
        annotations=strings_of(annotations),
        starts_at=time_of(told_starts),
        ends_at=time_of_or_none(told_ends),
        generator_url=url,
    )
    return Episode(alert, time_of(starts_at), time_of_or_none(ends_at), time_of_or_none(late_at))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))

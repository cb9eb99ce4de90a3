"""The heartbeats: alerts that always fire, as they were heard."""

from typing import Any

from chatops.core.heartbeats import Heartbeat
from chatops.db.columns import (
    clean,
    from_json,
    strings_of,
    time_of,
    time_of_or_none,
    time_text,
    time_text_or_none,
    to_json,
)
from chatops.db.database import Database

_COLUMNS = ("source", "fingerprint", "labels", "last_at", "gaps", "ended", "silent_since")
_UPSERT = (
    f"INSERT INTO heartbeats ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (source, fingerprint) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
)


class Heartbeats:
    """Not entities: pony takes no empty text in a key, and an intake with one sender may have no name for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def all(self) -> tuple[Heartbeat, ...]:
        query = f"SELECT {', '.join(_COLUMNS)} FROM heartbeats ORDER BY source, fingerprint"
        return self._database.read(lambda: tuple(map(_heartbeat, self._tables.connection.execute(query))))

    def put(self, heartbeat: Heartbeat) -> None:
        """Keep it as it is now."""
        values = (
            clean(heartbeat.source),
            clean(heartbeat.fingerprint),
            to_json(heartbeat.labels),
            time_text(heartbeat.last_at),
            to_json(heartbeat.gaps),
            heartbeat.ended,
            time_text_or_none(heartbeat.silent_since),
        )
        self._database.write(lambda: self._tables.connection.execute(_UPSERT, values).rowcount)


def _heartbeat(row: Any) -> Heartbeat:
    source, fingerprint, labels, last_at, gaps, ended, silent_since = row
    return Heartbeat(
        source,
        fingerprint,
        strings_of(labels),
        time_of(last_at),
        from_json(gaps, tuple[float, ...]) or (),
        bool(ended),
        time_of_or_none(silent_since),
    )

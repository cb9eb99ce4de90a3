"""What the calendars of rotas last said: so that neither a restart nor an outage of theirs leaves a rota empty."""

from typing import Any

from chatops.core.rota_calendar import Copy, Kept
from chatops.db.columns import clean, from_json, time_of_or_none, time_text_or_none, to_json
from chatops.db.database import Database

_COLUMNS = ("rota", "source", "copy", "read_at", "spread_at", "late_told", "strangers_told")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM calendars"
_UPSERT = (
    f"INSERT INTO calendars ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (rota) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)


class Calendars:
    """Not entities: each is kept and read as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def all(self) -> dict[str, Kept]:
        """By the name of the rota; also of rotas that stand in no calendar any more, or in another."""
        return self._database.read(
            lambda: dict(map(_named, self._tables.connection.execute(_SELECT).fetchall())),
        )

    def put(self, rota: str, kept: Kept) -> None:
        values = (
            clean(rota),
            kept.source,
            to_json(kept.copy),
            time_text_or_none(kept.read_at),
            time_text_or_none(kept.spread_at),
            kept.late_told,
            to_json(kept.strangers_told),
        )
        self._database.write(lambda: self._tables.connection.execute(_UPSERT, values).rowcount)


def _named(row: Any) -> tuple[str, Kept]:
    rota, source, copy, read_at, spread_at, late_told, strangers_told = row
    kept = Kept(
        source,
        from_json(copy, Copy) or Copy(),
        time_of_or_none(read_at),
        time_of_or_none(spread_at),
        bool(late_told),
        from_json(strangers_told, tuple[str, ...]) or (),
    )
    return rota, kept

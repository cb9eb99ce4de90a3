"""Bring a database to the newest schema: plain SQL files under `migrations/`, in order, each exactly once."""

import sqlite3
from contextlib import closing
from pathlib import Path

from chatops.db.faults import failure_of
from chatops.db.location import PostgresUrl, location

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

LOCK_PATIENCE = 60.0
"""Seconds to wait for another process that migrates the same database."""

MIGRATION_LOCK = 0x63686D69
"""The advisory lock of whoever migrates a PostgreSQL database."""

ON_RECORD = "_yoyo_migration"
"""The table of what was applied. A migration's row is written in its own transaction, so that what is here is done."""


class MigrationRefused(Exception):
    """The schema cannot be brought up to date by this version; the message says why and what to do."""


def migrate(url: str, folder: Path | None = None, *, patience: float = LOCK_PATIENCE) -> list[str]:
    """Apply what is missing and return the names applied, in order. Several processes may call this at once.

    `folder` holds the SQL files, by default the project's own. Raises ValueError for a URL that names no database,
    MigrationRefused when the database is newer than the files or a file fails, Temporary when the database or the lock
    cannot be had at the moment.
    """
    place = location(url)
    folder = folder or MIGRATIONS / ("postgres" if isinstance(place, PostgresUrl) else "sqlite")
    names = {file.stem for file in folder.glob("*.sql") if not file.stem.endswith(".rollback")}
    if not names:
        raise MigrationRefused(f"there are no migrations in {folder}")
    if isinstance(place, Path) and _on_record(place) == names:
        return []
    # Here, since most starts have nothing to migrate, and need none of what it takes.
    from chatops.db.migrating import apply

    try:
        return apply(place, folder, patience)
    except Exception as error:
        failure = failure_of(error)
        if failure is None or failure is error:
            raise
        raise failure from error


def _on_record(path: Path) -> set[str]:
    """What was applied to a file; nothing where that cannot be read just like that: whoever migrates will say why."""
    if not path.exists():
        return set()
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            return {name for (name,) in connection.execute(f"SELECT migration_id FROM {ON_RECORD}")}
    except sqlite3.Error:
        return set()

"""Bring a database to the newest schema: plain SQL files under `migrations/`, in order, each exactly once.

yoyo reads and remembers the files. Its lock is a row that outlives a killed process, and it marks a file as
applied after the file's own transaction; so the lock here is the operating system's, and a file and its mark
share one transaction.
"""

import glob
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from yoyo import read_migrations
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI

from chatops.core.failures import Reason, Temporary
from chatops.db.faults import failure_of
from chatops.db.location import sqlite_path

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "sqlite"

LOCK_PATIENCE = 60.0
"""Seconds to wait for another process that migrates the same database."""


class MigrationRefused(Exception):
    """The schema cannot be brought up to date by this version; the message says why and what to do."""


def migrate(url: str, folder: Path | None = None, *, patience: float = LOCK_PATIENCE) -> list[str]:
    """Apply what is missing and return the names applied, in order. Several processes may call this at once.

    `folder` holds the SQL files, by default the project's own. Raises ValueError for a URL that names no
    SQLite file, MigrationRefused when the database is newer than the files or a file fails, Temporary when
    the database or the lock cannot be had at the moment.
    """
    path = sqlite_path(url)
    folder = folder or MIGRATIONS
    if not any(folder.glob("*.sql")):
        raise MigrationRefused(f"there are no migrations in {folder}")
    try:
        with FileLock(f"{path}.lock", timeout=patience):
            return _apply(path, folder)
    except Timeout as error:
        raise Temporary(Reason.TIMEOUT, f"another process holds {path}.lock") from error
    except (sqlite3.Error, OSError) as error:
        raise failure_of(error) or error from error


class _Backend(SQLiteBackend):  # type: ignore[misc]  # yoyo ships no types
    """yoyo's SQLite backend on exactly the file named, locked from outside."""

    def connect(self, dburi: DatabaseURI) -> sqlite3.Connection:
        return sqlite3.connect(dburi.database, isolation_level=None)

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:
        yield


def _apply(path: Path, folder: Path) -> list[str]:
    # The file holds who did what in a cluster; SQLite gives its -wal and -shm files the same mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    backend = _Backend(DatabaseURI("sqlite", None, None, None, None, str(path), {}), "_yoyo_migration")
    with closing(backend.connection):
        migrations = read_migrations(glob.escape(str(folder)))
        backend.ensure_internal_schema_updated()
        _refuse_newer(backend, {migration.id for migration in migrations})
        applied = []
        for migration in backend.to_apply(migrations):
            _apply_one(backend, migration)
            applied.append(str(migration.id))
    return applied


def _refuse_newer(backend: Any, known: set[str]) -> None:
    rows = backend.execute(f"SELECT migration_id FROM {backend.migration_table_quoted}").fetchall()
    unknown = sorted(row[0] for row in rows if row[0] not in known)
    if unknown:
        raise MigrationRefused(
            f"the database has migrations this version does not know ({', '.join(unknown)}): "
            "it was used by a newer version; start that one, or restore the backup taken before it"
        )


def _apply_one(backend: Any, migration: Any) -> None:
    migration.load()
    try:
        with backend.transaction():
            for step in migration.steps:
                step.apply(backend)
            backend.mark_one(migration, log=False)
    except sqlite3.Error as error:
        failure = failure_of(error)
        if isinstance(failure, Temporary):
            raise failure from error
        raise MigrationRefused(f"{migration.id} failed and left nothing behind: {error}") from error

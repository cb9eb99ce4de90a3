"""Applies the migrations that a database lacks. Loaded only where there are any.

yoyo reads and remembers the files. Its lock is a row that outlives a killed process, and it marks a file as applied
after the file's own transaction; so the lock here is the operating system's or PostgreSQL's, which end with whoever
holds them, and a file and its mark share one transaction.
"""

import glob
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI

from chatops.core.failures import Reason, Temporary
from chatops.db.faults import failure_of
from chatops.db.location import PostgresUrl
from chatops.db.migrate import MIGRATION_LOCK, ON_RECORD, MigrationRefused


def apply(place: Path | PostgresUrl, folder: Path, patience: float) -> list[str]:
    """The names applied, in order. Raises as `migrate` does, and what the drivers raise."""
    with (
        _locked_postgres(place, patience)
        if isinstance(place, PostgresUrl)
        else _locked_file(place, patience) as backend
    ):
        return _apply(backend, folder)


class _Sqlite(SQLiteBackend):  # type: ignore[misc]  # yoyo ships no types
    """yoyo's SQLite backend on exactly the file named, locked from outside."""

    def connect(self, dburi: DatabaseURI) -> sqlite3.Connection:
        return sqlite3.connect(dburi.database, isolation_level=None)

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:
        yield


class _Postgres(PostgresqlBackend):  # type: ignore[misc]  # yoyo ships no types
    """yoyo's PostgreSQL backend on the connection that holds the lock."""

    held: Any = None

    def connect(self, dburi: DatabaseURI) -> Any:
        return self.held

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:
        yield


@contextmanager
def _locked_file(path: Path, patience: float) -> Iterator[Any]:
    try:
        with FileLock(f"{path}.lock", timeout=patience):
            # The file holds who did what in a cluster; SQLite gives its -wal and -shm files the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            backend = _Sqlite(DatabaseURI("sqlite", None, None, None, None, str(path), {}), ON_RECORD)
            with closing(backend.connection):
                yield backend
    except Timeout as error:
        raise Temporary(Reason.TIMEOUT, f"another process holds {path}.lock") from error


@contextmanager
def _locked_postgres(server: PostgresUrl, patience: float) -> Iterator[Any]:
    # Here, since they load the driver.
    import psycopg2

    from chatops.db.postgres import connected_to

    with closing(connected_to(server)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = %s", (f"{int(patience * 1000)}ms",))
            # Or the server would go on with a statement whose process was killed, and keep the lock meanwhile.
            # Only where it runs on Linux.
            with suppress(psycopg2.errors.InvalidParameterValue):
                cursor.execute("SET client_connection_check_interval = '2s'")
            try:
                cursor.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
            except psycopg2.errors.LockNotAvailable as error:
                raise Temporary(Reason.TIMEOUT, f"another process migrates {server.where}") from error
        backend = type("_Held", (_Postgres,), {"held": connection})(
            DatabaseURI("postgresql", None, None, None, None, "", {}), ON_RECORD
        )
        yield backend


def _apply(backend: Any, folder: Path) -> list[str]:
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
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        if isinstance(failure, Temporary):
            raise failure from error
        raise MigrationRefused(f"{migration.id} failed and left nothing behind: {error}") from error

"""SQLite as the database threads use it: one file, a write-ahead log that is on disk with every commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pony.orm import Database as PonyDatabase
from pony.orm import db_session
from pony.orm.dbproviders.sqlite import SQLitePool

from chatops.core.failures import Permanent, Reason
from chatops.db.connection import Connection
from chatops.db.lending import Lending

LOG_LIMIT = 64 * 1024 * 1024
"""Bytes the write-ahead log keeps on disk once a burst is over."""

READER_CACHE = 512
"""KiB of pages that a reader keeps: it forgets them with each commit of the writer, and the system has them too."""


class Sqlite:
    """`lock_patience`: seconds to wait for another process that writes."""

    def __init__(self, path: Path, lock_patience: float) -> None:
        self.where = str(path)
        """For people: which database it is."""
        self._path = path
        self._lock_patience = lock_patience
        self._lending = Lending(self._opened)

    def bind(self, pony: PonyDatabase) -> None:
        """In the thread that is to write."""
        if not self._path.exists():
            raise Permanent(Reason.NOT_FOUND, f"{self._path} does not exist; migrate first")
        self._lending.belongs_to_this_thread()
        pony.bind("sqlite", self.where, pony_pool_mockup=self._lending)

    def connection(self) -> Connection:
        """Of the calling thread's session."""
        connection: Connection = self._lending.lent
        return connection

    @contextmanager
    def reading(self, pony: PonyDatabase) -> Iterator[None]:
        """A session that sees one state of the database, whatever others commit meanwhile."""
        with db_session:
            pony.select("SELECT 1")
            # Pony reads in autocommit mode; one snapshot for the whole session ends when it does.
            self._lending.lent.execute("BEGIN")
            yield

    def _opened(self, only_reads: bool) -> sqlite3.Connection:
        # Pony's own pool makes it, for the functions that its queries call in there; then it is lent to any thread.
        told: dict[str, Any] = {"timeout": self._lock_patience, "check_same_thread": False}
        pool = SQLitePool(False, self.where, False, **told)
        connection: sqlite3.Connection = pool.connect()[0]
        self._prepare(connection)
        if only_reads:
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = -{READER_CACHE}")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT}")
        connection.execute(f"PRAGMA busy_timeout = {int(self._lock_patience * 1000)}")

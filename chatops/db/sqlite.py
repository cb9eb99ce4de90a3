"""SQLite as the database threads use it: one file, a write-ahead log that is on disk with every commit."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pony.orm import Database as PonyDatabase
from pony.orm import db_session

from chatops.core.failures import Permanent, Reason
from chatops.db.connection import Connection

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
        self._reading = threading.local()

    def bind(self, pony: PonyDatabase, connected: Callable[[Connection], None]) -> None:
        """`connected` is told of every new connection, in its thread, also of one that replaces a broken one."""
        if not self._path.exists():
            raise Permanent(Reason.NOT_FOUND, f"{self._path} does not exist; migrate first")

        # A function, because pony silently ignores a bound method here; its stubs call it types.FunctionType.
        @pony.on_connect(provider="sqlite")  # type: ignore[arg-type]  # see above
        def prepare(_pony: PonyDatabase, connection: sqlite3.Connection) -> None:
            self._prepare(connection)
            connected(connection)

        pony.bind("sqlite", self.where, create_db=False, timeout=self._lock_patience)

    def only_reads(self) -> None:
        """Of the calling thread: its connection can change nothing."""
        self._reading.only = True

    @contextmanager
    def reading(self, pony: PonyDatabase, connection: Callable[[], Connection]) -> Iterator[None]:
        """A session that sees one state of the database, whatever others commit meanwhile."""
        with db_session:
            pony.select("SELECT 1")
            # Pony reads in autocommit mode; one snapshot for the whole session ends when it does.
            connection().execute("BEGIN")
            yield

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT}")
        connection.execute(f"PRAGMA busy_timeout = {int(self._lock_patience * 1000)}")
        if getattr(self._reading, "only", False):
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = -{READER_CACHE}")

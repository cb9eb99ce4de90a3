"""PostgreSQL as the database uses it: connections keep their session between transactions."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from pony.orm import Database as PonyDatabase
from pony.orm import db_session
from psycopg2 import BINARY
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED, ISOLATION_LEVEL_REPEATABLE_READ, new_type, register_type
from psycopg2.extras import execute_batch

from chatops.core.failures import Permanent, Reason
from chatops.db.connection import Connection, Rows
from chatops.db.dialect import for_postgres
from chatops.db.leadership import IDLE_SECONDS
from chatops.db.lending import Lending
from chatops.db.location import PostgresUrl

READ_SECONDS = 60
"""A read that takes longer has nobody who waits for it."""

LEAST_VERSION = 14
"""The first with idle_session_timeout."""

CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    # A server that is gone without a word is noticed within ten seconds, on either side.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "chatops",
}

_PAGE = 500
"""Statements that `executemany` sends at once."""

_TIMESTAMPS = (1114,)
_LONGEST_TIME = len("2026-11-26 08:24:00.000000")


def connected_to(server: PostgresUrl) -> Any:
    """A connection of its own. Raises psycopg2.Error, and Permanent for a database that cannot serve chatops."""
    connection = psycopg2.connect(server.dsn, **CONNECT)
    version, encoding = connection.server_version // 10_000, connection.get_parameter_status("server_encoding")
    words = ""
    if version < LEAST_VERSION:
        words = f"is PostgreSQL {version}; chatops needs {LEAST_VERSION} or newer"
    elif encoding != "UTF8":
        words = f"keeps text as {encoding}: make it anew with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
    if words:
        connection.close()
        raise Permanent(Reason.REFUSED, f"{server.where} {words}")
    connection.set_client_encoding("UTF8")
    return connection


def fitted(connection: Any) -> Connection:
    """A connection of psycopg2's for statements written as SQLite reads them."""
    return _Fitted(connection)


class Postgres:
    """The database that a URL names. Its tables are in the schema that the server's search_path comes to first."""

    def __init__(self, server: PostgresUrl, lock_patience: float) -> None:
        """`lock_patience`: seconds to wait for a row that another process holds."""
        self.where = server.where
        """For people: which database it is."""
        self._server = server
        self._lock_patience = lock_patience
        # Pony's own pool would empty the session with DISCARD ALL after each transaction: a round trip, and its locks.
        self._lending = Lending(self._opened)

    def bind(self, pony: PonyDatabase) -> None:
        """In the thread that is to write."""
        self._lending.belongs_to_this_thread()
        pony.bind("postgres", pony_pool_mockup=self._lending)
        # Pony would connect anew in the middle of a transaction and go on: what came before were lost, the rest stored.
        pony.provider.should_reconnect = lambda _error: False

    def connection(self) -> Connection:
        """Of the calling thread's session."""
        return fitted(self._lending.lent)

    @contextmanager
    def reading(self, pony: PonyDatabase) -> Iterator[None]:
        """A session that sees one state of the database, whatever others commit meanwhile."""
        # Immediate: in a transaction, which is a repeatable read on the connections that only read.
        with db_session(immediate=True, optimistic=False):
            pony.get_connection()  # type: ignore[no-untyped-call]  # its stubs say nothing of it
            yield

    def _opened(self, only_reads: bool) -> Any:
        connection = connected_to(self._server)
        if only_reads:
            connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
            limits: dict[str, float] = {"statement_timeout": READ_SECONDS}
        else:
            # Whoever waited for another to append is to see what that one has written.
            connection.set_session(isolation_level=ISOLATION_LEVEL_READ_COMMITTED)
            idle = {"idle_session_timeout": IDLE_SECONDS, "idle_in_transaction_session_timeout": IDLE_SECONDS}
            limits = {**idle, "lock_timeout": self._lock_patience}
        with connection.cursor() as cursor:
            for name, value in limits.items():
                cursor.execute(f"SET {name} = %s", (f"{int(value * 1000)}ms",))
        connection.commit()
        return connection


class _Fitted:
    """A connection with the manners of SQLite's: statements with `?`, times as text, bytes as bytes."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        written, numbered = for_postgres(statement)
        cursor = self._cursor()
        cursor.execute(written, {str(at): each for at, each in enumerate(values, 1)} if numbered else tuple(values))
        rows: Rows = _Outcome(cursor)
        return rows

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        written, _ = for_postgres(statement)
        cursor = self._cursor()
        execute_batch(cursor, written, [tuple(row) for row in rows], page_size=_PAGE)
        return cursor

    def _cursor(self) -> Any:
        cursor = self._connection.cursor()
        register_type(_TIME_AS_TEXT, cursor)
        register_type(_BYTES, cursor)
        return cursor


class _Outcome:
    """A cursor, of which also a statement without rows may be asked for them, as SQLite's."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._has_rows = cursor.description is not None

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)

    def fetchone(self) -> Any:
        return self._cursor.fetchone() if self._has_rows else None

    def fetchall(self) -> list[Any]:
        return list(self._cursor.fetchall()) if self._has_rows else []

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor if self._has_rows else ())


def _time_text(value: Any, _cursor: Any) -> str | None:
    """As columns.time_text writes it: PostgreSQL leaves out zeros at the end."""
    if value is None:
        return None
    return (value if "." in value else f"{value}.").ljust(_LONGEST_TIME, "0")


def _bytes(value: Any, cursor: Any) -> bytes | None:
    found = BINARY(value, cursor)
    return None if found is None else bytes(found)


_TIME_AS_TEXT = new_type(_TIMESTAMPS, "TIME_AS_TEXT", _time_text)
_BYTES = new_type(BINARY.values, "BYTES", _bytes)

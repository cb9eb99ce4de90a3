"""Moves all that a SQLite file keeps to an empty PostgreSQL database, in one transaction, and verifies it before that
is committed. Whatever goes wrong, the file is as it was and the database as empty.

The file is locked for as long as it takes, against reading too: a service that has it open is found out by that, and
one that is started meanwhile does not start. So nothing is accepted that would be left behind.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from chatops.core.audit import FLAWS, Checkpoint, Flaw
from chatops.core.failures import Failure, Reason, Temporary
from chatops.db.audit_chain import whole_chain
from chatops.db.copying import Digest, Lines, Sink, Unfit, line_of, words_field
from chatops.db.faults import failure_of
from chatops.db.location import PostgresUrl, location
from chatops.db.migrate import MigrationRefused, migrate
from chatops.db.postgres import CONNECT, LEAST_VERSION, connected_to, fitted
from chatops.db.same_tables import MoveRefused, Table, tables_of_both

GIVEN = frozenset({"changes_of"})
"""Tables that a migration puts a row into: the file's own takes its place."""

CHUNK = 1 << 16
"""Bytes that are sent at once."""

TOLD_EVERY = 50_000
"""Rows after which a table tells again how far it is."""

_SERVED = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = %s AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a table is: so many of its rows are there, and once `verified` also found to be the same."""

    table: str
    rows: int
    total: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows in all, and the newest line of the audit log."""

    rows: int
    head: Checkpoint


def move(source: str, target: str, told: Callable[[Step], None] = lambda step: None) -> Moved:
    """Move what the file `source` names keeps to the database `target` names. Both are migrated first.

    Raises MoveRefused, MigrationRefused, ValueError for a URL that names neither, and Failure; then nothing was moved,
    unless the failure is of an unknown outcome: the server went away while it committed.
    """
    file, server = _place(source, "the source"), _place(target, "the target")
    if not isinstance(file, Path):
        raise MoveRefused("what is moved is a SQLite file: name it as sqlite:////var/lib/chatops/chatops.db")
    if not isinstance(server, PostgresUrl):
        raise MoveRefused("what it is moved to is a PostgreSQL database: postgresql://user:password@host/name")
    if not file.is_file():
        raise MoveRefused(f"{file} does not exist")
    try:
        with closing(connected_to(server)) as connection:
            _ensure_fit(connection, server)
            with _locked(file):
                # Only to see that nobody has it open: migrating needs a connection of its own.
                pass
            migrate(source)
            migrate(target)
            with _locked(file) as kept:
                return _moved(kept, connection, server, told)
    except (Failure, MigrationRefused, sqlite3.Error, psycopg2.Error, OSError) as error:
        if any(isinstance(each, psycopg2.errors.InsufficientPrivilege) for each in (error, error.__cause__)):
            raise _without_right(server) from error
        failure = failure_of(error)
        if failure is None or failure is error:
            raise
        raise failure from error


def _place(url: str, what: str) -> Path | PostgresUrl:
    try:
        return location(url)
    except ValueError as error:
        raise ValueError(str(error).replace("DATABASE_URL", what)) from None


def _ensure_fit(connection: Any, server: PostgresUrl) -> None:
    version = connection.server_version // 10_000
    if version < LEAST_VERSION:
        raise MoveRefused(f"{server.where} is PostgreSQL {version}; chatops needs {LEAST_VERSION} or newer")
    encoding = connection.get_parameter_status("server_encoding")
    if encoding != "UTF8":
        raise MoveRefused(f"{server.where} keeps text as {encoding}: make it with ENCODING 'UTF8'")
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, (CONNECT["application_name"],))
        if cursor.fetchone()[0]:
            raise MoveRefused(f"a chatops is running on {server.where}: stop it first")
    connection.rollback()


@contextmanager
def _locked(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise MoveRefused(f"{file} is in use: stop the service, and whatever else reads it") from error
            raise
        yield connection
        connection.execute("ROLLBACK")


def _without_right(server: PostgresUrl) -> MoveRefused:
    return MoveRefused(
        f"the user may not make tables in {server.where}: let it own the database "
        "(ALTER DATABASE name OWNER TO user), or grant it CREATE on its schema"
    )


def _moved(kept: sqlite3.Connection, connection: Any, server: PostgresUrl, told: Callable[[Step], None]) -> Moved:
    said = str(kept.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        raise MoveRefused(f"the file is damaged ({' '.join(said.split())[:200]}): restore a backup and move that")
    with connection.cursor() as cursor:
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {setting} = 0")
        cursor.execute("SET LOCAL synchronous_commit = on")
        tables = tables_of_both(kept, cursor)
        _lock_and_empty(cursor, tables, server)
        digests = {table.name: _copy(kept, cursor, table, told) for table in tables}
        for table in tables:
            _compare(cursor, table, digests[table.name], told)
    head = _verified_head(kept, connection)
    with connection.cursor() as cursor:
        _count_on(kept, cursor, tables)
        cursor.execute("ANALYZE")
    try:
        connection.commit()
    except psycopg2.Error as error:
        words = f"{server.where} went away while it committed: see whether it is all there, and move again if it is not"
        raise Temporary(Reason.UNKNOWN_OUTCOME, words) from error
    return Moved(sum(digest.rows for digest in digests.values()), head)


def _lock_and_empty(cursor: Any, tables: Sequence[Table], server: PostgresUrl) -> None:
    """Nobody else writes from here on. Raises where there are rows."""
    cursor.execute("SET LOCAL lock_timeout = '10s'")
    try:
        cursor.execute(f"LOCK TABLE {', '.join(table.name for table in tables)} IN EXCLUSIVE MODE")
    except psycopg2.errors.LockNotAvailable as error:
        raise MoveRefused(f"somebody else is writing to {server.where}: stop that first") from error
    filled = []
    for table in tables:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table.name})")
        if cursor.fetchone()[0] and table.name not in GIVEN:
            filled.append(table.name)
    if filled:
        raise MoveRefused(f"{server.where} is not empty (rows in {', '.join(sorted(filled))}): name an empty database")
    for name in sorted(GIVEN):
        cursor.execute(f"DELETE FROM {name}")


def _copy(kept: sqlite3.Connection, cursor: Any, table: Table, told: Callable[[Step], None]) -> Digest:
    total = int(kept.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])
    digest = Digest()
    names = table.names

    def lines() -> Iterator[bytes]:
        # In the order of their numbers: the audit log takes no other.
        for row in kept.execute(f"SELECT {table.names} FROM {table.name} ORDER BY rowid"):
            try:
                line = line_of(table.columns, row)
            except (Unfit, UnicodeError) as error:
                raise MoveRefused(f"row {digest.rows + 1} of {table.name} cannot be moved: {error}") from error
            digest.add(line)
            yield line + b"\t" + _words(table, row) if table.name == "listed" else line
            if digest.rows % TOLD_EVERY == 0:
                told(Step(table.name, digest.rows, total))

    if table.name == "listed":
        names += ", words"
    sent = Lines(lines())
    try:
        cursor.copy_expert(f"COPY {table.name} ({names}) FROM STDIN", sent, CHUNK)
    except psycopg2.Error as error:
        # The driver tells of what stopped the lines only as a text of its own.
        raise sent.stopped or error from error
    told(Step(table.name, digest.rows, total))
    return digest


def _words(table: Table, row: Sequence[Any]) -> bytes:
    values: Mapping[str, Any] = {column.name: value for column, value in zip(table.columns, row, strict=True)}
    return words_field(*(values[name] for name in ("ended", "search", "place_id", "kind", "owner")))


def _compare(cursor: Any, table: Table, sent: Digest, told: Callable[[Step], None]) -> None:
    found = Digest()
    cursor.copy_expert(f"COPY {table.name} ({table.names}) TO STDOUT", Sink(found.add), CHUNK)
    if found != sent:
        raise MoveRefused(
            f"{table.name} came out otherwise than it went in ({sent.rows} rows sent, {found.rows} found): nothing was "
            "moved; a trigger or a rule there may have changed it"
        )
    told(Step(table.name, found.rows, sent.rows, verified=True))


def _verified_head(kept: sqlite3.Connection, connection: Any) -> Checkpoint:
    """The newest line of the log over there, whose whole chain holds and ends as the file's does."""
    chain = whole_chain(fitted(connection), on_postgres=True)
    if isinstance(chain, Flaw):
        raise MoveRefused(
            f"the audit log is not as it was written, first in line {chain.number}: {FLAWS[chain.fault]}; "
            "`audit verify` says more, and a copy from before shows what it was"
        )
    row = kept.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    if row is not None and chain != Checkpoint(*row):
        raise MoveRefused(f"the audit log ends in line {row[0]}, and in line {chain.number} once it was moved")
    return chain


def _count_on(kept: sqlite3.Connection, cursor: Any, tables: Sequence[Table]) -> None:
    """The next number of each table is behind all that were ever given, also to rows that are gone."""
    given = dict(kept.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table in tables:
        if table.identity is None:
            continue
        newest = kept.execute(f'SELECT coalesce(max("{table.identity}"), 0) FROM {table.name}').fetchone()[0]
        last = max(int(given.get(table.name) or 0), int(newest))
        if last:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table.name, table.identity, last))

"""What the database's own exceptions mean to the rest of the house. It knows no table."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from pony.orm import OrmError
from pony.orm.dbapiprovider import DBException

from chatops.core.failures import Failure, Permanent, Reason, Temporary

_PRIMARY = 0xFF
"""SQLite's extended result codes keep the primary one in their low byte (sqlite.org/rescode.html)."""

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PASSING = _LOCKED | {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_PROTOCOL,
}


_PASSING_CLASSES = frozenset({"08", "25", "40", "53", "55", "57", "58"})
"""Of PostgreSQL's error codes (Appendix A): connections, a server that only reads or ended an idle session, conflicts,
no room, locks, a server that is told to stop, its disk.
"""
_LOCK_CODES = frozenset({"55P03", "40P01"})
_CANCELED = "57014"
"""A statement that took too long."""


class Unavailable(Temporary):
    """No job is to blame: tried alone it would fare no better."""


class Locked(Unavailable):
    """Another process holds the database; waiting for it has already taken its time."""


class Lost(Unavailable):
    """The connection to the server is gone, and with it what was not committed."""


def failure_of(error: BaseException) -> Failure | None:
    """The Failure that an exception of pony, a driver or the file system stands for; None when it is of none."""
    if isinstance(error, Failure):
        return error
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, sqlite3.Error):
            return _of_sqlite(cause)
        if _is_of_postgres(cause):
            return _of_postgres(cause)
    for cause in causes:
        if isinstance(cause, OSError):
            return Temporary(Reason.SERVER_ERROR, _line(cause))
        if isinstance(cause, UnicodeDecodeError):
            # sqlite3 raises it bare for names in a damaged schema.
            return Permanent(Reason.SERVER_ERROR, "the database holds text that is not UTF-8: the file is damaged")
    if isinstance(error, OrmError | DBException):
        return Permanent(Reason.SERVER_ERROR, _line(error))
    return None


def _of_sqlite(error: sqlite3.Error) -> Failure:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & _PRIMARY if isinstance(code, int) else None
    if primary in _LOCKED:
        return Locked(Reason.SERVER_ERROR, _line(error))
    if primary in _PASSING:
        return Temporary(Reason.SERVER_ERROR, _line(error))
    return Permanent(Reason.SERVER_ERROR, _line(error))


def _is_of_postgres(error: BaseException) -> bool:
    """By the name of its class: the driver itself is loaded only where there is a PostgreSQL."""
    return any((each.__module__, each.__name__) == ("psycopg2", "Error") for each in type(error).__mro__)


def _of_postgres(error: Any) -> Failure:
    """The server's own words hold no password; they may hold values, as SQLite's do."""
    import psycopg2

    # Without a code: psycopg2 raises these, or their very base, when the server says nothing any more.
    lost = isinstance(error, psycopg2.InterfaceError | psycopg2.OperationalError)
    code = error.pgcode or ""
    if code in _LOCK_CODES:
        return Locked(Reason.SERVER_ERROR, _line(error))
    if code == _CANCELED:
        return Unavailable(Reason.TIMEOUT, _line(error))
    if not code and (lost or type(error) is psycopg2.DatabaseError):
        return Lost(Reason.UNREACHABLE, _line(error))
    if code[:2] in ("08", "57") or code in ("25P03", "25P04"):
        return Lost(Reason.UNREACHABLE, _line(error))
    if code[:2] in _PASSING_CLASSES:
        return Temporary(Reason.SERVER_ERROR, _line(error))
    return Permanent(Reason.SERVER_ERROR, _line(error))


def _causes(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """The exception and those it wraps: pony keeps them as `original_exc` or, at commit, in `exceptions`."""
    yield error
    if depth > 8:
        return
    inner = [getattr(error, "original_exc", None)]
    inner += [entry[1] for entry in getattr(error, "exceptions", ()) if isinstance(entry, tuple) and len(entry) == 3]
    if isinstance(error, OrmError | DBException):
        inner += [error.__cause__, error.__context__]
    for cause in inner:
        if isinstance(cause, BaseException):
            yield from _causes(cause, depth + 1)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

"""A copy of a SQLite database in a file of its own: of one moment, also while others write, and verified.

PostgreSQL has tools for that; here is only how to call them.
"""

import os
import shlex
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from chatops.core.audit import FLAWS, GENESIS, Checkpoint, Flaw
from chatops.core.failures import Failure
from chatops.db.audit_chain import whole_chain
from chatops.db.faults import failure_of
from chatops.db.location import PostgresUrl, location

PAGES = 4096
"""Pages that are copied between two words of progress; the copy is of one moment all the same."""

_HEAD = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"


class BackupRefused(Exception):
    """There is no copy; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was verified: `head` is the newest line of its audit log."""

    head: Checkpoint


def back_up(url: str, file: Path, told: Callable[[int, int], None] = lambda done, total: None) -> Backup:
    """Copy the database into `file`, which must not exist yet; only its owner may read it.

    `told` hears how many pages of how many are there. Raises BackupRefused, ValueError for a URL that names no
    database, and Failure; then there is no such file.
    """
    place = location(url)
    if isinstance(place, PostgresUrl):
        raise BackupRefused(f"a PostgreSQL database is backed up by its own tool: {pg_dump(url, file)}")
    if not place.is_file():
        raise BackupRefused(f"{place} does not exist")
    if os.path.lexists(file):
        raise BackupRefused(f"{file} exists already: name a new file")
    try:
        # Made with mode 0600. What is not whole never has the name.
        handle, partial = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        os.close(handle)
        try:
            backup = _verified(Path(partial), _copied(place, Path(partial), told))
            _synced(Path(partial))
            _named(Path(partial), file)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(partial)
        _synced(file.parent)
    except (Failure, sqlite3.Error, OSError) as error:
        failure = failure_of(error)
        if failure is None or failure is error:
            raise
        raise failure from error
    return backup


def pg_dump(url: str, file: Path) -> str:
    """The command that backs up a PostgreSQL database, without its password: that goes by PGPASSWORD or ~/.pgpass."""
    parts = urlsplit(url)
    user, _, where = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    options = [(option, value) for option, value in parse_qsl(parts.query) if option != "password"]
    query = urlencode(options, safe="/", quote_via=quote)
    bare = f"{parts.scheme}://{name}@{where}" if name else f"{parts.scheme}://{where}"
    bare += parts.path + (f"?{query}" if query else "")
    return shlex.join(["pg_dump", "--format=custom", f"--file={file}", bare])


def _copied(place: Path, copy: Path, told: Callable[[int, int], None]) -> Checkpoint:
    """The newest line of the log at the moment that was copied."""
    with (
        closing(sqlite3.connect(place, isolation_level=None)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        # One state for all pages: without it the copy would begin anew whenever somebody writes.
        source.execute("BEGIN")
        row = source.execute(_HEAD).fetchone()
        source.backup(target, pages=PAGES, progress=lambda _code, left, total: told(total - left, total))
        # All in one file: no log beside it that could be forgotten.
        target.execute("PRAGMA journal_mode = DELETE")
    return Checkpoint(*row) if row else Checkpoint(0, GENESIS)


def _verified(copy: Path, head: Checkpoint) -> Backup:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if said != "ok":
            raise BackupRefused(f"the database is damaged, and its copy with it ({' '.join(said.split())[:200]})")
        found = whole_chain(connection, on_postgres=False)
    if isinstance(found, Flaw):
        raise BackupRefused(
            f"the audit log is not as it was written, first in line {found.number}: {FLAWS[found.fault]}; keep the "
            "backups that you have, and copy the file by hand with the service stopped to look into it"
        )
    if found != head:
        raise BackupRefused(
            f"the copy ends in line {found.number} of the audit log, the database in line {head.number}"
        )
    return Backup(head)


def _named(partial: Path, file: Path) -> None:
    """Give it its name, which nobody else may have taken meanwhile."""
    try:
        os.link(partial, file)
    except FileExistsError as error:
        raise BackupRefused(f"{file} exists already: name a new file") from error
    except OSError:
        # A file system without hard links.
        if os.path.lexists(file):
            raise BackupRefused(f"{file} exists already: name a new file") from None
        os.rename(partial, file)


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

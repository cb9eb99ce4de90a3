"""Which database a test's service or store keeps its things in: a SQLite file of its own, or a PostgreSQL database.

Without a choice those of flows and of the API take turns, so that one run of all has been on both: a hash of its name
decides for each. `--databases=both` runs each on both, `--databases=postgresql` or `sqlite` all on one. What is about
SQLite's file is marked `sqlite`, what is about a server `postgresql`.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from chatops.db.location import is_postgres, sqlite_path
from tests import postgres
from tests.migrated import migrated

SQLITE, POSTGRES = "sqlite", "postgresql"
TURNS, BOTH = "turns", "both"
CHOICES = (TURNS, BOTH, SQLITE, POSTGRES)


class _Kept:
    """What the running test keeps, by the file that it would be in."""

    def __init__(self, kind: str = SQLITE) -> None:
        self.kind = kind
        self.urls: dict[Path, str] = {}


_now = _Kept()


def database_at(file: Path) -> str:
    """The URL of the migrated database that this file, or what stands for it, is; the same one when asked again."""
    if _now.kind == SQLITE:
        return f"sqlite:///{file}" if file.exists() else migrated(file)
    if file not in _now.urls:
        _now.urls[file] = postgres.new_database()
    return _now.urls[file]


def new_database_at(file: Path) -> str:
    """Like `database_at`, but a SQLite file is left to be made by whoever opens it."""
    return f"sqlite:///{file}" if _now.kind == SQLITE else database_at(file)


def turn(test: str) -> str:
    """Whose turn it is in this test: the same in every run."""
    return (SQLITE, POSTGRES)[zlib.crc32(test.encode()) & 1]


@contextmanager
def kept_in(kind: str) -> Iterator[None]:
    """What is asked for within is of this kind, and gone afterwards."""
    global _now
    before, _now = _now, _Kept(kind)
    try:
        yield
    finally:
        for url in _now.urls.values():
            postgres.drop_database(url)
        _now = before


def kinds_of(test: pytest.Item, chosen: str) -> tuple[str, ...]:
    """The databases that the test is to be run on; empty where it takes its turn."""
    for only in (SQLITE, POSTGRES):
        if test.get_closest_marker(only):
            return (only,)
    return {TURNS: (), BOTH: (SQLITE, POSTGRES)}.get(chosen, (chosen,))


@contextmanager
def held_up(url: str) -> Iterator[None]:
    """Somebody else writes and does not come to an end: no webhook can be stored."""
    with closing(
        psycopg2.connect(url) if is_postgres(url) else sqlite3.connect(sqlite_path(url), timeout=30)
    ) as holder:
        holder.cursor().execute("LOCK TABLE inbox IN EXCLUSIVE MODE" if is_postgres(url) else "BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.rollback()

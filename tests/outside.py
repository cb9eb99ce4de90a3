"""What another client does to a database of the service: an operator at a console, an attacker, a test."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from chatops.db.dialect import for_postgres
from chatops.db.location import is_postgres, sqlite_path
from tests.postgres import administer


def outside(url: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one statement of its own transaction, written as SQLite reads it."""
    if is_postgres(url):
        return administer(url, for_postgres(statement)[0], tuple(values))
    with closing(sqlite3.connect(sqlite_path(url), isolation_level=None, timeout=10)) as connection:
        return connection.execute(statement, values).fetchall()


def refuse(url: str, event: str, table: str, words: str, *, when: str = "") -> None:
    """From now on `event` on a row of `table` fails with these words, where `when` holds for the row."""
    condition = f" WHEN ({when})" if when else ""
    watch(url, f"refused_{table}", f"BEFORE {event} ON {table}", f"SELECT RAISE(ABORT, '{words}')", condition)


def watch(url: str, name: str, moment: str, action: str, condition: str = "") -> None:
    """A trigger of this name that does `action`, a statement in which RAISE stands alone."""
    if not is_postgres(url):
        outside(url, f"CREATE TRIGGER {name} {moment}{condition} BEGIN {action}; END")
        return
    raises = "SELECT RAISE(ABORT, "
    does = f"RAISE EXCEPTION {action.removeprefix(raises)[:-1]}" if action.startswith(raises) else action
    administer(
        url,
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NEW; END; $$; "
        f"CREATE TRIGGER {name} {moment} FOR EACH ROW{condition} EXECUTE FUNCTION {name}()",
    )


def unwatch(url: str, name: str, table: str) -> None:
    if is_postgres(url):
        administer(url, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()")
    else:
        outside(url, f"DROP TRIGGER {name}")

"""A file that SQLite can see to be damaged is not served on, and what it cannot see the chain of the log shows."""

import contextlib
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatops.core.audit import StoredEntry
from chatops.core.failures import Failure, Permanent
from chatops.db.audit import AuditLog
from chatops.db.database import Database
from chatops.db.faults import failure_of
from chatops.db.soundness import SQLITE_GUARDS as GUARDS
from chatops.db.soundness import ensure_sound
from chatops.db.store import Store

from .building import DEPLOYMENT, body, deliver, entry, work_through

DEADLINE = 30.0
EDITS = 40
MANY_EDITS = 1_000


def test_a_whole_database_is_sound(database: Database, store: Store) -> None:
    ensure_sound(database)
    work_through(store, deliver(store, body("g", firing=["a", "b"])))
    ensure_sound(database)


@pytest.mark.sqlite
@pytest.mark.parametrize("guard", sorted(GUARDS))
@pytest.mark.parametrize("instead", [None, "SELECT 1"])
def test_a1_an_audit_log_without_its_triggers_is_not_served_on(
    database: Database, guard: str, instead: str | None
) -> None:
    with closing(sqlite3.connect(database.where)) as connection:
        (was,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (guard,)).fetchone()
        connection.execute(f"DROP TRIGGER {guard}")
        if instead:
            connection.execute(f"{was[: was.index('BEGIN')]} BEGIN {instead}; END")
    with pytest.raises(Permanent, match=f"not guarded .{guard} missing"):
        ensure_sound(database)


ROUND_THE_TRIGGERS = [
    ["DROP TABLE audit"],
    ["ALTER TABLE audit RENAME TO audit_before"],
    ["ALTER TABLE audit RENAME TO audit_before", "CREATE TABLE audit AS SELECT * FROM audit_before"],
    ["ALTER TABLE audit RENAME COLUMN hash TO digest"],
    ["PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"],
    [
        "DROP TRIGGER audit_refuses_update",
        "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
    ],
    ["CREATE TRIGGER quiet BEFORE INSERT ON audit WHEN NEW.type = 'denied' BEGIN SELECT RAISE(IGNORE); END"],
    [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'RAISE(ABORT,', 'RAISE(IGNORE); SELECT (') "
        "WHERE tbl_name = 'audit'",
    ],
]
"""What no trigger can refuse, from a console of SQLite's own."""


@pytest.mark.sqlite
@pytest.mark.parametrize("statements", ROUND_THE_TRIGGERS)
def test_a1_what_goes_round_the_triggers_is_not_served_on(
    database: Database, store: Store, statements: list[str]
) -> None:
    """A1: SQLite lets the owner of the file change its schema; then the next start refuses it."""
    stored = store.audit.append([entry(n=str(number)) for number in range(3)])
    with closing(sqlite3.connect(database.where, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    assert _seen(database.where, stored) == "refused"


def _seen(path: Path | str, written: tuple[StoredEntry, ...]) -> str:
    """What becomes of a start and of a verification on this file."""
    database = Database(f"sqlite:///{path}", readers=1)
    try:
        database.open()
    except Failure:
        return "refused"
    with closing(database):
        try:
            ensure_sound(database)
        except Failure:
            return "refused"
        audit = Store(database).audit
        try:
            if (flaw := audit.verify()) is not None:
                return f"line {flaw.number}"
            return "nothing" if audit.page(limit=1_000) == written else "another log that seems whole"
        except Failure:
            return "refused"


@pytest.mark.sqlite
def test_a2_random_bytes_of_the_file_are_refused_or_their_line_is_named(
    opened: Callable[..., Database], tmp_path: Path
) -> None:
    """Whatever byte is changed: no log that reads otherwise than it was written passes for whole."""
    database = opened()
    store = Store(database)
    for number in range(40):
        store.audit.append([entry(n=str(number), text="x" * (number * 11))])
    written = store.audit.page(limit=1_000)
    whole = tmp_path / "whole.db"
    with closing(sqlite3.connect(database.where)) as source, closing(sqlite3.connect(whole)) as target:
        source.backup(target)
    content, chance = whole.read_bytes(), random.Random(20261123)
    outcomes: list[str] = []
    for _ in range(EDITS):
        damaged = bytearray(content)
        place = chance.randrange(len(damaged))
        damaged[place] ^= chance.randrange(1, 256)
        path = tmp_path / "damaged.db"
        path.write_bytes(damaged)
        outcomes.append(_seen(path, written))
        for file in tmp_path.glob("damaged.db*"):
            file.unlink()
    assert "another log that seems whole" not in outcomes
    assert "refused" in outcomes
    assert any(each.startswith("line") for each in outcomes)


class Bare:
    """A database as far as looking at it needs one: a connection, and no threads to start for each of a thousand."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self.tables = SimpleNamespace(on_postgres=False, connection=sqlite3.connect(path, isolation_level=None))

    def read(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            raise failure_of(error) or error from error

    def close(self) -> None:
        self.tables.connection.close()


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """All that is in a table, as bytes: text that is none is no reason to stop."""
    connection.text_factory = bytes
    return connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()


def _found(path: Path, written: list[tuple[Any, ...]]) -> str:
    """Who finds the damage: SQLite, the log's own chain, or nobody since the log is as it was, row for row."""
    with closing(Bare(path)) as bare:
        database: Any = bare
        try:
            ensure_sound(database)
            flaw = AuditLog(database).verify()
        except Failure:
            return "refused"
        if flaw is not None:
            return f"line {flaw.number}"
        return "outside" if _rows(bare.tables.connection, "audit") == written else "missed"


@pytest.mark.sqlite
def test_a2_a_thousand_bytes_changed_at_random(opened: Callable[..., Database], tmp_path: Path) -> None:
    """A2: each is found, or the log is proven to be as it was: the byte was nobody's, or another table's."""
    database = opened()
    store = Store(database)
    work_through(store, deliver(store, body("g", firing=["a", "b"])))
    store.audit.append([entry(n=str(number), text="x" * (number * 11 % 300)) for number in range(40)])
    whole, damaged = tmp_path / "whole.db", tmp_path / "damaged.db"
    with closing(sqlite3.connect(database.where)) as source, closing(sqlite3.connect(whole)) as target:
        source.backup(target)
    with closing(sqlite3.connect(whole)) as connection:
        # Or each edit would be looked at through a log of its own beside the file.
        connection.execute("PRAGMA journal_mode = DELETE")
        # And small pages leave less of the file to nobody.
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM")
        written = _rows(connection, "audit")
    assert _found(whole, written) == "outside"
    content, chance = whole.read_bytes(), random.Random(20261126)
    outcomes: Counter[str] = Counter()
    for _ in range(MANY_EDITS):
        place, flipped = chance.randrange(len(content)), chance.randrange(1, 256)
        damaged.write_bytes(content[:place] + bytes([content[place] ^ flipped]) + content[place + 1 :])
        outcome = _found(damaged, written)
        assert outcome != "missed", (place, flipped)
        outcomes[outcome.partition(" ")[0]] += 1
    assert min(outcomes["refused"], outcomes["line"], outcomes["outside"]) > MANY_EDITS // 50, outcomes


@pytest.mark.sqlite
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_r2_a_file_that_was_cut_off_is_not_served_on(
    database: Database, store: Store, tmp_path: Path, kept: float
) -> None:
    store.audit.append([entry(text="x" * 400) for _ in range(200)])
    with closing(sqlite3.connect(database.where)) as source, closing(sqlite3.connect(tmp_path / "cut.db")) as target:
        source.backup(target)
    content = (tmp_path / "cut.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(content[: int(len(content) * kept)])
    assert _seen(tmp_path / "cut.db", ()) == "refused"


@pytest.mark.sqlite
def test_r2_backups_made_under_load_are_whole(database: Database, store: Store, tmp_path: Path) -> None:
    """SQLite's own backup at any moment, while webhooks, incidents and lines of the log are written."""
    stop, least = threading.Event(), [0]

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            work_through(store, deliver(store, body(f"g{number}", firing=[f"a{number}", f"b{number}"])))
            least[0] = store.audit.append([entry(n=str(number), object=str(DEPLOYMENT.path))])[-1].id

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(12):
            while least[0] < number * 4 and writer.is_alive():
                database.read(lambda: None)
            known, copy = least[0], tmp_path / f"backup{number}.db"
            with closing(sqlite3.connect(database.where)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target, pages=7)
            _whole(copy, known)
    finally:
        stop.set()
        writer.join(DEADLINE)
    assert not writer.is_alive()


def _whole(copy: Path, least: int) -> None:
    with contextlib.closing(Database(f"sqlite:///{copy}", readers=1)) as database:
        database.open()
        ensure_sound(database)
        audit = Store(database).audit
        assert audit.verify() is None
        assert audit.head()[0] >= least

"""The audit log takes lines and gives them up to nobody; and whoever goes round it is found out."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.core.audit import (
    ALERTMANAGER,
    GENESIS,
    SYSTEM,
    Checkpoint,
    Entry,
    EntryType,
    Fault,
    Flaw,
    Subject,
    chain_hash,
)
from chatops.core.failures import Permanent
from chatops.db.database import Database
from chatops.db.store import Store

from .building import DEPLOYMENT, NOW, entry

ENTRIES = (
    Entry(EntryType.OPENED, ALERTMANAGER, NOW, incident_id=1, detail={"alert": "Pod crash looping", "ж": "é\n\x1f"}),
    Entry(
        EntryType.ACTION_REQUESTED, Subject.person(7, "Анна"), NOW, 1, DEPLOYMENT, -100123, 42, {"action": "restart"}
    ),
    Entry(EntryType.DENIED, Subject.person(8, "�"), NOW + timedelta(microseconds=5), chat_id=0, message_id=0),
    Entry(EntryType.ACTOR_FAILED, SYSTEM, NOW, incident_id=2),
)


@contextmanager
def raw(database: Database) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database.where, isolation_level=None)) as connection:
        yield connection


def _number(store: Store) -> int | None:
    flaw = store.audit.verify()
    return flaw and flaw.number


def test_lines_are_numbered_chained_and_come_back(opened: Callable[..., Database]) -> None:
    store = Store(opened())
    assert store.audit.head() == (0, GENESIS)
    assert store.audit.append([]) == ()
    stored = (*store.audit.append(ENTRIES[:3]), *store.audit.append(ENTRIES[3:]))
    assert [line.id for line in stored] == [1, 2, 3, 4]
    assert [line.entry for line in stored] == list(ENTRIES)
    assert [line.previous_hash for line in stored] == [GENESIS, *(line.hash for line in stored[:3])]
    for line in stored:
        assert line.hash == chain_hash(line.previous_hash, line.id, line.entry)
    again = Store(opened()).audit
    assert again.page(0, 10) == stored
    assert tuple(again.iterate()) == stored
    assert again.head() == (4, stored[-1].hash)
    assert again.verify() is None


def test_pages(store: Store) -> None:
    store.audit.append(ENTRIES)
    assert [line.id for line in store.audit.page(1, 2)] == [2, 3]
    assert [line.id for line in store.audit.page(0, 9, incident_id=1)] == [1, 2]
    assert [line.id for line in store.audit.for_incident(1)] == [1, 2]
    assert [line.id for line in store.audit.for_incident(1, limit=1)] == [2]
    assert store.audit.page(4) == ()


def test_a_long_log_is_read_in_pieces(store: Store) -> None:
    store.audit.append([entry(n=str(number)) for number in range(2500)])
    assert [line.id for line in store.audit.iterate()] == list(range(1, 2501))
    assert store.audit.verify() is None


def test_other_zones_and_values_read_as_they_were_hashed(store: Store) -> None:
    odd = Entry(
        EntryType.LOOKED,
        Subject("person", "7", "half \ud83d of a pair\0"),
        NOW.astimezone(timezone(timedelta(hours=5, minutes=30))),
        detail={"state": EntryType.LOOKED, "n": 5, "\udc00": "x"},  # type: ignore[dict-item]  # what a caller may do
    )
    (line,) = store.audit.append([odd])
    assert store.audit.page() == (line,)
    assert line.entry.at == NOW
    assert line.entry.detail == {"state": "looked", "n": "5", "�": "x"}
    assert store.audit.verify() is None


COLUMNS = (
    *("id", "at", "type", "subject_kind", "subject_id", "subject_name", "incident_id", "object_kind", "object_name"),
    *("object_namespace", "object_uid", "object_cluster", "chat_id", "message_id", "detail", "previous_hash", "hash"),
)
_OTHERS = ", ".join(COLUMNS[1:])

REFUSED = [
    "UPDATE audit SET detail = '{}' WHERE id = 2",
    "UPDATE OR REPLACE audit SET id = 1 WHERE id = 2",
    "UPDATE OR IGNORE audit SET at = at",
    "DELETE FROM audit WHERE id = 4",
    "DELETE FROM audit",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE id = 2",
    "REPLACE INTO audit SELECT * FROM audit",
    "INSERT OR IGNORE INTO audit SELECT * FROM audit WHERE id = 2",
    "INSERT INTO audit SELECT 9, at, type, subject_kind, subject_id, subject_name, incident_id, object_kind, "
    "object_name, object_namespace, object_uid, object_cluster, chat_id, message_id, detail, previous_hash, hash "
    "FROM audit WHERE id = 4",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 2 ON CONFLICT (id) DO UPDATE SET detail = '{}'",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 2 ON CONFLICT DO NOTHING",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 4 ON CONFLICT (id) DO UPDATE SET at = excluded.at",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE id = 4",
    f"REPLACE INTO audit SELECT NULL, {_OTHERS} FROM audit WHERE id = 4",
    f"REPLACE INTO audit SELECT -1, {_OTHERS} FROM audit WHERE id = 4",
    f"REPLACE INTO audit SELECT '4', {_OTHERS} FROM audit WHERE id = 4",
    f"INSERT OR ROLLBACK INTO audit SELECT 4.0, {_OTHERS} FROM audit WHERE id = 4",
    "UPDATE audit SET detail = '{}' FROM (SELECT 4 AS n) WHERE id = n",
    "UPDATE audit SET rowid = 9 WHERE id = 4",
    "WITH last AS (SELECT max(id) AS n FROM audit) DELETE FROM audit WHERE id = (SELECT n FROM last)",
    "DELETE FROM audit WHERE id = 4 RETURNING hash",
]


@pytest.mark.sqlite
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", REFUSED)
def test_a1_sql_is_refused(database: Database, store: Store, statement: str, recursive: str) -> None:
    stored = store.audit.append(ENTRIES)
    with raw(database) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    assert store.audit.page() == stored
    assert store.audit.verify() is None


def test_a1_the_orm_is_refused(database: Database, store: Store) -> None:
    stored = store.audit.append(ENTRIES)
    audit = database.tables.Audit
    for attempt in (
        lambda: setattr(audit[2], "detail", "{}"),
        lambda: audit[4].delete(),
        lambda: audit.select().delete(bulk=True),
    ):
        with pytest.raises(Permanent, match="append-only"):
            database.write(lambda attempt=attempt: attempt() and None)
    assert store.audit.page() == stored
    assert store.audit.verify() is None


@contextmanager
def without_triggers(database: Database) -> Iterator[sqlite3.Connection]:
    """An attacker with the file; what they do is undone afterwards."""
    with raw(database) as connection:
        # What an attacker leaves behind need not survive a power cut.
        connection.execute("PRAGMA synchronous = OFF")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        rows = connection.execute("SELECT * FROM audit").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        try:
            yield connection
        finally:
            connection.execute("BEGIN")
            connection.execute("DELETE FROM audit")
            connection.executemany(f"INSERT INTO audit VALUES ({', '.join('?' * len(COLUMNS))})", rows)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("COMMIT")


@pytest.mark.sqlite
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a2_any_changed_byte_is_found(database: Database, store: Store, data: st.DataObject) -> None:
    if not store.audit.head()[0]:
        store.audit.append(ENTRIES)
        assert store.audit.verify() is None
    row = data.draw(st.integers(1, len(ENTRIES)), label="row")
    column = data.draw(st.sampled_from(COLUMNS), label="column")
    with without_triggers(database) as connection:
        select = f"SELECT CAST({column} AS BLOB), typeof({column}) FROM audit WHERE id = ?"
        value, kind = connection.execute(select, (row,)).fetchone()
        changed: object
        if kind == "text" and value:
            place = data.draw(st.integers(0, len(value) - 1), label="place")
            byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != value[place]), label="byte")
            changed = value[:place] + bytes([byte]) + value[place + 1 :]
            connection.execute(f"UPDATE audit SET {column} = CAST(? AS TEXT) WHERE id = ?", (changed, row))
        else:
            other = st.none() | st.integers(-(2**60), 2**60) if kind != "text" else st.text("ab", min_size=1)
            changed = data.draw(other.filter(lambda other: str(other).encode() != (value or b"None")), label="value")
            if column == "id" and (changed is None or changed in range(1, 5)):
                changed = 77
            connection.execute(f"UPDATE audit SET {column} = ? WHERE id = ?", (changed, row))
        bad = store.audit.verify()
        assert bad is not None
        if column == "id":
            assert bad.fault is Fault.GAP
            assert bad.number <= row
        else:
            assert bad.number == row
            expected = {"hash": {Fault.HASH, Fault.TYPE}, "previous_hash": {Fault.LINK, Fault.TYPE}}
            assert bad.fault in expected.get(column, {Fault.TYPE, Fault.HASH, Fault.FORM})
    assert store.audit.verify() is None


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("statements", "bad"),
    [
        (["DELETE FROM audit WHERE id = 1"], 1),
        (["DELETE FROM audit WHERE id = 3"], 3),
        (["UPDATE audit SET id = 0 WHERE id = 4"], 1),
        (["UPDATE audit SET id = -9223372036854775808 WHERE id = 4"], 1),
        (["UPDATE audit SET id = -id", "UPDATE audit SET id = 5 + id"], 1),
        (["DELETE FROM audit WHERE id = 2", "UPDATE audit SET id = id - 1 WHERE id > 2"], 2),
        (["UPDATE audit SET detail = replace(detail, '{', '{ ') WHERE id = 2"], 2),
        (["UPDATE audit SET at = replace(at, ' ', 'T') WHERE id = 2"], 2),
        (["UPDATE audit SET chat_id = NULL WHERE id = 3"], 3),
        (["UPDATE audit SET subject_name = CAST(X'EFBF' AS TEXT) WHERE id = 3"], 3),
        (["UPDATE audit SET detail = CAST(detail AS BLOB) WHERE id = 1"], 1),
    ],
)
def test_lines_removed_moved_or_rewritten_are_found(
    database: Database, store: Store, statements: list[str], bad: int
) -> None:
    store.audit.append(ENTRIES)
    with without_triggers(database) as connection:
        for statement in statements:
            connection.execute(statement)
        assert _number(store) == bad


@pytest.mark.sqlite
def test_a_line_rewritten_with_its_own_hash_breaks_the_next(database: Database, store: Store) -> None:
    stored = store.audit.append(ENTRIES)
    forged = replace(stored[1].entry, detail={"action": "nothing"})
    digest = chain_hash(stored[1].previous_hash, 2, forged)
    with without_triggers(database) as connection:
        connection.execute("UPDATE audit SET detail = ?, hash = ? WHERE id = 2", ('{"action":"nothing"}', digest))
        assert store.audit.verify() == Flaw(3, Fault.LINK)


@pytest.mark.sqlite
def test_a_cut_tail_shows_against_the_published_head(database: Database, store: Store) -> None:
    store.audit.append(ENTRIES)
    published = Checkpoint(*store.audit.head())
    assert store.audit.verify(published) is None
    with without_triggers(database) as connection:
        connection.execute("DELETE FROM audit WHERE id > 2")
        assert store.audit.verify() is None
        assert store.audit.verify(published) == Flaw(3, Fault.CUT)
        connection.execute("DELETE FROM audit")
        assert store.audit.verify(published) == Flaw(1, Fault.CUT)
        assert store.audit.verify(Checkpoint(0, GENESIS)) is None


@pytest.mark.sqlite
def test_a2_a_log_written_anew_from_its_first_line_shows_against_a_checkpoint(database: Database, store: Store) -> None:
    store.audit.append(ENTRIES)
    published = Checkpoint(*store.audit.head())
    with without_triggers(database) as connection:
        connection.execute("DELETE FROM audit")
        store.audit.append([replace(each, detail={"all": "is well"}) for each in ENTRIES])
        store.audit.append([entry()])
        assert store.audit.verify() is None
        assert store.audit.verify(published) == Flaw(4, Fault.ANEW)


@pytest.mark.parametrize("text", ["", "4", "4:", f"-1:{GENESIS}", f"٤:{GENESIS}", f"4:{GENESIS[1:]}", f"4:{GENESIS}0"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NUMBER:HASH"):
        Checkpoint.of(text)
    assert str(Checkpoint.of(f" 12:{GENESIS}\n")) == f"12:{GENESIS}"


def _swap(one: int, other: int) -> list[str]:
    return [
        f"UPDATE audit SET id = 99 WHERE id = {one}",
        f"UPDATE audit SET id = {one} WHERE id = {other}",
        f"UPDATE audit SET id = {other} WHERE id = 99",
    ]


@pytest.mark.sqlite
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a2_lines_swapped_removed_or_put_in_are_named(database: Database, store: Store, data: st.DataObject) -> None:
    if not store.audit.head()[0]:
        store.audit.append([entry(n=str(number)) for number in range(12)])
    published = Checkpoint(*store.audit.head())
    place = data.draw(st.integers(1, 11), label="place")
    other = data.draw(st.integers(place + 1, 12), label="other")
    with without_triggers(database) as connection:
        match data.draw(st.sampled_from(["swap", "remove", "remove and close up", "put in", "append", "cut"])):
            case "swap":
                for statement in _swap(place, other):
                    connection.execute(statement)
                assert store.audit.verify() == Flaw(place, Fault.LINK)
            case "remove":
                connection.execute("DELETE FROM audit WHERE id = ?", (place,))
                assert store.audit.verify() == Flaw(place, Fault.GAP)
            case "remove and close up":
                connection.execute("DELETE FROM audit WHERE id = ?", (place,))
                connection.execute("UPDATE audit SET id = -id WHERE id > ?", (place,))
                connection.execute("UPDATE audit SET id = -id - 1 WHERE id < 0")
                assert store.audit.verify() == Flaw(place, Fault.LINK)
            case "put in":
                connection.execute("UPDATE audit SET id = -id WHERE id > ?", (place,))
                connection.execute("UPDATE audit SET id = -id + 1 WHERE id < 0")
                statement = f"INSERT INTO audit SELECT ?, {_OTHERS} FROM audit WHERE id = ?"
                connection.execute(statement, (place + 1, data.draw(st.integers(1, place), label="copied")))
                assert store.audit.verify() == Flaw(place + 1, Fault.LINK)
            case "append":
                # The triggers let the next number through: that it was not we who wrote it shows in its hash.
                connection.execute(f"INSERT INTO audit SELECT 13, {_OTHERS} FROM audit WHERE id = ?", (place,))
                assert store.audit.verify() == Flaw(13, Fault.LINK)
            case "cut":
                connection.execute("DELETE FROM audit WHERE id >= ?", (other,))
                assert store.audit.verify() is None
                assert store.audit.verify(published) == Flaw(other, Fault.CUT)
    assert store.audit.verify(published) is None

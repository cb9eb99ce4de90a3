"""Statements written once, as each database reads them; and the URLs that name one."""

from pathlib import Path

import pytest

from chatops.db.database import Database
from chatops.db.dialect import for_postgres
from chatops.db.location import PostgresUrl, is_postgres, location
from chatops.db.numbering import last_incident, numbers_taken
from chatops.db.postgres import _time_text
from chatops.db.store import Store
from tests.db.building import body, deliver
from tests.outside import outside


@pytest.mark.parametrize(
    ("written", "read", "numbered"),
    [
        ("SELECT 1", "SELECT 1", False),
        ("WHERE a = ? AND b = ?", "WHERE a = %s AND b = %s", False),
        ("WHERE a = ?2 AND b = ?1", "WHERE a = %(2)s AND b = %(1)s", True),
        (
            "WHERE a = '?' AND b = 'it''s ?1 or 5%' AND c = ?",
            "WHERE a = '?' AND b = 'it''s ?1 or 5%%' AND c = %s",
            False,
        ),
        ("SELECT kind % 4 WHERE a LIKE '%x%'", "SELECT kind %% 4 WHERE a LIKE '%%x%%'", False),
        ("FROM a INDEXED BY a_b WHERE x = ?", "FROM a WHERE x = %s", False),
        ("FROM a AS l NOT INDEXED WHERE x", "FROM a AS l WHERE x", False),
        ("FROM a AS l\nCROSS JOIN b INDEXED BY b_c ON b.id = l.id", "FROM a AS l JOIN b ON b.id = l.id", False),
        (
            "IN (SELECT value FROM json_each(?3))",
            "IN (SELECT value::bigint FROM json_array_elements_text(%(3)s::json))",
            True,
        ),
        ("SELECT value FROM json_each(?)", "SELECT value::bigint FROM json_array_elements_text(%s::json)", False),
    ],
)
def test_a_statement_is_read_by_postgresql(written: str, read: str, numbered: bool) -> None:
    assert for_postgres(written) == (read, numbered)


def test_both_databases_answer_alike(database: Database) -> None:
    """Marks, strings, the rest of a division, lists of numbers and bytes, in one statement."""

    def execute(statement: str, *values: str) -> list[tuple[object, ...]]:
        return database.read(lambda: database.tables.connection.execute(statement, values).fetchall())

    assert execute("SELECT 'is ?1 100%', 7 % 4, 7 / 2, instr('haystack', 'st')") == [("is ?1 100%", 3, 3, 4)]
    assert execute("SELECT 1 WHERE 3 IN (SELECT value FROM json_each(?))", "[1, 3]") == [(1,)]
    assert execute("SELECT 1 WHERE 2 IN (SELECT value FROM json_each(?))", "[1, 3]") == []


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("2026-11-26 08:24:00", "2026-11-26 08:24:00.000000"),
        ("2026-11-26 08:24:00.5", "2026-11-26 08:24:00.500000"),
        ("2026-11-26 08:24:00.000001", "2026-11-26 08:24:00.000001"),
        (None, None),
    ],
)
def test_times_are_text_of_one_length(told: str | None, text: str | None) -> None:
    assert _time_text(told, None) == text


def test_numbers_go_on_after_those_that_were_given_past_the_entity(url: str, database: Database) -> None:
    store = Store(database)
    assert database.write(lambda: last_incident(database.tables)) == 0
    database.write(lambda: numbers_taken(database.tables, 0))
    assert deliver(store, body("a", firing=["x"])) == (1,)
    columns = [row[0] for row in outside(url, _COLUMNS[is_postgres(url)])]
    listed = ", ".join(columns)
    outside(url, f"INSERT INTO incidents (id, {listed}) SELECT 7, {listed} FROM incidents WHERE id = 1")
    database.write(lambda: numbers_taken(database.tables, 7))
    assert database.write(lambda: last_incident(database.tables)) == 7
    assert deliver(store, body("b", firing=["y"])) == (8,)


_COLUMNS = {
    False: "SELECT name FROM pragma_table_info('incidents') WHERE name <> 'id'",
    True: "SELECT column_name FROM information_schema.columns WHERE table_name = 'incidents' AND column_name <> 'id'",
}


@pytest.mark.parametrize(
    ("database_url", "where"),
    [
        ("postgresql://anna:canary@db.example:5433/chatops", "PostgreSQL chatops at db.example:5433"),
        ("postgres://anna:can%40ry@db/chat%20ops", "PostgreSQL chat ops at db"),
        ("postgresql:///chatops?host=/var/run/postgresql&password=canary", "PostgreSQL chatops at /var/run/postgresql"),
        ("postgresql://one:5432,other:5433/chatops", "PostgreSQL chatops at one,other:5432,5433"),
        ("postgresql://db/%D0%B6", "PostgreSQL ? at db"),
    ],
)
def test_a_server_is_named_without_its_password(database_url: str, where: str) -> None:
    place = location(database_url)
    assert isinstance(place, PostgresUrl)
    assert place.where == where
    assert "canary" not in repr(place)
    assert is_postgres(database_url)


@pytest.mark.parametrize(
    "database_url",
    [
        "postgresql://anna:canary@db",
        "postgresql://anna:canary@db/",
        "postgresql://anna:canary@db:port/x",
        "postgresql://anna:c@nary@db/x",
        "postgresql://anna:canary%zz@db/x",
        "postgresql://anna:canary@db/x?oops=1",
        "postgresql://anna:canary@db/x#y",
        "postgresql://anna:canary@db/x\0",
        "postgresql://anna:canary@[::1/x",
        "postgresql:canary",
        "postgresql",
    ],
)
def test_what_names_no_database_of_a_server_is_explained(database_url: str) -> None:
    with pytest.raises(ValueError, match=r"postgresql://user:password@host:5432/name") as refused:
        location(database_url)
    assert "canary" not in str(refused.value)
    assert "nary@" not in str(refused.value)


def test_a_file_is_no_server(tmp_path: Path) -> None:
    assert location(f"sqlite:///{tmp_path}/a.db") == tmp_path / "a.db"
    assert not is_postgres(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(ValueError, match="begins with mysql: name a SQLite file"):
        location("mysql://anna:canary@db/x")

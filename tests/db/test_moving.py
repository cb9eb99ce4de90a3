"""A SQLite file moved to PostgreSQL: all of it or nothing, the same to whoever reads it, and nobody in between."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatops.core.audit import Flaw
from chatops.core.failures import Failure
from chatops.db.audit_chain import whole_chain
from chatops.db.database import Database
from chatops.db.moving import Step, move
from chatops.db.same_tables import MoveRefused
from chatops.db.soundness import ensure_sound
from chatops.db.store import Store
from tests import postgres
from tests.migrated import migrated

from .building import NOW, body, entry, told
from .rich import everything_read, fill

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def source(tmp_path: Path) -> str:
    return migrated(tmp_path / "chatops.db")


@pytest.fixture
def target() -> Iterator[str]:
    named = postgres.new_database()
    yield named
    postgres.drop_database(named)


def test_all_that_is_read_is_the_same_and_it_goes_on_from_there(source: str, target: str) -> None:
    steps: list[Step] = []
    with closing(_opened(source)) as database:
        store = Store(database)
        tokens = fill(store)
        before = dict(everything_read(store, tokens))
        head = store.audit.head()
    moved = move(source, target, steps.append)
    assert (moved.head.number, moved.head.hash) == head
    with closing(_opened(target)) as database:
        ensure_sound(database)
        store = Store(database)
        after = dict(everything_read(store, tokens))
        assert store.audit.verify() is None
        assert [name for name in before if after[name] != before[name]] == []
        assert after.keys() == before.keys()
        assert told(store, body("new", firing=["n"])) == (max(_numbers(before)) + 1,)
        assert store.audit.append([entry(n="1")])[0].id > head[0]
        assert store.audit.verify() is None
    tables = {step.table for step in steps}
    assert {step.table for step in steps if step.verified} == tables > {"audit", "incidents", "listed", "sessions"}
    # A table that nothing was put into shows nothing of how it is moved.
    assert {step.table for step in steps if not step.total} == set()
    with closing(_opened(source)) as database:
        assert dict(everything_read(Store(database), tokens)) == before


def test_numbers_that_were_given_to_rows_since_gone_are_not_given_again(source: str, target: str) -> None:
    with closing(_opened(source)) as database:
        store = Store(database)
        told(store, body("g", firing=["a"]))
        assert store.inbox.prune(NOW.replace(year=2030)) == 1
    move(source, target)
    with closing(_opened(target)) as database:
        assert Store(database).inbox.put(b"{}", "", NOW).result(10) == 2


def test_a_database_with_rows_is_left_alone(source: str, target: str) -> None:
    with closing(_opened(target)) as database:
        Store(database).settings.set("a", "b")
    with pytest.raises(MoveRefused, match=r"not empty .rows in settings.: name an empty database"):
        move(source, target)
    assert _rows(target, "settings") == 1


def test_a_file_that_is_open_anywhere_is_not_moved(source: str, target: str) -> None:
    with closing(_opened(source)), pytest.raises(MoveRefused, match="in use: stop the service"):
        move(source, target)
    assert _rows(target, "settings") == 0
    move(source, target)


def test_nobody_opens_the_file_while_it_is_moved(source: str, target: str) -> None:
    refused: list[str] = []

    def told_of(step: Step) -> None:
        if step.table == "incidents" and not step.verified:
            database = Database(source, readers=1)
            try:
                database.open()
            except Failure as failure:
                refused.append(failure.detail)
            else:
                database.close()

    move(source, target, told_of)
    assert refused == ["database is locked"]


def test_nothing_is_moved_to_a_database_that_is_served_on(source: str, target: str) -> None:
    with closing(_opened(target)) as database:
        database.read(lambda: None)
        with pytest.raises(MoveRefused, match="a chatops is running on PostgreSQL"):
            move(source, target)


def test_what_stops_in_the_middle_leaves_the_database_empty(source: str, target: str) -> None:
    _filled(source)

    def stops(step: Step) -> None:
        if step.table == "audit":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        move(source, target, stops)
    assert _rows(target, "users") == _rows(target, "audit") == 0
    assert move(source, target).rows > 100


def test_killed_in_the_middle_it_leaves_the_database_empty(source: str, target: str) -> None:
    _filled(source)
    program = (
        "import os, signal, sys; from chatops.db.moving import move\n"
        "def told(step): step.table == 'audit' and os.kill(os.getpid(), signal.SIGKILL)\n"
        "move(*sys.argv[1:], told)"
    )
    ended = subprocess.run([sys.executable, "-c", program, source, target], cwd=ROOT, env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL
    assert _rows(target, "users") == _rows(target, "audit") == 0
    assert move(source, target).rows > 100


SPOILING = """
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER spoil BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION spoil()
"""


def test_what_comes_out_otherwise_than_it_went_in_is_not_kept(source: str, target: str) -> None:
    _filled(source)
    postgres.administer(target, SPOILING)
    with pytest.raises(MoveRefused, match="users came out otherwise than it went in"):
        move(source, target)
    assert _rows(target, "users") == 0


def test_a_log_that_somebody_changed_is_not_passed_on(source: str, target: str, tmp_path: Path) -> None:
    _filled(source)
    with closing(sqlite3.connect(tmp_path / "chatops.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET subject_name = 'Eve' WHERE id = 2")
        flaw = whole_chain(connection, on_postgres=False)
    assert isinstance(flaw, Flaw)
    with pytest.raises(MoveRefused, match="first in line 2"):
        move(source, target)
    assert _rows(target, "audit") == 0


def test_a_value_that_is_none_of_its_column_is_named(source: str, target: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "chatops.db", isolation_level=None)) as connection:
        connection.execute("INSERT INTO settings (key, value) VALUES ('a', 'b'), ('c', x'00ff')")
    with pytest.raises(MoveRefused, match="row 2 of settings cannot be moved: a value of value is no text"):
        move(source, target)


def test_a_user_without_rights_is_told_which_it_needs(source: str) -> None:
    url = postgres.new_database(migrated=False)
    role = f"nobody_{os.getpid()}"
    try:
        postgres.administer(url, f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        postgres.administer(url, f"ALTER DATABASE {postgres.name_of(url)} OWNER TO CURRENT_USER")
        with pytest.raises(MoveRefused, match="may not make tables in PostgreSQL"):
            move(source, postgres.as_user(url, role, "x"))
    finally:
        postgres.drop_database(url)
        postgres.administer(postgres.server(), f"DROP ROLE {role}")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("sqlite:///other.db", "a PostgreSQL database: postgresql://"),
        ("mysql://u:canary@h/n", "the target begins with mysql"),
        ("postgresql://u:canary@127.0.0.1:1/none", "unreachable"),
    ],
)
def test_a_bad_target_is_told_in_a_sentence(source: str, to: str, said: str) -> None:
    with pytest.raises((MoveRefused, ValueError, Failure), match=said) as refused:
        move(source, to)
    assert "canary" not in str(refused.value)


def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path, target: str) -> None:
    with pytest.raises(MoveRefused, match="does not exist"):
        move(f"sqlite:///{tmp_path / 'none.db'}", target)
    assert list(tmp_path.iterdir()) == []


def _opened(url: str) -> Database:
    database = Database(url, readers=1)
    database.open()
    return database


def _filled(url: str) -> None:
    with closing(_opened(url)) as database:
        fill(Store(database))


def _rows(url: str, table: str) -> int:
    return int(postgres.administer(url, f"SELECT count(*) FROM {table}")[0][0])


def _numbers(read: dict[str, object]) -> tuple[int, ...]:
    return tuple(number for number in range(15) if read[f"incidents.get {number}"] is not None)

"""Migrations: once each, whoever starts first, whatever kills it."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from chatops.core.failures import Reason, Temporary
from chatops.db.database import Database
from chatops.db.location import is_postgres, sqlite_path
from chatops.db.migrate import MIGRATION_LOCK, MIGRATIONS, MigrationRefused, migrate
from tests import postgres
from tests.outside import outside, refuse

PROJECT = Path(__file__).resolve().parents[2]


def names_of(url: str) -> list[str]:
    """Every migration there is for it, in order."""
    folder = MIGRATIONS / ("postgres" if is_postgres(url) else "sqlite")
    return sorted(file.stem for file in folder.glob("*.sql") if "rollback" not in file.name)


@pytest.fixture
def bare(url: str, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it; of a file not even that."""
    if is_postgres(url):
        empty = postgres.new_database(migrated=False)
        yield empty
        postgres.drop_database(empty)
    else:
        yield f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    return made


def tables_of(url: str) -> set[str]:
    if is_postgres(url):
        found = outside(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    else:
        found = outside(url, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row[0] for row in found}


def started(url: str, code: str) -> "subprocess.Popen[str]":
    """A process of its own, given the database's URL as `url`."""
    program = f"from pathlib import Path\nfrom chatops.db.migrate import migrate\nurl = {url!r}\n{code}"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_fresh_database_gets_everything_once(bare: str) -> None:
    assert migrate(bare) == names_of(bare)
    assert migrate(bare) == []
    assert {"incidents", "audit", "inbox", "mail"} <= tables_of(bare)


def test_the_file_is_nobody_elses_business(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/new.db")
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0


def test_a_relative_path_starts_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///near.db")
    assert (tmp_path / "near.db").exists()
    assert Database("sqlite:///near.db").where == str(tmp_path / "near.db")


def test_odd_file_names_are_taken_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "a b#c%20ж.db"
    assert migrate(f"sqlite:///{path}") == names_of(f"sqlite:///{path}")
    assert "incidents" in tables_of(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    database.open()
    database.close()


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("postgresql://db", "is no PostgreSQL URL"),
        ("mysql://db/chatops", "begins with mysql: name a SQLite file"),
        ("", "begins with nothing: name a SQLite file"),
        ("chatops.db", "name a SQLite file"),
        ("sqlite://", "name a SQLite file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all.db", "does not exist"),
        ("sqlite:////", "is a directory|names the directory"),
        ("sqlite:////tmp/a.db?mode=ro", "no options"),
    ],
)
def test_urls_that_name_no_database_are_explained(named: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        migrate(named)
    with pytest.raises(ValueError, match=hint):
        Database(named)


def test_pony_finds_every_table_and_column(url: str) -> None:
    """`open` runs check_tables; a missing column would raise."""
    database = Database(url)
    database.open()
    database.close()


def test_pony_notices_a_missing_column(url: str) -> None:
    outside(url, "ALTER TABLE incidents DROP COLUMN skipped")
    with pytest.raises(Exception, match="skipped"):
        Database(url).open()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("db-")]


def test_three_processes_at_once_apply_each_file_once(bare: str) -> None:
    processes = [started(bare, "print(len(migrate(url)))") for _ in range(3)]
    results = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], results
    assert sorted(out.strip() for out, _ in results) == ["0", "0", str(len(names_of(bare)))]


SLOW_MIGRATION = """
CREATE TABLE first (id INTEGER);
INSERT INTO first
SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 9 + 1 FROM n) SELECT i FROM n) AS n;
"""


def test_p7_killed_half_way_the_next_start_completes(bare: str, folder: Path) -> None:
    """P7: the first statement is done, the second never ends: there the process is killed."""
    (folder / "0001_first.sql").write_text(SLOW_MIGRATION)
    process = started(
        bare,
        "import logging, sys\nlogging.basicConfig(level=logging.INFO, stream=sys.stdout)\n"
        f"migrate(url, Path({str(folder)!r}))",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "applying step 1" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert "first" not in tables_of(bare)
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id INTEGER);\n")
    assert migrate(bare, folder) == ["0001_first"]
    assert "first" in tables_of(bare)


def test_p7_killed_between_the_files_change_and_its_mark_is_impossible(bare: str, folder: Path) -> None:
    """P7: the mark fails, so the file's own statements must be undone with it."""
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id INTEGER);\n")
    migrate(bare, folder)
    refuse(bare, "INSERT", "_yoyo_migration", "no")
    (folder / "0002_second.sql").write_text("CREATE TABLE second (id INTEGER);\n")
    with pytest.raises(MigrationRefused, match="0002_second"):
        migrate(bare, folder)
    assert "second" not in tables_of(bare)


def test_a_failing_file_leaves_nothing_and_can_be_mended(bare: str, folder: Path) -> None:
    (folder / "0001_bad.sql").write_text("CREATE TABLE made (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(MigrationRefused, match=r"0001_bad failed and left nothing behind: .*nowhere"):
        migrate(bare, folder)
    assert "made" not in tables_of(bare)
    (folder / "0001_bad.sql").write_text("CREATE TABLE made (id INTEGER);\n")
    assert migrate(bare, folder) == ["0001_bad"]


def test_an_older_version_refuses_a_newer_database(bare: str, folder: Path) -> None:
    (folder / "0001_old.sql").write_text("CREATE TABLE old (id INTEGER);\n")
    (folder / "0002_new.sql").write_text("CREATE TABLE new (id INTEGER);\n")
    migrate(bare, folder)
    (folder / "0002_new.sql").unlink()
    with pytest.raises(MigrationRefused, match="0002_new"):
        migrate(bare, folder)


def test_an_empty_folder_is_a_broken_installation(tmp_path: Path) -> None:
    with pytest.raises(MigrationRefused, match="no migrations"):
        migrate(f"sqlite:///{tmp_path}/a.db", tmp_path)


def test_a_lock_held_elsewhere_is_temporary(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    code = (
        f"from filelock import FileLock\nlock = FileLock({str(path)!r} + '.lock')\nlock.acquire()\n"
        "print('held', flush=True)\ninput()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Temporary) as refused:
        migrate(f"sqlite:///{path}", patience=0.1)
    assert refused.value.reason is Reason.TIMEOUT
    holder.kill()
    holder.communicate(timeout=60)
    applied = migrate(f"sqlite:///{path}", patience=10)
    assert applied == names_of(f"sqlite:///{path}"), "the lock died with its process"


@pytest.mark.postgresql
def test_whoever_migrates_a_server_is_waited_for(bare: str) -> None:
    with closing(psycopg2.connect(bare)) as other:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        with pytest.raises(Temporary) as refused:
            migrate(bare, patience=0.1)
    assert refused.value.reason is Reason.TIMEOUT
    assert migrate(bare, patience=60) == names_of(bare), "the lock died with its connection"


def test_a_broken_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(Exception, match="not a database"):
        migrate(f"sqlite:///{tmp_path}/a.db")


def test_released_files_are_never_edited() -> None:
    """A released migration has run on somebody's data: a change to it would run nowhere. Add a new file instead."""
    lines = (MIGRATIONS / "released.sha256").read_text().splitlines()
    released = {name: digest for digest, name in (line.split() for line in lines)}
    files = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in MIGRATIONS.glob("*/*.sql")
    }
    assert released == files


def test_every_file_can_be_rolled_back(url: str) -> None:
    folder = MIGRATIONS / ("postgres" if is_postgres(url) else "sqlite")
    for file in sorted(folder.glob("*.rollback.sql"), reverse=True):
        if is_postgres(url):
            outside(url, file.read_text())
        else:
            with closing(sqlite3.connect(sqlite_path(url))) as connection:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.executescript(file.read_text())
    left = {name for name in tables_of(url) if not name.startswith(("_yoyo", "yoyo_lock", "sqlite_"))}
    assert left == set()
    assert len(list(folder.glob("*.rollback.sql"))) * 2 == len(list(folder.glob("*.sql")))


@pytest.mark.postgresql
def test_nothing_of_ours_is_left_but_tables(url: str) -> None:
    """Functions and sequences go with them, so that the file can be applied once more."""
    outside(url, (MIGRATIONS / "postgres" / "0021_baseline.rollback.sql").read_text())
    outside(url, (MIGRATIONS / "postgres" / "0021_baseline.sql").read_text())

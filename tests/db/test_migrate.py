"""Migrations: once each, whoever starts first, whatever kills it."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chatops.core.failures import Reason, Temporary
from chatops.db.database import Database
from chatops.db.migrate import MIGRATIONS, MigrationRefused, migrate

NAMES = [
    "0001_incidents",
    "0002_silences",
    "0003_trials",
    "0004_grants",
    "0005_run_versions",
    "0006_update_attempts",
    "0007_roll_call",
    "0008_heartbeats",
    "0009_hindsight",
    "0010_silences_extended",
    "0011_storms",
    "0012_escalation",
    "0013_flapping",
    "0014_maintenance",
    "0015_chat_routes",
    "0016_shown_alone",
    "0017_topics",
    "0018_merges",
    "0019_calendars",
    "0020_lists",
    "0021_sign_in",
]
"""Every migration there is, in order."""

PROJECT = Path(__file__).resolve().parents[2]


def tables_of(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def started(path: Path, code: str) -> "subprocess.Popen[str]":
    """A process of its own, given the database's URL as `url`."""
    program = f"from pathlib import Path\nfrom chatops.db.migrate import migrate\nurl = 'sqlite:///{path}'\n{code}"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_fresh_database_gets_everything_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    assert migrate(url) == NAMES
    assert migrate(url) == []
    assert {"incidents", "audit", "inbox", "mail"} <= tables_of(tmp_path / "new.db")


def test_the_file_is_nobody_elses_business(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/new.db")
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0


def test_a_relative_path_starts_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///near.db")
    assert (tmp_path / "near.db").exists()
    assert Database("sqlite:///near.db").path == tmp_path / "near.db"


def test_odd_file_names_are_taken_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "a b#c%20ж.db"
    assert migrate(f"sqlite:///{path}") == NAMES
    assert "incidents" in tables_of(path)
    database = Database(f"sqlite:///{path}")
    database.open()
    database.close()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("postgresql://db/chatops", "only SQLite files are supported"),
        ("", "only SQLite files are supported"),
        ("chatops.db", "only SQLite files are supported"),
        ("sqlite://", "only SQLite files are supported"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all.db", "does not exist"),
        ("sqlite:////", "is a directory|names the directory"),
        ("sqlite:////tmp/a.db?mode=ro", "no options"),
    ],
)
def test_urls_that_name_no_sqlite_file_are_explained(url: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        migrate(url)
    with pytest.raises(ValueError, match=hint):
        Database(url)


def test_pony_finds_every_table_and_column(url: str) -> None:
    """`open` runs check_tables; a missing column would raise."""
    database = Database(url)
    database.open()
    database.close()


def test_pony_notices_a_missing_column(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "chatops.db") as connection:
        connection.execute("ALTER TABLE incidents DROP COLUMN skipped")
    with pytest.raises(Exception, match="skipped"):
        Database(url).open()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("db-")]


def test_three_processes_at_once_apply_each_file_once(tmp_path: Path) -> None:
    processes = [started(tmp_path / "shared.db", "print(len(migrate(url)))") for _ in range(3)]
    results = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], results
    assert sorted(out.strip() for out, _ in results) == ["0", "0", str(len(NAMES))]


SLOW_MIGRATION = """
CREATE TABLE first (id INTEGER);
INSERT INTO first SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n);
"""


def test_p7_killed_half_way_the_next_start_completes(tmp_path: Path) -> None:
    """P7: the first statement is done, the second never ends: there the process is killed."""
    path, folder = tmp_path / "torn.db", tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text(SLOW_MIGRATION)
    process = started(
        path,
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
    assert "first" not in tables_of(path)
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id INTEGER);\n")
    assert migrate(f"sqlite:///{path}", folder) == ["0001_first"]
    assert "first" in tables_of(path)


def test_p7_killed_between_the_files_change_and_its_mark_is_impossible(tmp_path: Path) -> None:
    """P7: the mark fails, so the file's own statements must be undone with it."""
    path, folder = tmp_path / "torn.db", tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id INTEGER);\n")
    migrate(f"sqlite:///{path}", folder)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TRIGGER no_mark BEFORE INSERT ON _yoyo_migration BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    (folder / "0002_second.sql").write_text("CREATE TABLE second (id INTEGER);\n")
    with pytest.raises(MigrationRefused, match="0002_second"):
        migrate(f"sqlite:///{path}", folder)
    assert "second" not in tables_of(path)


def test_a_failing_file_leaves_nothing_and_can_be_mended(tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path}/a.db", tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_bad.sql").write_text("CREATE TABLE made (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(MigrationRefused, match="0001_bad failed and left nothing behind: no such table: nowhere"):
        migrate(url, folder)
    assert "made" not in tables_of(tmp_path / "a.db")
    (folder / "0001_bad.sql").write_text("CREATE TABLE made (id INTEGER);\n")
    assert migrate(url, folder) == ["0001_bad"]


def test_an_older_version_refuses_a_newer_database(tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path}/a.db", tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_old.sql").write_text("CREATE TABLE old (id INTEGER);\n")
    (folder / "0002_new.sql").write_text("CREATE TABLE new (id INTEGER);\n")
    migrate(url, folder)
    (folder / "0002_new.sql").unlink()
    with pytest.raises(MigrationRefused, match="0002_new"):
        migrate(url, folder)


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
    assert migrate(f"sqlite:///{path}", patience=10) == NAMES, "the lock died with its process"


def test_a_broken_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(Exception, match="not a database"):
        migrate(f"sqlite:///{tmp_path}/a.db")


def test_released_files_are_never_edited() -> None:
    """A released migration has run on somebody's data: a change to it would run nowhere. Add a new file instead."""
    lines = (MIGRATIONS.parent / "released.sha256").read_text().splitlines()
    released = {name: digest for digest, name in (line.split() for line in lines)}
    files = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in MIGRATIONS.parent.glob("*/*.sql")
    }
    assert released == files


def test_every_file_can_be_rolled_back(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "chatops.db") as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for file in sorted(MIGRATIONS.glob("*.rollback.sql"), reverse=True):
            connection.executescript(file.read_text())
    left = {name for name in tables_of(tmp_path / "chatops.db") if not name.startswith(("_yoyo", "sqlite_"))}
    assert left == set()
    assert len(list(MIGRATIONS.glob("*.rollback.sql"))) * 2 == len(list(MIGRATIONS.glob("*.sql")))

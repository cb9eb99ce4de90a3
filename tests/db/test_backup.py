"""A copy of the file: of one moment, whole, readable by its owner only, and never in the place of another."""

import os
import shlex
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from chatops.core.audit import Checkpoint
from chatops.db import backup
from chatops.db.backup import BackupRefused, back_up
from chatops.db.database import Database
from chatops.db.soundness import ensure_sound
from chatops.db.store import Store
from tests.migrated import migrated

from .building import entry
from .rich import everything_read, fill


@pytest.fixture
def kept(tmp_path: Path) -> str:
    (tmp_path / "kept").mkdir()
    return migrated(tmp_path / "kept" / "chatops.db")


def test_a_copy_reads_as_the_original_did_and_is_one_file(kept: str, tmp_path: Path) -> None:
    file, heard = tmp_path / "copy.db", []
    with closing(_opened(kept)) as database:
        store = Store(database)
        tokens = fill(store)
        before = dict(everything_read(store, tokens))
        copied = back_up(kept, file, lambda done, total: heard.append((done, total)))
        head = Checkpoint(*store.audit.head())
        store.audit.append([entry(n="after it")])
    assert copied.head == head
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "kept"]
    assert heard[-1][0] == heard[-1][1] > 0
    with closing(_opened(f"sqlite:///{file}")) as database:
        ensure_sound(database)
        assert dict(everything_read(Store(database), tokens)) == before
        assert Store(database).audit.append([entry(n="on the copy")])[0].id == head.number + 1
        assert Store(database).audit.verify(head) is None


def test_a_copy_is_of_one_moment_whoever_writes_meanwhile(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 3)
    with closing(_opened(kept)) as database:
        store = Store(database)
        store.audit.append([entry(n=str(number)) for number in range(50)])
        copied = back_up(
            kept, tmp_path / "copy.db", lambda done, total: store.audit.append([entry(n="x" * 500)]) and None
        )
        assert store.audit.head()[0] > 60
    assert copied.head.number == 50


def test_no_file_is_ever_replaced(kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "copy.db"
    file.write_text("precious")
    with pytest.raises(BackupRefused, match="exists already: name a new file"):
        back_up(kept, file)
    file.unlink()
    with pytest.raises(BackupRefused, match="exists already: name a new file"):
        back_up(kept, file, lambda done, total: file.write_text("precious") and None)
    assert file.read_text() == "precious"
    monkeypatch.setattr(os, "link", _no_links)
    with pytest.raises(BackupRefused, match="exists already: name a new file"):
        back_up(kept, file)
    file.unlink()
    back_up(kept, file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "kept"]


def test_what_is_damaged_is_not_copied_as_if_it_were_whole(kept: str, tmp_path: Path) -> None:
    with closing(_opened(kept)) as database:
        Store(database).audit.append([entry(n="1"), entry(n="2")])
    with closing(sqlite3.connect(kept.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET subject_name = 'Eve' WHERE id = 2")
    with pytest.raises(BackupRefused, match="first in line 2"):
        back_up(kept, tmp_path / "copy.db")
    file = Path(kept.removeprefix("sqlite:///"))
    file.write_bytes(file.read_bytes()[:8192])
    with pytest.raises(Exception, match=r"malformed|damaged"):
        back_up(kept, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_postgresql_is_left_to_its_own_tool(tmp_path: Path) -> None:
    url = "postgresql://anna:canary@db.example:5433/chatops?sslmode=require&password=canary"
    with pytest.raises(BackupRefused) as refused:
        back_up(url, tmp_path / "a copy")
    command = str(refused.value).partition("own tool: ")[2]
    assert shlex.split(command) == [
        *("pg_dump", "--format=custom", f"--file={tmp_path / 'a copy'}"),
        "postgresql://anna@db.example:5433/chatops?sslmode=require",
    ]


def _no_links(*_: object) -> None:
    raise PermissionError("no hard links here")


def _opened(url: str) -> Database:
    database = Database(url, readers=1)
    database.open()
    return database

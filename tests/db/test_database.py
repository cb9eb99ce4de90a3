"""The database's threads: shared commits, harm kept to who does it, and coming back by itself."""

import contextlib
import resource
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.db.audit import append_entries
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store

from .building import NOW, entry

DEADLINE = 20.0


class Held:
    """Keeps the writer's thread busy, so that what comes after has to wait together."""

    def __init__(self, database: Database) -> None:
        self._begun, self._go = threading.Event(), threading.Event()
        self._future = database.submit_write(self._wait)
        assert self._begun.wait(DEADLINE)

    def _wait(self) -> None:
        self._begun.set()
        assert self._go.wait(DEADLINE)

    def release(self) -> None:
        self._go.set()
        self._future.result(DEADLINE)


def setting(database: Database, key: str, value: str = "1") -> Callable[[], str]:
    def work() -> str:
        database.tables.Setting(key=key, value=value)
        return key

    return work


def keys(database: Database) -> set[str]:
    return database.read(lambda: {row.key for row in database.tables.Setting.select()})


def test_waiting_writes_share_a_commit(database: Database) -> None:
    held = Held(database)
    before = database.commits
    futures = [database.submit_write(setting(database, f"k{n}")) for n in range(100)]
    held.release()
    assert [future.result(DEADLINE) for future in futures] == [f"k{n}" for n in range(100)]
    assert database.commits - before == 2, "one for the job that kept the thread, one for the hundred"
    assert len(keys(database)) == 100


def test_a_bad_job_harms_only_itself(database: Database) -> None:
    held = Held(database)
    good = [database.submit_write(setting(database, f"a{n}")) for n in range(5)]
    raising = database.submit_write(lambda: 1 // 0)
    twice = database.submit_write(setting(database, "a0", "other"))
    more = [database.submit_write(setting(database, f"b{n}")) for n in range(5)]
    held.release()
    assert {future.result(DEADLINE) for future in (*good, *more)} == keys(database)
    assert isinstance(raising.exception(DEADLINE), ZeroDivisionError)
    assert isinstance(twice.exception(DEADLINE), Permanent), "the key exists"
    assert database.read(lambda: database.tables.Setting["a0"].value) == "1"


def test_lines_beside_a_bad_job_are_written_once(database: Database, store: Store) -> None:
    """A job that only goes past the entities is in the transaction too: undone with it before it is done again."""
    held = Held(database)
    line = database.submit_write(lambda: append_entries(database.tables, [entry(n="1")]))
    raising = database.submit_write(lambda: 1 // 0)
    held.release()
    assert line.result(DEADLINE)[0].id == 1
    assert isinstance(raising.exception(DEADLINE), ZeroDivisionError)
    assert [stored.entry.detail["n"] for stored in store.audit.page()] == ["1"]


def test_lines_that_fail_half_way_leave_nothing(database: Database, store: Store) -> None:
    def two_and_fail() -> None:
        append_entries(database.tables, [entry(n="1"), entry(n="2")])
        raise RuntimeError("between the lines and their commit")

    with pytest.raises(RuntimeError):
        database.write(two_and_fail, alone=True)
    assert store.audit.head()[0] == 0


def test_a_job_that_wants_to_be_alone_shares_with_nobody(database: Database) -> None:
    held = Held(database)
    before = database.commits
    order: list[str] = []
    futures = [
        database.submit_write(lambda name=name: order.append(name), alone=name == "alone")
        for name in ("a", "b", "alone", "c", "d")
    ]
    held.release()
    for future in futures:
        future.result(DEADLINE)
    assert order == ["a", "b", "alone", "c", "d"]
    assert database.commits - before == 4


def test_a_statement_past_the_entities_is_of_the_transaction(database: Database, store: Store) -> None:
    def half() -> None:
        database.tables.connection.execute("INSERT INTO settings (key, value) VALUES ('half', '1')")
        raise ValueError("the other half")

    with pytest.raises(ValueError, match="the other half"):
        database.write(half)
    assert keys(database) == set()

    held = Held(database)
    line = threading.Thread(target=store.audit.append, args=([entry()],))
    line.start()
    while not database.waiting:
        pass
    raising = database.submit_write(lambda: 1 // 0)
    held.release()
    line.join(DEADLINE)
    assert isinstance(raising.exception(DEADLINE), ZeroDivisionError)
    assert len(database.read(lambda: database.tables.Audit.select()[:])) == 1, "one line, though its group was run anew"


def test_even_a_job_that_wants_to_end_the_process_does_not(database: Database) -> None:
    with pytest.raises(SystemExit):
        database.write(lambda: exit(3))
    assert database.write(lambda: 1) == 1
    with pytest.raises(KeyboardInterrupt):
        database.read(lambda: _raise(KeyboardInterrupt()))
    assert database.read(lambda: 1) == 1


def _raise(error: BaseException) -> None:
    raise error


def test_a_function_that_reads_cannot_ask_for_one_that_writes(database: Database) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"):
        database.at_once(lambda: database.write(lambda: 1))
    with pytest.raises(RuntimeError, match="wait for itself"):
        database.together(lambda: database.submit_write(lambda: 1))


def around_a_commit(
    database: Database, ask: Callable[[Callable[[], Any]], Any], before: Callable[[], Any], after: Callable[[], Any]
) -> tuple[Any, Any]:
    """What the two see within one `ask`, when somebody else stores a setting between them."""
    begun, written = threading.Event(), threading.Event()

    def look() -> tuple[Any, Any]:
        first = before()
        begun.set()
        assert written.wait(DEADLINE)
        return first, after()

    seen: list[tuple[Any, Any]] = []
    reader = threading.Thread(target=lambda: seen.append(ask(look)))
    reader.start()
    assert begun.wait(DEADLINE)
    database.write(setting(database, "x"))
    written.set()
    reader.join(DEADLINE)
    (both,) = seen
    return both


def test_reads_at_once_see_one_state(opened: Callable[..., Database]) -> None:
    database = opened(readers=1)
    seen = around_a_commit(database, database.at_once, lambda: keys(database), lambda: keys(database))
    assert seen == (set(), set())
    assert keys(database) == {"x"}


def test_writes_together_are_one_transaction(database: Database) -> None:
    def change(*, fails: bool) -> set[str]:
        database.write(setting(database, "a"))
        known = database.read(lambda: {row.key for row in database.tables.Setting.select()})
        database.write((lambda: _raise(KeyError("b"))) if fails else setting(database, "b"))
        return known

    with pytest.raises(KeyError):
        database.together(lambda: change(fails=True))
    assert keys(database) == set()
    commits = database.commits
    assert database.together(lambda: change(fails=False)) == {"a"}, "it sees what it wrote itself"
    assert (keys(database), database.commits) == ({"a", "b"}, commits + 1)


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(Failure):
        database.read(setting(database, "x"))
    assert keys(database) == set()


def test_a_read_sees_one_state(opened: Callable[..., Database]) -> None:
    """A commit in the middle of a read is not seen by it, and is seen by the next."""
    database = opened(readers=1)
    seen = around_a_commit(
        database,
        database.read,
        lambda: database.tables.Setting.select().count(),
        lambda: database.tables.connection.execute("SELECT count(*) FROM settings").fetchone()[0],
    )
    assert seen == (0, 0)
    assert keys(database) == {"x"}


@pytest.mark.sqlite
def test_every_connection_is_prepared(database: Database) -> None:
    def pragmas() -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [database.tables.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert database.write(pragmas) == ["wal", 2, 1, 400]
    assert database.read(pragmas) == ["wal", 2, 1, 400]


def test_a_full_queue_is_temporary_and_empties(opened: Callable[..., Database]) -> None:
    database = opened(queue_limit=3)
    held = Held(database)
    waiting = [database.submit_write(setting(database, f"k{n}")) for n in range(3)]
    assert database.waiting == 3
    with pytest.raises(Temporary) as refused:
        database.write(setting(database, "one too many"))
    assert refused.value.reason is Reason.SERVER_ERROR
    held.release()
    for future in waiting:
        future.result(DEADLINE)
    assert keys(database) == {"k0", "k1", "k2"}


def test_a_caller_does_not_wait_for_ever(opened: Callable[..., Database]) -> None:
    database = opened(caller_patience=0.05)
    held = Held(database)
    with pytest.raises(Temporary) as refused:
        database.write(setting(database, "late"))
    assert refused.value.reason is Reason.TIMEOUT
    held.release()
    database.write(lambda: None)
    assert keys(database) == set(), "what was given up was not done later"


def test_closing_finishes_what_was_taken_in_and_leaves_no_thread(url: str) -> None:
    database = Database(url)
    database.open()
    held = Held(database)
    waiting = [database.submit_write(setting(database, f"k{n}")) for n in range(20)]
    closer = threading.Thread(target=database.close)
    closer.start()
    held.release()
    closer.join(DEADLINE)
    assert [future.result(0) for future in waiting] == [f"k{n}" for n in range(20)]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("db-")] == []
    for call in (database.write, database.read):
        with pytest.raises(Failure, match="closed"):
            call(lambda: 1)
    assert isinstance(database.submit_write(lambda: 1).exception(0), Failure)
    database.close()


def test_what_was_given_to_a_database_that_never_opened_is_answered(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/missing.db")
    future = database.submit_write(lambda: 1)
    with pytest.raises(Permanent, match="migrate first"):
        database.open()
    assert isinstance(future.exception(0), Failure)


def test_two_databases_side_by_side(tmp_path: Path) -> None:
    databases = []
    for name in ("a", "b"):
        url = f"sqlite:///{tmp_path}/{name}.db"
        migrate(url)
        databases.append(Database(url))
        databases[-1].open()
    for database, key in zip(databases, "xy", strict=True):
        database.write(setting(database, key))
    assert [keys(database) for database in databases] == [{"x"}, {"y"}]
    for database in databases:
        database.close()


@pytest.mark.sqlite
def test_locked_by_another_process_is_temporary_and_passes(database: Database) -> None:
    other = sqlite3.connect(database.where, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Temporary) as refused:
        database.write(setting(database, "x"))
    assert refused.value.reason is Reason.SERVER_ERROR
    assert "locked" in refused.value.detail
    assert keys(database) == set(), "readers do not wait for it"
    other.execute("COMMIT")
    other.close()
    database.write(setting(database, "x"))
    assert keys(database) == {"x"}


@pytest.mark.sqlite
def test_a_write_error_is_temporary_and_passes(database: Database) -> None:
    """The operating system refuses to let the file grow: SQLite answers with an I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    try:
        with pytest.raises(Temporary) as refused:
            database.write(setting(database, "big", "x" * 1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.reason is Reason.SERVER_ERROR
    database.write(setting(database, "big", "x" * 1_000_000))
    assert keys(database) == {"big"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "chatops-test", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_small_disk(small_disk: Path) -> Iterator[Database]:
    url = f"sqlite:///{small_disk}/chatops.db"
    migrate(url)
    database = Database(url)
    database.open()
    with contextlib.closing(database):
        yield database


def test_a_full_disk_is_temporary_and_passes(on_small_disk: Database, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    store = Store(on_small_disk)
    futures = [store.inbox.put(b"x" * 50_000, "", NOW) for _ in range(3)]
    for future in futures:
        error = future.exception(DEADLINE)
        assert isinstance(error, Temporary), error
        assert error.reason is Reason.SERVER_ERROR
    assert store.inbox.new_ids() == ()
    ballast.unlink()
    assert store.inbox.put(b"x" * 50_000, "", NOW).result(DEADLINE) == 1
    assert store.inbox.new_ids() == (1,)


def test_on_a_nearly_full_disk_a_small_write_passes_beside_a_large_one(on_small_disk: Database) -> None:
    held = Held(on_small_disk)
    store = Store(on_small_disk)
    large = store.inbox.put(b"x" * 2_000_000, "", NOW)
    small = store.inbox.put(b"x", "", NOW)
    held.release()
    assert isinstance(large.exception(DEADLINE), Temporary)
    assert small.result(DEADLINE) > 0


@pytest.mark.sqlite
def test_a_read_only_connection_is_temporary_and_replaced(database: Database) -> None:
    database.write(lambda: database.tables.connection.execute("PRAGMA query_only = ON") and None)
    with pytest.raises(Temporary) as refused:
        database.write(setting(database, "x"))
    assert "readonly" in refused.value.detail
    database.write(setting(database, "x"))
    assert keys(database) == {"x"}


@pytest.mark.sqlite
def test_a_broken_database_is_not_worth_trying_again(url: str, tmp_path: Path) -> None:
    path = tmp_path / "chatops.db"
    content = bytearray(path.read_bytes())
    content[:100] = b"x" * 100
    path.write_bytes(content)
    with pytest.raises(Permanent, match="not a database"):
        Database(url).open()


@pytest.mark.sqlite
def test_snapshots_taken_while_writing_are_whole(database: Database, store: Store, tmp_path: Path) -> None:
    """Copy the file and its log at any moment, as a crash would leave them: sound, and the chain of hashes holds."""
    stop = threading.Event()
    acknowledged: list[int] = []

    def write() -> None:
        while not stop.is_set():
            acknowledged.extend(line.id for line in store.audit.append([entry(n=str(len(acknowledged)))]))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(20):
            while len(acknowledged) <= number * 3 and writer.is_alive():
                database.read(lambda: None)
            _copy_and_check(database.where, tmp_path / f"copy{number}", acknowledged)
    finally:
        stop.set()
        writer.join(DEADLINE)
    assert store.audit.verify() is None


def _copy_and_check(path: str, folder: Path, acknowledged: list[int]) -> None:
    folder.mkdir()
    least = acknowledged[-1] if acknowledged else 0
    # Two files cannot be copied at one instant; a reader keeps the log from being started anew between them.
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as pin:
        pin.execute("BEGIN")
        pin.execute("SELECT max(id) FROM audit").fetchone()
        for suffix in ("", "-wal"):
            (folder / f"chatops.db{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    with contextlib.closing(sqlite3.connect(folder / "chatops.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy = Database(f"sqlite:///{folder}/chatops.db")
    copy.open()
    with contextlib.closing(copy):
        audit = Store(copy).audit
        assert audit.verify() is None
        assert audit.head()[0] >= least, "a line that was acknowledged is missing"

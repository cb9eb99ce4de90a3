"""Connections to PostgreSQL that are refused, held up, cut off or lost: what each means to whoever asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.db import postgres
from chatops.db.audit import append_entries
from chatops.db.database import Database
from chatops.db.faults import Locked, Lost, Unavailable
from chatops.db.migrate import migrate
from chatops.db.store import Store
from tests.db.building import NOW, entry
from tests.db.test_database import DEADLINE, Held, keys, setting
from tests.postgres import administer, drop_database, new_database

pytestmark = pytest.mark.postgresql

_PID = "SELECT pg_backend_pid()"


def pid(database: Database) -> int:
    """Of the calling thread's connection."""
    return int(database.tables.connection.execute(_PID).fetchone()[0])


@contextmanager
def elsewhere(url: str, statement: str) -> Iterator[None]:
    """A transaction of somebody else that has done this and does not end."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        yield


def ended(url: str, backend: int) -> None:
    """The backend is gone when this returns, and with it its connection."""
    administer(url, "SELECT pg_terminate_backend(%s, 10000)", (backend,))


def test_a_lock_of_another_is_waited_for_only_so_long(url: str, database: Database) -> None:
    database.write(setting(database, "x"))
    with elsewhere(url, "LOCK TABLE settings IN ACCESS EXCLUSIVE MODE"), pytest.raises(Locked) as refused:
        database.write(setting(database, "y"))
    assert refused.value.reason is Reason.SERVER_ERROR
    assert "lock timeout" in refused.value.detail
    with elsewhere(url, "UPDATE settings SET value = '2' WHERE key = 'x'"):
        with pytest.raises(Locked):
            database.write(lambda: database.tables.connection.execute("DELETE FROM settings") and None)
        assert keys(database) == {"x"}, "readers do not wait for it"
    database.write(setting(database, "y"))
    assert keys(database) == {"x", "y"}


def test_whoever_waits_for_the_log_too_long_is_told_so(url: str, database: Database, store: Store) -> None:
    with elsewhere(url, f"SELECT pg_advisory_xact_lock({0x63686175})"), pytest.raises(Locked):
        store.audit.append([entry()])
    assert store.audit.append([entry()])[0].id == 1


def test_a_connection_cut_off_while_idle_is_replaced(url: str, database: Database) -> None:
    """Whatever the next write is made of: entities, or statements past them."""
    for number, work in enumerate((setting(database, "a"), _inserting(database, "b"), _appending(database))):
        ended(url, database.write(lambda: pid(database)))
        database.write(work)
        assert len(keys(database)) == min(number + 1, 2)
    ended(url, database.read(lambda: pid(database)))
    ended(url, database.read(lambda: pid(database)))
    assert keys(database) == {"a", "b"}


def _inserting(database: Database, key: str) -> Callable[[], None]:
    def work() -> None:
        database.tables.connection.execute("INSERT INTO settings (key, value) VALUES (?, '')", (key,))

    return work


def _appending(database: Database) -> Callable[[], None]:
    return lambda: append_entries(database.tables, [entry()]) and None


@pytest.mark.parametrize("then", ["entities", "statements", "a query"])
def test_a_transaction_cut_off_in_its_middle_is_done_again_whole(
    url: str, database: Database, store: Store, then: str
) -> None:
    """Nothing that came before the cut is lost while the rest is stored."""
    cuts: list[int] = []

    def work() -> None:
        append_entries(database.tables, [entry()])
        _inserting(database, "first")()
        if not cuts:
            cuts.append(pid(database))
            ended(url, cuts[0])
        if then == "entities":
            setting(database, "second")()
        elif then == "statements":
            _inserting(database, "second")()
        else:
            database.tables.Setting.select().count()
            setting(database, "second")()

    database.write(work)
    assert keys(database) == {"first", "second"}
    assert [line.id for line in store.audit.page()] == [1]


def test_a_transaction_cut_off_twice_is_not_done(url: str, database: Database) -> None:
    tries: list[int] = []

    def work() -> None:
        _inserting(database, "first")()
        tries.append(pid(database))
        ended(url, tries[-1])
        setting(database, "second")()

    with pytest.raises(Lost) as refused:
        database.write(work)
    assert refused.value.reason is Reason.UNREACHABLE
    assert len(tries) == 2
    assert keys(database) == set()
    database.write(setting(database, "third"))
    assert keys(database) == {"third"}


def test_jobs_that_shared_a_transaction_that_was_cut_off_are_all_done_once(url: str, database: Database) -> None:
    held = Held(database)
    cuts: list[int] = []

    def cutting() -> None:
        if not cuts:
            cuts.append(pid(database))
            ended(url, cuts[0])

    futures = [database.submit_write(work) for work in (setting(database, "a"), cutting, setting(database, "b"))]
    bad = database.submit_write(lambda: 1 // 0)
    held.release()
    for future in futures:
        future.result(DEADLINE)
    assert isinstance(bad.exception(DEADLINE), ZeroDivisionError)
    assert keys(database) == {"a", "b"}


def test_a_connection_lost_while_it_commits_leaves_the_outcome_unknown(url: str, database: Database) -> None:
    """By a check that PostgreSQL makes only at the commit, and in which its process ends."""
    administer(
        url,
        "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.key = 'dies' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); END IF; "
        "RETURN NULL; END; $$; "
        "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON settings DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION dies()",
    )
    for work in (setting(database, "dies"), _inserting(database, "dies")):
        with pytest.raises(Temporary) as refused:
            database.write(work)
        assert refused.value.reason is Reason.UNKNOWN_OUTCOME
    database.write(setting(database, "lives"))
    assert keys(database) == {"lives"}


def test_the_server_ends_a_writer_that_does_nothing(
    url: str, opened: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two transactions, and in the middle of one that hangs: what it held is free then."""
    monkeypatch.setattr(postgres, "IDLE_SECONDS", 0.2)
    database = opened()
    backend = database.write(lambda: pid(database))
    _gone(url, backend)
    database.write(setting(database, "x"))
    hung: list[int] = []

    def hanging() -> None:
        _inserting(database, "y")()
        if not hung:
            hung.append(pid(database))
            _gone(url, hung[0])
        setting(database, "z")()

    database.write(hanging)
    assert keys(database) == {"x", "y", "z"}


def _gone(url: str, backend: int) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for _ in range(200):
            cursor.execute("SELECT pg_sleep(0.1), count(*) FROM pg_stat_activity WHERE pid = %s", (backend,))
            if cursor.fetchone()[1] == 0:
                return
    raise AssertionError("the server let it be")


def test_a_reader_is_never_idle_for_too_long(database: Database) -> None:
    """Nothing is held by one, and a read by page and by page need not connect anew."""
    idle = database.read(lambda: database.tables.connection.execute("SHOW idle_session_timeout").fetchone()[0])
    assert idle == "0"


def test_a_read_that_takes_too_long_is_given_up(
    opened: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "READ_SECONDS", 0.05)
    database = opened()
    asked: list[int] = []

    def slow() -> None:
        asked.append(1)
        database.tables.connection.execute("SELECT pg_sleep(60)").fetchall()

    with pytest.raises(Unavailable) as refused:
        database.read(slow)
    assert refused.value.reason is Reason.TIMEOUT
    assert len(asked) == 1, "nobody waits for it a second time"
    assert keys(database) == set()


def test_a_database_that_only_reads_is_temporary_and_passes(url: str, opened: Callable[..., Database]) -> None:
    """As a standby is, or a server that was told so."""
    ((name,),) = administer(url, "SELECT current_database()")
    administer(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    database = opened()
    with pytest.raises(Temporary) as refused:
        database.write(setting(database, "x"))
    assert "read-only" in refused.value.detail
    with pytest.raises(Temporary, match="read-only"):
        Store(database).inbox.put(b"{}", "", NOW).result(DEADLINE)
    assert keys(database) == set()
    writing = f"{url}{'&' if '?' in url else '?'}options=-cdefault_transaction_read_only%3Doff"
    administer(writing, f"ALTER DATABASE {name} RESET ALL")
    database.write(setting(database, "x"))
    assert keys(database) == {"x"}


def test_an_older_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LEAST_VERSION", 99)
    for attempt in (Database(url).open, lambda: migrate(url)):
        with pytest.raises(Permanent, match=r"is PostgreSQL \d+; chatops needs 99 or newer"):
            attempt()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("db-")]


def test_a_database_of_another_encoding_is_refused() -> None:
    latin = new_database(migrated=False, options="ENCODING 'LATIN1' LOCALE 'C'")
    try:
        for attempt in (lambda: migrate(latin), Database(latin).open):
            with pytest.raises(Permanent, match="keeps text as LATIN1: make it anew"):
                attempt()
    finally:
        drop_database(latin)


def test_a_user_that_is_not_known_is_said_without_the_password(url: str) -> None:
    scheme, _, rest = url.partition("://")
    stranger = f"{scheme}://nobody:canary@{rest.rpartition('@')[2]}"
    database = Database(stranger)
    for attempt in (database.open, lambda: migrate(stranger)):
        with pytest.raises(Failure, match="nobody") as refused:
            attempt()
        assert "canary" not in str(refused.value)


def test_a_server_that_is_not_there_is_temporary() -> None:
    """Nobody listens on port 1."""
    with pytest.raises(Temporary) as refused:
        Database("postgresql://anna:canary@127.0.0.1:1/chatops").open()
    assert refused.value.reason is Reason.UNREACHABLE
    assert "canary" not in refused.value.detail
    with pytest.raises(Temporary, match="refused"):
        migrate("postgresql://anna:canary@127.0.0.1:1/chatops")

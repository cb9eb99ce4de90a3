"""What is passed on to the replica that leads: an answer comes back, or it is said what is known of it, and soon."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from chatops.core.failures import Reason, Temporary
from chatops.web import relay as relay_module
from chatops.web.api import api_server, build_api
from chatops.web.hook import PATH, TelegramHook
from chatops.web.readiness import Readiness
from chatops.web.relay import Relay
from tests.web.wire import Answer, Wire, head

READY = Readiness(alive=True, database_open=True, intake_listens=True, parts={})
HEADER = "X-Telegram-Bot-Api-Secret-Token: canary"


class Replica:
    """One that takes what Telegram posts, and does it itself or knows who does."""

    def __init__(self, leader: str | Exception | None) -> None:
        self.taken: list[bytes] = []
        self._leader = leader
        hook = TelegramHook(self.taken.append, "canary", Relay(self._where, lambda: leader is None))
        self.server = api_server(build_api(lambda: READY, hook=hook), host="127.0.0.1", port=0, threads=1, hook=hook)
        self.server.start()

    def _where(self) -> str:
        if isinstance(self._leader, Exception):
            raise self._leader
        return self._leader or ""

    def post(self, *headers: str) -> Answer:
        with Wire(self.server.port) as wire:
            return wire.post(b'{"update_id": 1}', path=PATH, headers=(HEADER, *headers))


@contextlib.contextmanager
def replica(leader: str | Exception | None) -> Iterator[Replica]:
    made = Replica(leader)
    try:
        yield made
    finally:
        made.server.stop(10.0)


def test_the_one_that_leads_is_asked_and_its_answer_handed_back() -> None:
    with replica(None) as leads, replica(f"127.0.0.1:{leads.server.port}") as stands_by:
        assert stands_by.post().status == 200
        assert leads.taken == [b'{"update_id": 1}']
        assert stands_by.taken == []


def test_what_was_passed_on_is_not_passed_on_again() -> None:
    with replica("127.0.0.1:1") as stands_by:
        answer = stands_by.post(f"{relay_module.PASSED_ON}: 1")
        assert (answer.status, answer.json()["code"]) == (503, "no_leader")


@pytest.mark.parametrize("leader", ["", Temporary(Reason.UNREACHABLE, "the database is away"), "127.0.0.1:1"])
def test_where_nobody_can_be_asked_nothing_was_done(leader: str | Exception) -> None:
    with replica(leader) as stands_by:
        answer = stands_by.post()
        assert (answer.status, answer.json()["code"]) == (503, "no_leader")


def test_one_that_is_cut_off_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take a minute to do something, and a moment to be reached."""
    monkeypatch.setattr(relay_module, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as waiting:
        # Linux leaves unanswered who comes while one waits to be accepted: as if there were no way.
        waiting.enter_context(socket.create_connection(full.getsockname()))
        with replica(f"127.0.0.1:{full.getsockname()[1]}") as stands_by:
            answer = stands_by.post()
            assert (answer.status, answer.json()["code"]) == (503, "no_leader")


def test_one_that_was_asked_and_hangs_up_may_have_done_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(40)
        with replica(f"127.0.0.1:{door.getsockname()[1]}") as stands_by, Wire(stands_by.server.port) as wire:
            wire.send(head(path=PATH, headers=(HEADER, "Content-Length: 2")) + b"{}")
            connection, _ = door.accept()
            connection.recv(65_536)
            connection.close()
            answer = wire.answer()
            assert (answer.status, answer.json()["code"]) == (504, "no_answer")

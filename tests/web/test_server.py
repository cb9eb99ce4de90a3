"""The server under the intake and the API: how it starts, what it answers by itself, and that it stops gently."""

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

import pytest

from chatops.web.errors import JsonBottle, answer
from chatops.web.server import CannotListen, Server, bind
from tests.web.wire import Wire, head

PATIENCE = 10.0


def server(app: Any, **options: Any) -> Server:
    return Server(app, **{"name": "tested", "host": "127.0.0.1", "port": 0, "threads": 2, **options})


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("tested-")]


class Held:
    """An application whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.entered.release()
        assert self.go.wait(PATIENCE)
        return hello(environ, start_response)

    def wait_entered(self) -> None:
        assert self.entered.acquire(timeout=PATIENCE)


def test_it_serves_on_the_port_it_names_and_stops_without_a_thread() -> None:
    tested = server(hello)
    assert tested.port == 0
    assert not tested.listening
    tested.start()
    assert tested.listening
    with Wire(tested.port) as wire:
        wire.send(head(method="GET", path="/"))
        assert wire.answer().body == b"hello"
    port = tested.port
    assert tested.stop(PATIENCE)
    assert not tested.listening
    assert own_threads() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_stopping_finishes_what_is_being_answered() -> None:
    app = Held()
    tested = server(app)
    tested.start()
    with Wire(tested.port) as wire, Wire(tested.port) as idle:
        wire.send(head(method="GET", path="/"))
        app.wait_entered()
        clean: list[bool] = []
        stopping = threading.Thread(target=lambda: clean.append(tested.stop(PATIENCE)))
        stopping.start()
        # The listening socket is closed first, while the request is still being answered.
        refused = threading.Event()
        while not refused.is_set():
            try:
                socket.create_connection(("127.0.0.1", tested.port), timeout=PATIENCE).close()
            except ConnectionError:
                refused.set()
        assert stopping.is_alive()
        app.go.set()
        assert wire.answer().body == b"hello"
        assert idle.rest() == b""
        stopping.join(PATIENCE)
    assert clean == [True]
    assert own_threads() == []


def test_a_request_that_never_ends_cannot_hold_up_the_stop() -> None:
    app = Held()
    tested = server(app)
    tested.start()
    with Wire(tested.port) as wire:
        wire.send(head(method="GET", path="/"))
        app.wait_entered()
        assert tested.stop(0.2) is False
        assert wire.rest() == b""
    app.go.set()
    for thread in threading.enumerate():
        if thread.name.startswith("tested-"):
            thread.join(PATIENCE)
    assert own_threads() == []


def test_a_loop_that_is_awake_already_may_close_before_it_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = server(hello)
    tested.start()
    trigger = tested._listener.trigger
    wake = trigger._physical_pull

    def late() -> None:
        # What a worker's own pull does: the loop takes the step before the byte that was to wake it is written.
        wake()
        tested._thread.join(0.3)  # type: ignore[union-attr]  # it runs
        wake()

    monkeypatch.setattr(trigger, "_physical_pull", late)
    assert tested.stop(PATIENCE)
    assert own_threads() == []


def test_idle_connections_keep_nobody_from_being_heard(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An Alertmanager opens a connection for each group of a storm, and keeps it."""
    monkeypatch.setattr("chatops.web.server.CONNECTIONS", 20)
    tested = server(hello)
    tested.start()
    with ExitStack() as opened:
        wires = [opened.enter_context(Wire(tested.port)) for _ in range(60)]
        for wire in wires:
            wire.send(head(method="GET", path="/"))
        answers = [wire.answer() for wire in wires]
        assert [answer.body for answer in answers] == [b"hello"] * 60
        closed = [answer.headers.get("connection") == "close" for answer in answers]
        assert any(closed)
        # Few of them: each may keep its connection.
        with Wire(tested.port) as wire:
            for _ in range(2):
                wire.send(head(method="GET", path="/"))
                assert wire.answer().headers.get("connection") != "close"
    assert tested.stop(PATIENCE)
    assert not [record for record in caplog.records if "open connections" in record.getMessage()]


def test_half_a_request_does_not_hold_up_the_stop() -> None:
    tested = server(hello)
    tested.start()
    with Wire(tested.port) as wire:
        wire.send(head(headers=("Content-Length: 100",)) + b"half")
        with Wire(tested.port) as other:
            other.send(head(method="GET", path="/"))
            other.answer()
        assert tested.stop(PATIENCE)
        assert b"HTTP" not in wire.rest()


def test_stopping_twice_or_unstarted_is_nothing() -> None:
    tested = server(hello)
    assert tested.stop()
    tested.start()
    assert tested.stop(PATIENCE)
    assert tested.stop(PATIENCE)


def test_a_port_in_use_is_named_with_the_mend() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"port {port}: another program has the port.*choose another"):
            server(hello, port=port).start()
    assert own_threads() == []


@pytest.mark.parametrize(
    ("host", "mend"), [("192.0.2.1", "set BIND_ADDRESS"), ("no.such.host.invalid", "BIND_ADDRESS is no address")]
)
def test_an_address_that_is_not_ours_is_named_with_the_mend(host: str, mend: str) -> None:
    with pytest.raises(CannotListen, match=mend):
        server(hello, host=host).start()


def test_it_listens_on_ipv6_where_there_is_one() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    tested = server(hello, host="::1")
    tested.start()
    with socket.create_connection(("::1", tested.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 200")
    assert tested.stop(PATIENCE)


def test_a_body_beyond_the_limit_is_a_problem() -> None:
    tested = server(hello, max_body=10)
    tested.start()
    try:
        with Wire(tested.port) as wire:
            assert wire.post(b"x" * 10).status == 200
        with Wire(tested.port) as wire:
            wire.post(b"x" * 11).assert_problem(413)
    finally:
        tested.stop(PATIENCE)


def test_a_route_that_breaks_is_a_problem_without_its_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    app = JsonBottle()

    def broken() -> None:
        raise RuntimeError("canary")

    app.route("/broken", "GET", broken)
    app.route("/fine", "GET", lambda: answer([1]))
    tested = server(app)
    tested.start()
    try:
        with Wire(tested.port) as wire:
            wire.send(head(method="GET", path="/broken"))
            failed = wire.answer()
            failed.assert_problem(500)
            assert b"canary" not in failed.body
            wire.send(head(method="GET", path="/fine"))
            assert wire.answer().json() == [1]
            wire.send(head(method="GET", path="/absent"))
            wire.answer().assert_problem(404)
            wire.send(head(method="DELETE", path="/fine"))
            wire.answer().assert_problem(405)
    finally:
        tested.stop(PATIENCE)
    assert "Traceback" not in capfd.readouterr().err


def test_pipelined_requests_are_answered_in_order() -> None:
    app = JsonBottle()
    app.route("/<number:int>", "GET", lambda number: answer(number))
    tested = server(app)
    tested.start()
    try:
        with Wire(tested.port) as wire:
            wire.send(b"".join(head(method="GET", path=f"/{number}") for number in range(20)))
            assert [wire.answer().json() for _ in range(20)] == list(range(20))
    finally:
        tested.stop(PATIENCE)

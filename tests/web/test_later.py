"""Requests that are answered from another thread's work: each once, in its order, whatever becomes of it."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

import pytest

from chatops.web import later
from chatops.web.channel import Head
from chatops.web.later import Begun, Outcome, Reply
from chatops.web.server import Server
from tests.web.wire import Wire, head

PATIENCE = 10.0


def by_the_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "3")])
    return [b"app"]


class Work:
    """Begins on every POST and does it when told to."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.begun: list[tuple[bytes, Future[int]]] = []
        self.more = threading.Semaphore(0)
        self._patience = patience

    def begin(self, asked: Head, body: bytes) -> Begun | None:
        if asked.method != "POST":
            return None
        self.begun.append((body, Future()))
        self.more.release()
        return Begun(self.begun[-1][1], self.reply, self._patience)

    @staticmethod
    def reply(outcome: Outcome) -> Reply:
        if outcome is None:
            return Reply(200, b"done", (("Content-Type", "text/plain"),))
        return Reply(503, type(outcome).__name__.encode())

    def wait(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.more.acquire(timeout=PATIENCE)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def server(work: Work) -> Iterable[Server]:
    served = Server(by_the_app, name="tested", host="127.0.0.1", port=0, threads=1, begin=work.begin)
    served.start()
    yield served
    served.stop(PATIENCE)


def test_it_is_answered_once_it_is_done_and_the_connection_is_kept(server: Server, work: Work) -> None:
    with Wire(server.port) as wire:
        for number, body in enumerate((b"first", b"second")):
            wire.send(head(headers=(f"Content-Length: {len(body)}",)) + body)
            work.wait()
            assert work.begun[number][0] == body
            work.begun[number][1].set_result(1)
            answer = wire.answer()
            assert (answer.status, answer.body) == (200, b"done")
            assert answer.headers["content-type"] == "text/plain"


def test_none_of_its_threads_waits(server: Server, work: Work) -> None:
    """More than there are threads are begun, and the application still answers."""
    wires = [Wire(server.port) for _ in range(5)]
    for wire in wires:
        wire.send(head(headers=("Content-Length: 0",)))
    work.wait(5)
    with Wire(server.port) as other:
        other.send(head(method="GET", path="/"))
        assert other.answer().body == b"app"
    for _, done in reversed(work.begun):
        done.set_result(1)
    for wire in wires:
        assert wire.answer().status == 200
        wire.__exit__()


def test_what_fails_is_told(server: Server, work: Work) -> None:
    with Wire(server.port) as wire:
        wire.send(head(headers=("Content-Length: 0",)))
        work.wait()
        work.begun[0][1].set_exception(ValueError("no"))
        answer = wire.answer()
        assert (answer.status, answer.body) == (503, b"ValueError")


def test_what_was_done_before_it_was_asked_for_is_answered_too(work: Work) -> None:
    def at_once(asked: Head, body: bytes) -> Begun | None:
        begun = work.begin(asked, body)
        work.begun[-1][1].set_result(1)
        return begun

    served = Server(by_the_app, name="tested", host="127.0.0.1", port=0, begin=at_once)
    served.start()
    with Wire(served.port) as wire:
        assert wire.post(b"x").status == 200
    assert served.stop(PATIENCE)


def test_nobody_waits_for_ever_and_is_answered_once() -> None:
    slow = Work(patience=0.0)
    served = Server(by_the_app, name="tested", host="127.0.0.1", port=0, begin=slow.begin)
    served.start()
    with Wire(served.port) as wire:
        wire.send(head(headers=("Content-Length: 0",)))
        slow.wait()
        answer = wire.answer()
        assert (answer.status, answer.body) == (503, b"TimeoutError")
        slow.begun[0][1].set_result(1)
        wire.send(head(method="GET", path="/"))
        assert wire.answer().body == b"app", "the late end was answered too"
    assert served.stop(PATIENCE)


def test_requests_sent_behind_each_other_are_answered_in_their_order(server: Server, work: Work) -> None:
    with Wire(server.port) as wire:
        wire.send(head(headers=("Content-Length: 1",)) + b"a" + head(method="GET", path="/"))
        work.wait()
        work.begun[0][1].set_result(1)
        assert [wire.answer().body for _ in range(2)] == [b"done", b"app"]


def test_one_who_went_away_keeps_nobody_from_an_answer(server: Server, work: Work) -> None:
    with Wire(server.port) as gone:
        gone.send(head(headers=("Content-Length: 0",)))
        work.wait()
    work.begun[0][1].set_result(1)
    with Wire(server.port) as wire:
        wire.send(head(headers=("Content-Length: 0",)))
        work.wait()
        work.begun[1][1].set_result(1)
        assert wire.answer().status == 200


def test_what_is_begun_is_bounded(monkeypatch: pytest.MonkeyPatch, server: Server, work: Work) -> None:
    monkeypatch.setattr(later, "MOST", 1)
    with Wire(server.port) as first, Wire(server.port) as second:
        first.send(head(headers=("Content-Length: 0",)))
        work.wait()
        second.send(head(headers=("Content-Length: 0",)))
        assert second.answer().body == b"app", "it waits for a thread of the application's"
        work.begun[0][1].set_result(1)
        assert first.answer().body == b"done"


def test_stopping_waits_for_what_is_begun(server: Server, work: Work) -> None:
    with Wire(server.port) as wire:
        wire.send(head(headers=("Content-Length: 0",)))
        work.wait()
        clean: list[bool] = []
        stopping = threading.Thread(target=lambda: clean.append(server.stop(PATIENCE)))
        stopping.start()
        work.begun[0][1].set_result(1)
        assert wire.answer().status == 200
        stopping.join(PATIENCE)
    assert clean == [True]


def test_a_reply_that_breaks_costs_its_own_connection_alone(server: Server, work: Work) -> None:
    work.reply = lambda _outcome: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    with Wire(server.port) as broken, Wire(server.port) as other:
        broken.send(head(headers=("Content-Length: 0",)))
        work.wait()
        work.begun[0][1].set_result(1)
        broken.rest()
        other.send(head(method="GET", path="/"))
        assert other.answer().body == b"app"

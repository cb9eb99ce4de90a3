"""The gate between HTTP threads and the database: an answer in time whatever that does."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from chatops.actors.addresses import WEBHOOK
from chatops.actors.directory import Directory
from chatops.actors.gate import FORGOTTEN_SECONDS, Gate
from chatops.core.failures import Failure, Permanent, Reason, Temporary

PATIENCE = 10.0


def answering(outcome: int | Failure) -> Callable[[bytes, str], "Future[int]"]:
    """A database that has stored, or refused, each body by the time it is asked."""

    def put(_body: bytes, _source: str) -> "Future[int]":
        stored: Future[int] = Future()
        if isinstance(outcome, Failure):
            stored.set_exception(outcome)
        else:
            stored.set_result(outcome)
        return stored

    return put


def test_it_returns_once_the_body_is_committed() -> None:
    taken: list[tuple[bytes, str]] = []

    def put(body: bytes, source: str) -> "Future[int]":
        taken.append((body, source))
        return answering(7)(body, source)

    directory = Directory()
    Gate(directory, put).accept(b"body", "eu1")
    assert taken == [(b"body", "eu1")]
    assert directory.parked(WEBHOOK) == 1, "who routes it was not told"


def test_what_is_not_on_disk_is_told_to_nobody() -> None:
    directory = Directory()
    with pytest.raises(Temporary):
        Gate(directory, answering(Temporary(Reason.SERVER_ERROR, "disk full"))).accept(b"body", "")
    assert directory.parked(WEBHOOK) == 0


def test_a_database_that_takes_nothing_leaves_its_place_to_others() -> None:
    def put(_body: bytes, _source: str) -> "Future[int]":
        raise Temporary(Reason.SERVER_ERROR, "closed")

    gate = Gate(Directory(), put, most_waiting=1)
    assert [give_up(gate) for _ in range(2)] == [Reason.SERVER_ERROR] * 2


@pytest.mark.parametrize("failure", [Temporary(Reason.SERVER_ERROR, "disk full"), Permanent(Reason.SERVER_ERROR, "x")])
def test_what_kept_it_from_the_disk_is_passed_on(failure: Failure) -> None:
    gate = Gate(Directory(), answering(failure))
    with pytest.raises(Failure) as raised:
        gate.accept(b"body", "")
    assert raised.value is failure


def test_nobody_answering_is_temporary() -> None:
    with pytest.raises(Temporary) as raised:
        Gate(Directory(), lambda _body, _source: Future(), wait_seconds=0.01).accept(b"body", "")
    assert raised.value.reason is Reason.TIMEOUT


class Held:
    """A database that keeps every body and answers none."""

    def __init__(self) -> None:
        self.kept: list[Future[int]] = []
        self.arrived = threading.Semaphore(0)

    def put(self, _body: bytes, _source: str) -> "Future[int]":
        self.kept.append(Future())
        self.arrived.release()
        return self.kept[-1]


def give_up(gate: Gate, body: bytes = b"body") -> Reason:
    with pytest.raises(Temporary) as raised:
        gate.accept(body, "")
    return raised.value.reason


def test_bodies_given_up_on_still_fill_the_gate_until_the_database_lets_go() -> None:
    database = Held()
    gate = Gate(Directory(), database.put, wait_seconds=0.01, most_waiting=2)
    assert [give_up(gate) for _ in range(3)] == [Reason.TIMEOUT, Reason.TIMEOUT, Reason.THROTTLED]
    database.kept[0].set_result(1)
    assert give_up(gate) is Reason.TIMEOUT


def test_p1_bytes_are_bounded_too_but_one_body_always_fits() -> None:
    database = Held()
    gate = Gate(Directory(), database.put, wait_seconds=0.01, most_bytes=10)
    assert give_up(gate, b"x" * 100) is Reason.TIMEOUT
    assert give_up(gate, b"x") is Reason.THROTTLED


def test_a_body_nobody_will_ever_answer_for_is_forgotten() -> None:
    database = Held()
    now = [0.0]
    gate = Gate(Directory(), database.put, wait_seconds=0.01, most_waiting=1, clock=lambda: now[0])
    assert give_up(gate) is Reason.TIMEOUT
    now[0] = FORGOTTEN_SECONDS
    assert give_up(gate) is Reason.THROTTLED
    now[0] = FORGOTTEN_SECONDS + 1
    assert give_up(gate) is Reason.TIMEOUT


def test_p1_a_full_gate_answers_at_once_while_others_wait() -> None:
    database = Held()
    gate = Gate(Directory(), database.put, wait_seconds=PATIENCE, most_waiting=1)
    waiting = threading.Thread(target=gate.accept, args=(b"first", ""))
    waiting.start()
    assert database.arrived.acquire(timeout=PATIENCE)
    assert give_up(gate) is Reason.THROTTLED
    assert waiting.is_alive()
    database.kept[0].set_result(1)
    waiting.join(PATIENCE)
    assert not waiting.is_alive()

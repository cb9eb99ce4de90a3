"""The gate between HTTP threads and the webhook actor: an answer in time whatever the actor does."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pykka
import pytest

from chatops.actors.addresses import WEBHOOK
from chatops.actors.directory import Directory
from chatops.actors.gate import FORGOTTEN_SECONDS, Gate
from chatops.actors.messages import Accept
from chatops.core.failures import Failure, Permanent, Reason, Temporary

PATIENCE = 10.0


class Receiver(pykka.ThreadingActor):
    """Stands at the webhook actor's address and does with each body what the test says."""

    def __init__(self, take: Callable[[Accept], None]) -> None:
        super().__init__()
        self._take = take

    def on_receive(self, message: object) -> None:
        assert isinstance(message, Accept)
        self._take(message)


def directory_with(take: Callable[[Accept], None]) -> Directory:
    directory = Directory()
    ref = Receiver.start(take)
    directory.expect(WEBHOOK, ref, threading.Event())
    assert directory.register(WEBHOOK, ref)
    return directory


@pytest.fixture(autouse=True)
def _stop_actors():
    yield
    pykka.ActorRegistry.stop_all(timeout=PATIENCE)


def test_it_returns_once_the_body_is_committed() -> None:
    taken: list[tuple[bytes, str]] = []

    def take(message: Accept) -> None:
        taken.append((message.body, message.source))
        message.stored.set_result(1)

    Gate(directory_with(take)).accept(b"body", "eu1")
    assert taken == [(b"body", "eu1")]


@pytest.mark.parametrize("failure", [Temporary(Reason.SERVER_ERROR, "disk full"), Permanent(Reason.SERVER_ERROR, "x")])
def test_what_kept_it_from_the_disk_is_passed_on(failure: Failure) -> None:
    gate = Gate(directory_with(lambda message: message.stored.set_exception(failure)))
    with pytest.raises(Failure) as raised:
        gate.accept(b"body", "")
    assert raised.value is failure


def test_nobody_answering_is_temporary() -> None:
    with pytest.raises(Temporary) as raised:
        Gate(Directory(), wait_seconds=0.01).accept(b"body", "")
    assert raised.value.reason is Reason.TIMEOUT


def held() -> tuple[Directory, list["Future[int]"], threading.Semaphore]:
    """An actor that keeps every body and answers none."""
    kept: list[Future[int]] = []
    arrived = threading.Semaphore(0)

    def take(message: Accept) -> None:
        kept.append(message.stored)
        arrived.release()

    return directory_with(take), kept, arrived


def give_up(gate: Gate, body: bytes = b"body") -> Reason:
    with pytest.raises(Temporary) as raised:
        gate.accept(body, "")
    return raised.value.reason


def test_bodies_given_up_on_still_fill_the_gate_until_the_actor_lets_go() -> None:
    directory, kept, arrived = held()
    gate = Gate(directory, wait_seconds=0.01, most_waiting=2)
    assert [give_up(gate) for _ in range(3)] == [Reason.TIMEOUT, Reason.TIMEOUT, Reason.THROTTLED]
    for _ in range(2):
        assert arrived.acquire(timeout=PATIENCE)
    kept[0].set_result(1)
    assert give_up(gate) is Reason.TIMEOUT


def test_p1_bytes_are_bounded_too_but_one_body_always_fits() -> None:
    directory, _, _ = held()
    gate = Gate(directory, wait_seconds=0.01, most_bytes=10)
    assert give_up(gate, b"x" * 100) is Reason.TIMEOUT
    assert give_up(gate, b"x") is Reason.THROTTLED


def test_a_body_nobody_will_ever_answer_for_is_forgotten() -> None:
    directory, _, _ = held()
    now = [0.0]
    gate = Gate(directory, wait_seconds=0.01, most_waiting=1, clock=lambda: now[0])
    assert give_up(gate) is Reason.TIMEOUT
    now[0] = FORGOTTEN_SECONDS
    assert give_up(gate) is Reason.THROTTLED
    now[0] = FORGOTTEN_SECONDS + 1
    assert give_up(gate) is Reason.TIMEOUT


def test_p1_a_full_gate_answers_at_once_while_others_wait() -> None:
    directory, kept, arrived = held()
    gate = Gate(directory, wait_seconds=PATIENCE, most_waiting=1)
    waiting = threading.Thread(target=gate.accept, args=(b"first", ""))
    waiting.start()
    assert arrived.acquire(timeout=PATIENCE)
    assert give_up(gate) is Reason.THROTTLED
    assert waiting.is_alive()
    kept[0].set_result(1)
    waiting.join(PATIENCE)
    assert not waiting.is_alive()

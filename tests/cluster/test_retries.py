"""What is sent again, how long is waited, and when it ends. No test waits for real."""

import threading
from collections.abc import Callable

import pytest

from chatops.cluster.retries import Retries
from chatops.core.failures import Failure, Permanent, Reason, Temporary

BUSY = Temporary(Reason.SERVER_ERROR, "busy")


class Server:
    """Fails with each of `failures` in turn, then answers."""

    def __init__(self, *failures: Failure) -> None:
        self.failures = list(failures)
        self.requests = 0

    def __call__(self) -> str:
        self.requests += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def retries(waits: list[float], *, tries: int = 4, total: float = 15.0) -> Retries:
    return Retries(threading.Event(), tries=tries, total=total, sleep=waits.append)


def test_a_read_is_repeated_until_it_answers() -> None:
    waits: list[float] = []
    server = Server(BUSY, Temporary(Reason.TIMEOUT), Temporary(Reason.UNREACHABLE))
    assert retries(waits).read(server) == "answer"
    assert (server.requests, len(waits)) == (4, 3)


def test_tries_are_bounded_and_the_last_failure_is_raised() -> None:
    server = Server(*(Temporary(Reason.SERVER_ERROR, str(number)) for number in range(9)))
    with pytest.raises(Temporary, match="2"):
        retries([], tries=3).read(server)
    assert server.requests == 3


def test_what_is_permanent_is_not_repeated() -> None:
    server = Server(Permanent(Reason.FORBIDDEN))
    with pytest.raises(Permanent):
        retries([]).read(server)
    assert server.requests == 1


def test_a_stranger_is_not_repeated() -> None:
    calls: list[None] = []

    def broken() -> str:
        calls.append(None)
        raise KeyError("bug")

    with pytest.raises(KeyError):
        retries([]).read(broken)
    assert len(calls) == 1


def test_k2_the_wait_is_never_shorter_than_asked() -> None:
    waits: list[float] = []
    server = Server(Temporary(Reason.THROTTLED, retry_after=3.0), Temporary(Reason.THROTTLED, retry_after=1.0))
    retries(waits).read(server)
    assert waits[0] >= 3.0
    assert waits[1] >= 1.0


def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    waits: list[float] = []
    server = Server(Temporary(Reason.THROTTLED, retry_after=60.0))
    with pytest.raises(Temporary) as caught:
        retries(waits, total=15.0).read(server)
    assert (waits, server.requests, caught.value.retry_after) == ([], 1, 60.0)


def test_waits_count_towards_the_total() -> None:
    waits: list[float] = []
    server = Server(*(Temporary(Reason.THROTTLED, retry_after=4.0) for _ in range(9)))
    with pytest.raises(Temporary):
        retries(waits, tries=9, total=10.0).read(server)
    assert server.requests < 4
    assert sum(waits) <= 10.0


@pytest.mark.parametrize(
    "failure",
    [
        Temporary(Reason.UNREACHABLE),
        Temporary(Reason.TIMEOUT),
        Temporary(Reason.THROTTLED),
        Temporary(Reason.SERVER_ERROR, retry_after=1.0),
    ],
    ids=["refused", "no connection", "429", "503 with Retry-After"],
)
def test_k2_a_change_that_was_turned_away_is_repeated(failure: Failure) -> None:
    server = Server(failure)
    assert retries([]).change(server) == "answer"
    assert server.requests == 2


@pytest.mark.parametrize(
    "failure",
    [BUSY, Permanent(Reason.UNKNOWN_OUTCOME), Permanent(Reason.CONFLICT), Permanent(Reason.REFUSED)],
    ids=lambda failure: str(failure.reason),
)
def test_k2_a_change_that_may_have_happened_is_not(failure: Failure) -> None:
    server = Server(failure)
    with pytest.raises(type(failure)):
        retries([]).change(server)
    assert server.requests == 1


def test_a_stop_during_the_wait_ends_it() -> None:
    stop = threading.Event()

    def wait(_: float) -> None:
        stop.set()

    server = Server(BUSY, BUSY, BUSY)
    with pytest.raises(Temporary):
        Retries(stop, sleep=wait).read(server)
    assert server.requests == 2, "the try after the wait that was cut short is the last"


def test_a_real_wait_ends_on_stop() -> None:
    stop = threading.Event()
    waiting = threading.Event()

    def request() -> str:
        waiting.set()
        raise Temporary(Reason.THROTTLED, retry_after=3600.0)

    caught: list[Failure] = []

    def run(read: Callable[[Callable[[], str]], str]) -> None:
        try:
            read(request)
        except Failure as failure:
            caught.append(failure)

    thread = threading.Thread(target=run, args=(Retries(stop, total=7200.0).read,))
    thread.start()
    assert waiting.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [failure.reason for failure in caught] == [Reason.THROTTLED]


def test_once_stopped_nothing_is_begun() -> None:
    stop = threading.Event()
    stop.set()
    server = Server()
    with pytest.raises(Temporary):
        Retries(stop).change(server)
    assert server.requests == 0

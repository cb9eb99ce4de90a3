"""Whoever misbehaves at the intake does it alone: the sender beside them is answered, and memory has an end."""

import contextlib
import gzip
import random
import socket
import zlib
from collections.abc import Iterator

import pytest

from chatops.core.failures import Reason, Temporary
from chatops.web.intake import MAX_BODY
from tests.core.bodies import CAPTURED, damaged
from tests.web.test_intake import GOOD, Store, serving
from tests.web.wire import PATH, Wire, head


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def port(store: Store) -> Iterator[int]:
    with serving(store, threads=2) as port:
        yield port


@contextlib.contextmanager
def crowd(port: int, number: int, first: bytes) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent `first` and says no more."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_begun(port, first)) for _ in range(number)]


def _begun(port: int, first: bytes) -> socket.socket:
    begun = socket.create_connection(("127.0.0.1", port), timeout=10)
    begun.sendall(first)
    return begun


def still_taken(store: Store, port: int, body: bytes = b"{}") -> bool:
    """Whether a sender with the token is answered 200 and the body is there as it came."""
    with Wire(port) as wire:
        return wire.post(body, headers=(GOOD,)).status == 200 and store.taken[-1] == (body, "")


HALF_OPEN = {
    "nothing at all": b"",
    "half a line": b"POST /api",
    "half a head": f"POST {PATH} HTTP/1.1\r\nHost: here\r\nX-Slow: ".encode(),
    "half a body": head(headers=(GOOD, "Content-Length: 100000")) + b"{" * 500,
    "half a chunk": head(headers=(GOOD, "Transfer-Encoding: chunked")) + b"ffff\r\n{{{",
}


@pytest.mark.parametrize("what", HALF_OPEN)
def test_s14_a_crowd_of_half_open_connections_disturbs_nobody(store: Store, port: int, what: str) -> None:
    """S14: two hundred of them hold no thread; of a body only what came is kept, and none is taken."""
    with crowd(port, 200, HALF_OPEN[what]):
        for number in range(5):
            assert still_taken(store, port, b"%d" % number)
    assert [body for body, _ in store.taken] == [b"%d" % number for number in range(5)]


def test_s14_connections_that_end_in_the_middle_leave_nothing(store: Store, port: int) -> None:
    """S14: those of all kinds that were cut by a reset."""
    for first in HALF_OPEN.values():
        with crowd(port, 20, first) as cut:
            for each in cut:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert still_taken(store, port)
    assert len(store.taken) == 1


def test_s14_a_body_sent_byte_by_byte_is_taken_beside_quick_ones(store: Store, port: int) -> None:
    """S14: slow is not wrong."""
    body = b'{"slow": 1}'
    with Wire(port) as slow:
        for piece in head(headers=(GOOD, f"Content-Length: {len(body)}")) + body[:-1]:
            slow.send(bytes([piece]))
        assert still_taken(store, port)
        slow.send(body[-1:])
        assert slow.answer().status == 200
    assert store.taken[-1] == (body, "")


def test_s14_a_bomb_is_taken_as_the_few_bytes_it_is(store: Store, port: int) -> None:
    """S14: Alertmanager compresses no webhook, so nothing here unpacks one."""
    bomb = gzip.compress(zlib.compress(b"\0" * 50_000_000))
    for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
        with Wire(port) as wire:
            assert wire.post(bomb, headers=(GOOD, f"Content-Encoding: {encoding}")).status == 200
        assert store.taken[-1] == (bomb, "")
    assert still_taken(store, port)


def test_s14_huge_bodies_of_strangers_are_never_read(store: Store, port: int) -> None:
    """S14: they are answered by their head, while a sender with the token is served beside them."""
    first = head(headers=(f"Content-Length: {MAX_BODY}",)) + b"x" * 4096
    with crowd(port, 20, first) as strangers:
        assert still_taken(store, port)
        for each in strangers:
            assert each.recv(100).startswith(b"HTTP/1.1 401")


SMUGGLED = {
    "two lengths": ("Content-Length: 2", "Content-Length: 40"),
    "a length and chunks": ("Content-Length: 2", "Transfer-Encoding: chunked"),
    "a list of lengths": ("Content-Length: 2, 40",),
    "a negative length": ("Content-Length: -1",),
    "a length with a sign": ("Content-Length: +2",),
    "a length in hex": ("Content-Length: 0x2",),
    "an unknown coding": ("Transfer-Encoding: gzip, chunked",),
    "chunks with a letter too many": ("Transfer-Encoding: xchunked",),
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_s14_a_length_that_can_be_read_in_two_ways_smuggles_no_request(store: Store, port: int, what: str) -> None:
    """S14: what stands behind such a request is never taken for one of its own."""
    inner = head(headers=(GOOD, "Content-Length: 8")) + b"smuggled"
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, *SMUGGLED[what])) + b"{}" + inner)
        with contextlib.suppress(OSError):
            wire.rest()
    assert b"smuggled" not in [body for body, _ in store.taken]
    assert still_taken(store, port)


def test_s14_many_pipelined_webhooks_are_answered_in_their_order(store: Store, port: int) -> None:
    """S14: a hundred at once in one connection, another sender beside it."""
    with Wire(port) as wire:
        wire.send(
            b"".join(head(headers=(GOOD, f"Content-Length: {len(str(n))}")) + str(n).encode() for n in range(100))
        )
        for _ in range(100):
            assert wire.answer().status == 200
        assert still_taken(store, port)
    assert [body for body, _ in store.taken][:100] == [b"%d" % n for n in range(100)]


def test_r4_what_is_too_much_is_503_at_once_and_nothing_is_lost_of_a_200(store: Store) -> None:
    """R4: two threads wait for the disk, and the gate behind them is full for the rest."""
    store.failure = Temporary(Reason.THROTTLED, "500 webhooks wait for the disk already")
    with serving(store, threads=2) as port:
        statuses = []
        for _ in range(50):
            with Wire(port) as wire:
                answer = wire.post(b"{}", headers=(GOOD,))
                statuses.append(answer.status)
                assert answer.headers["retry-after"]
        assert set(statuses) == {503}
        store.failure = None
        assert still_taken(store, port)
    assert len(store.taken) == 1


def test_r9_a_hundred_bent_bodies_are_all_taken_as_they_came(store: Store, port: int) -> None:
    """R9: whatever the token's owner posts is answered 200 and kept to the byte; never a 500."""
    dice = random.Random(9)
    bodies = sorted(CAPTURED.values())
    sent = [damaged(dice, dice.choice(bodies)) for _ in range(100)]
    with Wire(port) as wire:
        for body in sent:
            assert wire.post(body, headers=(GOOD,)).status == 200
    assert [body for body, _ in store.taken] == sent

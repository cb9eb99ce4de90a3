"""The intake through a real socket: who is let in, what is refused unread, and what a failure answers."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from chatops.core.failures import Permanent, Reason, Temporary
from chatops.web.intake import MAX_BODY, Intake, clean_source
from tests.web.wire import PATH, Wire, head

TOKEN = "correct-horse"
OLD = "battery-staple"
GOOD = f"Authorization: Bearer {TOKEN}"
PATIENCE = 10.0


class Store:
    """Takes bodies; `failure` is raised instead, `gate` is waited for first."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, str]] = []
        self.failure: Exception | None = None
        self.gate: threading.Event | None = None
        self.entered = threading.Semaphore(0)

    def accept(self, body: bytes, source: str) -> None:
        self.entered.release()
        if self.gate is not None:
            assert self.gate.wait(PATIENCE)
        if self.failure is not None:
            raise self.failure
        self.taken.append((body, source))

    def begin(self, body: bytes, source: str) -> "Future[None]":
        """The same, in a thread of the store's own, as the service has it."""
        done: Future[None] = Future()

        def work() -> None:
            try:
                self.accept(body, source)
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        threading.Thread(target=work, daemon=True).start()
        return done


Serve = Callable[..., AbstractContextManager[int]]


@pytest.fixture
def store() -> Store:
    return Store()


@contextmanager
def serving(store: Store, tokens: tuple[str, ...] = (TOKEN, OLD), **options: Any) -> Iterator[int]:
    threads = options.pop("threads", 4)
    server = Intake(store.accept, tokens, **options).server(host="127.0.0.1", port=0, threads=threads)
    server.start()
    try:
        yield server.port
    finally:
        server.stop(PATIENCE)


@pytest.fixture(params=["a thread for each", "no thread waits"])
def port(store: Store, request: pytest.FixtureRequest) -> Iterator[int]:
    with serving(store, **({"begin": store.begin} if request.param == "no thread waits" else {})) as port:
        yield port


def test_a_body_with_the_token_is_taken_as_it_came(store: Store, port: int) -> None:
    body = b'{"version":"4"}'
    with Wire(port) as wire:
        answer = wire.post(body, headers=(GOOD,))
    assert answer.status == 200
    assert answer.json() == {"status": "stored"}
    assert "server" not in answer.headers
    assert store.taken == [(body, "")]


@pytest.mark.parametrize("body", [b"", b"not json", b"\x00\xff\xfe", '{"a": "я"}'.encode()])
def test_whatever_an_authorised_sender_posts_is_passed_on(store: Store, port: int, body: bytes) -> None:
    with Wire(port) as wire:
        assert wire.post(body, headers=(GOOD, "Content-Type: text/nonsense", "Content-Encoding: gzip")).status == 200
    assert store.taken == [(body, "")]


BASIC = base64.b64encode(f"anyone:{TOKEN}".encode()).decode()


@pytest.mark.parametrize(
    "header",
    [
        GOOD,
        f"Authorization: Bearer {OLD}",
        f"authorization: bearer   {TOKEN}  ",
        f"Authorization: Basic {BASIC}",
    ],
)
def test_s1_either_token_opens_in_every_allowed_form(store: Store, port: int, header: str) -> None:
    """S1: a token is changed without a moment at which Alertmanager has none that is taken."""
    with Wire(port) as wire:
        assert wire.post(b"{}", headers=(header,)).status == 200
    assert len(store.taken) == 1


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Authorization:",),
        ("Authorization: Bearer",),
        ("Authorization: Bearer ",),
        (f"Authorization: {TOKEN}",),
        (f"Authorization: Token {TOKEN}",),
        (f"Authorization: Bearer {TOKEN}x",),
        (f"Authorization: Bearer {TOKEN[:-1]}",),
        (f"Authorization: Bearer {TOKEN},{OLD}",),
        (f"Authorization: Bearer {TOKEN.upper()}",),
        (f"Authorization: Bearer {'x' * 12_000}",),
        ("Authorization: Bearer пароль",),
        (GOOD, "Authorization: Bearer wrong"),
        ("Authorization: Bearer wrong", GOOD),
        (GOOD, GOOD),
        (GOOD, " and a folded line"),
        ("Authorization: Basic !!!",),
        ("Authorization: Basic " + base64.b64encode(TOKEN.encode()).decode(),),
        (f"X-Authorization: Bearer {TOKEN}",),
        (f"Cookie: token={TOKEN}",),
    ],
)
def test_s1_everybody_else_is_refused(store: Store, port: int, headers: tuple[str, ...]) -> None:
    """S1: missing, wrong, empty, very long, doubled and non-ASCII alike."""
    with Wire(port) as wire:
        answer = wire.post(b"{}", headers=headers)
    answer.assert_problem(401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN.encode() not in answer.body
    assert store.taken == []


def test_s2_a_token_in_the_query_opens_nothing(store: Store, port: int) -> None:
    """S2: it would stand in every log on its way."""
    with Wire(port) as wire:
        wire.post(b"{}", path=f"{PATH}?token={TOKEN}&access_token={TOKEN}").assert_problem(401)
    assert store.taken == []


def test_a_token_beyond_ascii_opens_as_its_bytes(store: Store) -> None:
    with serving(store, ("пароль-42",)) as port, Wire(port) as wire:
        wire.send(
            b"POST "
            + PATH.encode()
            + b" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nAuthorization: Bearer "
            + "пароль-42".encode()
            + b"\r\n\r\n"
        )
        assert wire.answer().status == 200


def test_without_tokens_the_door_is_open(store: Store) -> None:
    with serving(store, ()) as port, Wire(port) as wire:
        assert wire.post(b"{}").status == 200
    assert store.taken == [(b"{}", "")]


def test_s1_an_authorization_larger_than_the_head_may_be_is_refused(store: Store, port: int) -> None:
    """S1: before anything is compared."""
    with Wire(port) as wire:
        wire.post(b"{}", headers=(f"Authorization: Bearer {'x' * 20_000}",)).assert_problem(431)
    assert store.taken == []


def test_s1_a_stranger_is_answered_before_the_body_is_sent(store: Store, port: int) -> None:
    """S1: the body is not read, and so not parsed."""
    with Wire(port) as wire:
        wire.send(head(headers=("Content-Length: 10000000",)))
        wire.answer().assert_problem(401)
        # The rest is thrown away, so that the answer is never lost to a reset; and it is no second request.
        wire.send(b"GET /healthz HTTP/1.1\r\n\r\n" * 1000)
        assert wire.rest() == b""
    assert store.taken == []


def test_a_stranger_is_not_invited_to_continue(store: Store, port: int) -> None:
    with Wire(port) as wire:
        wire.send(head(headers=("Content-Length: 10", "Expect: 100-continue")))
        wire.answer().assert_problem(401)


def test_an_authorised_sender_is_invited_to_continue(store: Store, port: int) -> None:
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, "Content-Length: 2", "Expect: 100-continue")))
        assert wire.answer().status == 100
        wire.send(b"{}")
        assert wire.answer().status == 200
    assert store.taken == [(b"{}", "")]


def test_a_whole_refused_body_still_leaves_the_answer_readable(store: Store, port: int) -> None:
    with Wire(port) as wire:
        wire.post(b"x" * 5_000_000).assert_problem(401)


def test_s14_a_body_announced_too_large_is_refused_unread(store: Store, port: int) -> None:
    """S14: and a stranger's is a 401 whatever it announces."""
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, f"Content-Length: {MAX_BODY + 1}")))
        wire.answer().assert_problem(413)
    with Wire(port) as wire:
        wire.send(head(headers=(f"Content-Length: {MAX_BODY + 1}",)))
        wire.answer().assert_problem(401)
    assert store.taken == []


def test_s14_a_chunked_body_is_refused_once_it_is_too_large(store: Store) -> None:
    """S14: it announces no length, so it is counted; the one who asked is named to the admins."""
    too_large: list[str] = []
    with serving(store, on_too_large=too_large.append) as port, Wire(port) as wire:
        wire.send(head(headers=(GOOD, "Transfer-Encoding: chunked", "User-Agent: Alertmanager/0.25.0")))
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        for _ in range(MAX_BODY // 0x100000):
            wire.send(chunk)
        wire.send(b"1\r\nx\r\n")
        wire.answer().assert_problem(413)
    assert store.taken == []
    assert too_large == ["Alertmanager/0.25.0"]


def test_a_body_of_exactly_the_limit_is_taken(store: Store, port: int) -> None:
    with Wire(port) as wire:
        assert wire.post(b"x" * MAX_BODY, headers=(GOOD,)).status == 200
    assert [len(body) for body, _ in store.taken] == [MAX_BODY]


def test_chunks_are_put_together(store: Store, port: int) -> None:
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, "Transfer-Encoding: chunked")) + b'2\r\n{"\r\n4\r\na":1\r\n1\r\n}\r\n0\r\n\r\n')
        assert wire.answer().status == 200
    assert store.taken == [(b'{"a":1}', "")]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("Content-Length: 2", "Content-Length: 2"), 400),
        (("Content-Length: -1",), 400),
        (("Content-Length: 2x",), 400),
        (("Transfer-Encoding: gzip",), 501),
        (("no colon",), 400),
    ],
)
def test_s14_a_broken_head_is_a_problem_and_no_body(
    store: Store, port: int, lines: tuple[str, ...], status: int
) -> None:
    """S14: nothing behind it is read."""
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, *lines)))
        wire.answer().assert_problem(status)
    assert store.taken == []


def test_s14_a_sender_that_dawdles_keeps_nobody_waiting(store: Store) -> None:
    """S14: with one thread."""
    with serving(store, threads=1) as port, Wire(port) as slow, Wire(port) as quick:
        slow.send(head(headers=(GOOD, "Content-Length: 4")) + b"sl")
        assert quick.post(b"quick", headers=(GOOD,)).status == 200
        slow.send(b"ow")
        assert slow.answer().status == 200
    assert [body for body, _ in store.taken] == [b"quick", b"slow"]


def test_half_a_body_is_never_taken(store: Store, port: int) -> None:
    with Wire(port) as wire:
        wire.send(head(headers=(GOOD, "Content-Length: 4")) + b"ha")
    with Wire(port) as wire:
        assert wire.post(b"whole", headers=(GOOD,)).status == 200
    assert [body for body, _ in store.taken] == [b"whole"]


def test_one_connection_carries_many_webhooks(store: Store, port: int) -> None:
    with Wire(port) as wire:
        for number in range(3):
            assert wire.post(b"%d" % number, headers=(GOOD,)).status == 200
    assert [body for body, _ in store.taken] == [b"0", b"1", b"2"]


@pytest.mark.parametrize(
    ("failure", "retry_after"),
    [
        (Temporary(Reason.TIMEOUT, "the disk is slow"), "5"),
        (Temporary(Reason.THROTTLED, "full", retry_after=30), "30"),
        (Permanent(Reason.SERVER_ERROR, "no such table"), "5"),
        (ValueError("a bug"), "5"),
    ],
)
def test_r3_what_is_not_stored_is_503_and_never_4xx(
    store: Store, port: int, failure: Exception, retry_after: str
) -> None:
    """R3: Alertmanager repeats a 5xx and nothing else."""
    store.failure = failure
    with Wire(port) as wire:
        answer = wire.post(b"{}", headers=(GOOD,))
        answer.assert_problem(503)
        assert answer.headers["retry-after"] == retry_after
        assert str(failure).encode() not in answer.body
        store.failure = None
        assert wire.post(b"{}", headers=(GOOD,)).status == 200


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("", ""),
        ("?source=", ""),
        ("?source=eu1", "eu1"),
        ("?source=a&source=eu-2_b.c", "eu-2_b.c"),
        ("?source=a%2Fb%20c%00%0A", "a-b-c--"),
        ("?source=%ff%fe", "--"),
        ("?source=" + "x" * 100, "x" * 64),
        ("?other=1&&=&%", ""),
    ],
)
def test_a_source_is_mended_and_not_refused(store: Store, port: int, query: str, source: str) -> None:
    with Wire(port) as wire:
        assert wire.post(b"{}", path=PATH + query, headers=(GOOD,)).status == 200
    assert store.taken == [(b"{}", source)]


def test_clean_source_keeps_only_what_may_be_stored() -> None:
    assert clean_source("прод/eu1") == "-----eu1"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_only_post_is_for_alertmanager(store: Store, port: int, method: str) -> None:
    with Wire(port) as wire:
        wire.send(head(method=method, headers=(GOOD,)))
        answer = wire.rest() if method == "HEAD" else wire.answer()
    if not isinstance(answer, bytes):
        answer.assert_problem(405)
        assert answer.headers["allow"] == "POST"
        assert "send-test-alert" in answer.json()["detail"]
    assert store.taken == []


def test_a_slash_too_many_loses_no_alert(store: Store, port: int) -> None:
    with Wire(port) as wire:
        assert wire.post(b"1", path=f"{PATH}/", headers=(GOOD,)).status == 200
        assert wire.post(b"2", path=f"/{PATH}", headers=(GOOD,)).status == 200
    assert len(store.taken) == 2


@pytest.mark.parametrize("path", ["/", "/alertmanager", f"{PATH}/more", "/%ff%fe", "/healthz/../x", "http://[bad/"])
def test_another_path_says_the_right_one(store: Store, port: int, path: str) -> None:
    with Wire(port) as wire:
        answer = wire.post(b"{}", path=path, headers=(GOOD,))
    assert answer.status in {400, 404}
    if answer.status == 404:
        answer.assert_problem(404)
        assert PATH in answer.json()["detail"]
    assert store.taken == []


def test_health_needs_no_token(port: int) -> None:
    with Wire(port) as wire:
        wire.send(head(method="GET", path="/healthz"))
        assert wire.answer().json() == {"status": "ok"}


def test_s1_refusals_are_told_each_and_logged_once_in_a_while(store: Store) -> None:
    """S1: whoever guesses fills no disk, and what they guessed is not written down."""
    now = [0.0]
    refused: list[str] = []
    with (
        serving(store, clock=lambda: now[0], on_refused=refused.append) as port,
        capture_logs() as logs,
    ):
        for _ in range(3):
            with Wire(port) as wire:
                wire.post(b"{}", headers=("User-Agent: Alertmanager/0.25.0", "Authorization: Bearer guessed-wrong"))
        now[0] = 61.0
        with Wire(port) as wire:
            wire.post(b"{}", headers=("User-Agent: curl/8.0",))
    assert refused == ["Alertmanager/0.25.0"] * 3 + ["curl/8.0"]
    lines = [line for line in logs if line["event"] == "webhook_refused"]
    assert [line["unsaid"] for line in lines] == [0, 2]
    assert "Alertmanager" in lines[0]["meaning"]
    assert "guessed-wrong" not in json.dumps(lines)


def test_answers_are_counted_by_code(store: Store, port: int) -> None:
    before = {code: count(code) for code in ("200", "401", "503")}
    with Wire(port) as wire:
        wire.post(b"{}", headers=(GOOD,))
        store.failure = Temporary(Reason.TIMEOUT)
        wire.post(b"{}", headers=(GOOD,))
        wire.post(b"{}")
    assert {code: count(code) - before[code] for code in before} == {"200": 1, "401": 1, "503": 1}


def count(code: str) -> float:
    return REGISTRY.get_sample_value("chatops_webhooks_total", {"code": code}) or 0.0

"""Requests to an address with everything that can go wrong: each becomes a Failure, and no credential gets out."""

import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.upstream import endpoint as endpoint_module
from chatops.upstream.endpoint import Endpoint

PASSWORD = "canary pass/word"
ADDRESS = "anna:canary%20pass%2Fword@"


def failure_of(ask: Callable[[], object]) -> Failure:
    with pytest.raises(Failure) as raised:
        ask()
    return raised.value


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads one request per connection and answers with these bytes, one after the other; its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65_536))
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        listener.close()
        thread.join(5)


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def test_credentials_are_sent_as_basic_auth_and_shown_nowhere() -> None:
    expected = "Basic " + b64encode(f"anna:{PASSWORD}".encode()).decode()
    with AlertmanagerServer(authorization=expected) as server:
        endpoint = Endpoint(server.url.replace("http://", f"http://{ADDRESS}"))
        assert endpoint.get("/-/ready") == b""
        assert "canary" not in endpoint.name
        assert "anna" not in endpoint.name
        server.fail(500, f"{PASSWORD} and {expected} in {ADDRESS}")
        server.fail(500, f"{PASSWORD} and {expected} in http://{ADDRESS}host")
        failure = failure_of(lambda: endpoint.get("/-/ready"))
        for secret in ("canary", expected.partition(" ")[2]):
            assert secret not in str(failure)
        stranger = Endpoint(server.url)
        assert failure_of(lambda: stranger.get("/-/ready")).reason is Reason.UNAUTHORIZED


def test_a_redirect_is_not_followed() -> None:
    with answering(http("302 Found", b"", "Location: http://127.0.0.1:9/canary")) as (url, heard):
        failure = failure_of(lambda: Endpoint(url).get("/x"))
    assert (type(failure), failure.reason) == (Permanent, Reason.NOT_CONFIGURED)
    assert len(heard) == 1


def test_a_read_whose_connection_breaks_is_tried_once_more() -> None:
    with answering(b"", http("200 OK", b"{}")) as (url, heard):
        assert Endpoint(url).get("/x", [("filter", 'a="b c"')]) == b"{}"
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert b"filter=a%3D%22b+c%22" in heard[0]


def test_a_read_is_given_up_after_the_second_try(server: AlertmanagerServer) -> None:
    for _ in range(3):
        server.fail(503, {"error": "loading"})
    failure = failure_of(lambda: Endpoint(server.url).get("/api/v2/status"))
    assert (type(failure), failure.reason, failure.detail) == (Temporary, Reason.SERVER_ERROR, "loading")
    assert len(server.requests) == 2


@pytest.mark.parametrize("answer", [b"", http("502 Bad Gateway"), http("504 Gateway Timeout")])
def test_a_change_is_sent_once_and_a_lost_answer_is_not_known(answer: bytes) -> None:
    with answering(answer, http("200 OK")) as (url, heard):
        failure = failure_of(lambda: Endpoint(url).post("/x", {"a": 1}))
    assert (type(failure), failure.reason) == (Permanent, Reason.UNKNOWN_OUTCOME)
    assert len(heard) == 1


def test_nobody_there_is_temporary_and_certainly_unchanged() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    for ask in (lambda: Endpoint(url).get("/x"), lambda: Endpoint(url).post("/x", {})):
        failure = failure_of(ask)
        assert (type(failure), failure.reason) == (Temporary, Reason.UNREACHABLE)
        assert "refused" in failure.detail


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_silence_ends_with_a_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        endpoint = Endpoint(url, read_timeout=0.05)
        assert failure_of(lambda: endpoint.get("/x")).reason is Reason.TIMEOUT
        assert failure_of(lambda: endpoint.post("/x", {})).reason is Reason.UNKNOWN_OUTCOME


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "_LARGEST", 1_000)
    with answering(http("200 OK", b"x" * 5_000)) as (url, _):
        failure = failure_of(lambda: Endpoint(url).get("/x"))
    assert (type(failure), failure.reason) == (Permanent, Reason.REFUSED)


@pytest.mark.parametrize(
    ("status", "body", "reason", "words"),
    [
        (400, "silence invalid: no", Reason.REFUSED, "silence invalid: no"),
        (400, {"status": "error", "error": "parse error"}, Reason.REFUSED, "parse error"),
        (422, {"code": 602, "message": "comment in body is required"}, Reason.REFUSED, "comment in body is required"),
        (403, None, Reason.FORBIDDEN, "HTTP 403"),
        (404, None, Reason.NOT_FOUND, "HTTP 404"),
        (500, "silence not found", Reason.NOT_FOUND, "silence not found"),
        (429, "slow down", Reason.THROTTLED, "slow down"),
        (400, "token=abcdefghijklmnop1234567890", Reason.REFUSED, "masked"),
        (400, "a\nb\x1b[31mred", Reason.REFUSED, "a b"),
    ],
)
def test_what_is_refused_is_said_in_their_own_words(
    server: AlertmanagerServer, status: int, body: object, reason: Reason, words: str
) -> None:
    server.fail(status, body)
    failure = failure_of(lambda: Endpoint(server.url).post("/api/v2/silences", {}))
    assert failure.reason is reason
    assert words in failure.detail
    assert "\x1b" not in failure.detail


def test_a_page_of_a_proxy_is_no_word() -> None:
    with answering(http("403 Forbidden", b"<html><body>Blocked</body></html>")) as (url, _):
        assert failure_of(lambda: Endpoint(url).get("/x")).detail == "HTTP 403"


@pytest.mark.parametrize("url", ["ftp://host", "host:9093", "http://", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Endpoint(url)


def test_a_path_in_the_address_is_kept(server: AlertmanagerServer) -> None:
    assert failure_of(lambda: Endpoint(f"{server.url}/am/").get("/api/v2/status")).reason is Reason.NOT_FOUND
    assert server.requests == [("GET", "/am/api/v2/status")]

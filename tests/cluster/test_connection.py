"""Requests against servers that misbehave on the wire: what comes of each, and how often it was asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatops.cluster import Cluster, contexts
from chatops.cluster.connection import MERGE_PATCH, Connection
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.models import Thing
from chatops.cluster.retries import Retries
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from tests.cluster.wire import Reply, Wire, answer, dribbling, dropped, silent, torn

VERSION = answer({"gitVersion": "v1.34.1"})


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    opened: list[Wire] = []

    def start(*replies: Reply) -> Wire:
        opened.append(Wire(*replies))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def connect(server: Wire, tmp_path: Path, *, waits: list[float] | None = None, read: float = 5.0) -> Connection:
    path = server.kubeconfig(tmp_path / "config")
    sleep = [] if waits is None else waits
    retries = Retries(threading.Event(), sleep=sleep.append)
    return Connection(Kubeconfig(path), None, retries, connect_timeout=3.0, read_timeout=read)


def test_a_read_survives_a_lost_and_a_torn_answer(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(dropped, torn, VERSION)
    assert b"v1.34.1" in connect(server, tmp_path).get("/version")
    assert server.requests == [("GET", "/version")] * 3
    assert set(server.tokens) == {"Bearer canary-token-1"}


@pytest.mark.parametrize("reply", [dropped, torn, silent, dribbling, answer("", 502), answer("", 504)])
@pytest.mark.parametrize("method", ["patch", "delete", "post"])
def test_k2_a_change_with_a_lost_answer_is_sent_once(
    wire: Callable[..., Wire], tmp_path: Path, reply: Reply, method: str
) -> None:
    server = wire(reply)
    connection = connect(server, tmp_path, read=0.2)
    change = {
        "patch": lambda: connection.patch("/x", {"a": 1}, MERGE_PATCH),
        "delete": lambda: connection.delete("/x", {"preconditions": {"uid": "u"}}),
        "post": lambda: connection.post("/x", {"a": 1}),
    }[method]
    with pytest.raises(Permanent) as caught:
        change()
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert [method for method, _ in server.requests] == [method.upper()]


def test_a_dry_run_changes_nothing_and_is_repeated(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(dropped, answer({}))
    connect(server, tmp_path).patch("/x", {"a": 1}, MERGE_PATCH, dry_run=True)
    assert [path for _, path in server.requests] == ["/x?fieldManager=chatops&dryRun=All"] * 2


def test_a_dry_deletion_says_so_in_its_body(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(answer({}))
    connect(server, tmp_path).delete("/x", {"preconditions": {"uid": "u"}}, dry_run=True)
    assert b'"dryRun": ["All"]' in server.bodies[0]


@pytest.mark.parametrize(
    "reply", [answer("", 429, headers="Retry-After: 2\r\n"), answer("", 503, headers="Retry-After: 2\r\n")]
)
def test_k2_a_change_turned_away_is_sent_again(wire: Callable[..., Wire], tmp_path: Path, reply: Reply) -> None:
    waits: list[float] = []
    server = wire(reply, answer({}))
    connect(server, tmp_path, waits=waits).patch("/x", {"a": 1}, MERGE_PATCH)
    assert len(server.requests) == 2
    assert waits[0] >= 2.0


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_k2_a_server_error_without_a_time_to_return_is_not_repeated_for_a_change(
    wire: Callable[..., Wire], tmp_path: Path, code: int
) -> None:
    server = wire(answer("", code))
    with pytest.raises(Permanent) as caught:
        connect(server, tmp_path).patch("/x", {"a": 1}, MERGE_PATCH)
    assert caught.value.reason is Reason.UNKNOWN_OUTCOME
    assert len(server.requests) == 1


@pytest.mark.parametrize("reply", [silent, dribbling])
def test_k9_a_server_that_hangs_is_a_timeout(wire: Callable[..., Wire], tmp_path: Path, reply: Reply) -> None:
    server = wire(reply)
    with pytest.raises(Temporary) as caught:
        connect(server, tmp_path, read=0.1).get("/version")
    assert caught.value.reason is Reason.TIMEOUT
    assert len(server.requests) == 4


def test_nobody_listens(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Wire()
    path = server.kubeconfig(tmp_path / "config")
    server.close()
    listener.close()
    cluster = Cluster(None, path, threading.Event(), sleep=lambda _: None)
    with pytest.raises(Temporary) as caught:
        cluster.check()
    assert (caught.value.reason, caught.value.detail) == (Reason.UNREACHABLE, "Connection refused")


def test_a_redirect_is_not_followed_with_the_token(wire: Callable[..., Wire], tmp_path: Path) -> None:
    thief = wire(VERSION)
    server = wire(answer("", 302, headers=f"Location: {thief.url}/version\r\n"))
    with pytest.raises(Permanent):
        connect(server, tmp_path).get("/version")
    assert thief.requests == []


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"\xff", b'{"gitVersion": 5}'])
def test_an_answer_that_is_not_kubernetes(wire: Callable[..., Wire], tmp_path: Path, body: bytes) -> None:
    cluster = Cluster(None, wire(answer(body)).kubeconfig(tmp_path / "c"), threading.Event(), sleep=lambda _: None)
    with pytest.raises(Temporary) as caught:
        cluster.check()
    assert caught.value.reason is Reason.SERVER_ERROR


def test_k2_a_change_whose_answer_is_nonsense_was_made_all_the_same(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(answer(b"<html>"))
    assert connect(server, tmp_path).patch("/x", {"a": 1}, MERGE_PATCH) == b"<html>"


def test_an_expired_page_token_starts_the_list_again(wire: Callable[..., Wire], tmp_path: Path) -> None:
    def page(*names: str, token: str = "") -> Reply:
        return answer({"metadata": {"continue": token}, "items": [{"metadata": {"name": n}} for n in names]})

    server = wire(page("a", token="t1"), answer({"message": "expired"}, 410), page("a", token="t2"), page("b"))
    found = connect(server, tmp_path).list("/pods", Thing, {"labelSelector": "app in (x,y)"})
    assert [thing.metadata.name for thing in found] == ["a", "b"]
    assert [("t1" in path, "t2" in path) for _, path in server.requests] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]


def test_a_list_that_does_not_end(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(answer({"metadata": {"continue": "same"}, "items": None}))
    with pytest.raises(Temporary):
        connect(server, tmp_path).list("/pods", Thing)
    assert len(server.requests) == 8


def test_a_log_is_cut_at_its_limit(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(answer(b"x" * 200_000), VERSION)
    connection = connect(server, tmp_path)
    assert connection.log("/log", {}, limit_bytes=1000) == b"x" * 1000
    assert b"v1.34.1" in connection.get("/version"), "what was not read is not taken for the next answer"


def test_a_file_that_appears_or_changes_is_read_then(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(VERSION)
    path = tmp_path / "config"
    cluster = Cluster("first", str(path), threading.Event())
    with pytest.raises(Permanent) as caught:
        cluster.check()
    assert caught.value.reason is Reason.NOT_CONFIGURED
    server.kubeconfig(path, context="first")
    assert cluster.check() == "v1.34.1"
    server.kubeconfig(path, context="first", token="canary-token-second")
    assert cluster.check() == "v1.34.1"
    assert server.tokens == ["Bearer canary-token-1", "Bearer canary-token-second"]
    server.kubeconfig(path, context="other")
    with pytest.raises(Permanent) as caught:
        cluster.check()
    assert caught.value.detail == "no context first in the kubeconfig (it has: other)"
    assert contexts(str(path)) == ("other",)


def test_after_a_401_the_credentials_are_read_again(wire: Callable[..., Wire], tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("canary-old\n")
    server = wire(answer({"message": "Unauthorized"}, 401), VERSION, VERSION)
    path = tmp_path / "config"
    server.kubeconfig(path)
    path.write_text(path.read_text().replace("token: canary-token-1", f"tokenFile: {token}"))
    cluster = Cluster(None, str(path), threading.Event())
    with pytest.raises(Permanent):
        cluster.check()
    token.write_text("canary-fresh\n")
    assert [cluster.check(), cluster.check()] == ["v1.34.1", "v1.34.1"]
    assert server.tokens == ["Bearer canary-old", "Bearer canary-fresh", "Bearer canary-fresh"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "\x00",
        "token: : canary-secret",
        "contexts: 5",
        "contexts: [{name: a, context: {cluster: c, user: u}}]\ncurrent-context: a\n"
        "users: [{name: u, user: {token: canary-secret}}]",
        "contexts: [{name: a}]\ncurrent-context: a\nusers: [{name: u, user: {token: canary-secret}}]",
        "contexts: [{name: a, context: {cluster: c, user: u}}]\ncurrent-context: a\n"
        "clusters: [{name: c, cluster: {server: 'https://x', certificate-authority: /nowhere/ca.crt}}]\n"
        "users: [{name: u, user: {client-certificate-data: canary-secret, client-key-data: canary-secret}}]",
    ],
)
def test_a_broken_kubeconfig_is_a_failure_of_the_call_and_shows_no_secret(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    cluster = Cluster(None, str(path), threading.Event())
    with pytest.raises(Failure) as caught:
        cluster.check()
    assert caught.value.reason is Reason.NOT_CONFIGURED
    assert "canary" not in str(caught.value)


def test_the_first_of_several_files_decides(wire: Callable[..., Wire], tmp_path: Path) -> None:
    server = wire(VERSION)
    server.kubeconfig(tmp_path / "a", context="one")
    server.kubeconfig(tmp_path / "b", context="two")
    both = Kubeconfig(environ={"KUBECONFIG": f"{tmp_path / 'a'}:{tmp_path / 'missing'}:{tmp_path / 'b'}"})
    assert both.contexts() == ("one", "two")
    retries = Retries(threading.Event())
    assert b"v1.34.1" in Connection(both, "two", retries).get("/version")


def test_in_a_pod_without_a_mounted_token(tmp_path: Path) -> None:
    environ = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBECONFIG": str(tmp_path / "none")}
    with pytest.raises(Permanent) as caught:
        Kubeconfig(environ=environ).load(None)
    assert caught.value.reason is Reason.NOT_CONFIGURED

"""A process that cannot be sure that it leads sends nothing, however late it finds out, and leaves nothing behind."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import urllib3

from chatops import fenced, fencing
from chatops.cluster.connection import Connection
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.retries import Retries
from chatops.core.failures import Failure, Reason
from chatops.core.outgoing import SendMessage
from chatops.telegram.client import Telegram
from chatops.upstream.endpoint import Endpoint


class Listening:
    """A server that answers every request with an empty object, and knows what came."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.heard: list[bytes] = []
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._door.accept()
                with connection:
                    while told := connection.recv(65_536):
                        self.heard.append(told)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                self.ended.set()
        except OSError:
            return


@pytest.fixture
def server() -> Iterator[Listening]:
    with closing(Listening()) as built:
        yield built


@pytest.fixture
def leads() -> Iterator[list[float]]:
    """For how long it leads yet: each time it is asked the next number, and the last one for ever."""
    told = [4.0]
    fencing.lead_by(lambda: told.pop(0) if len(told) > 1 else told[0])
    yield told
    fencing.lead_by(None)


def cluster(url: str, folder: Path) -> None:
    kubeconfig = folder / "kubeconfig"
    one = {"name": "one", "cluster": {"server": url}, "user": {}, "context": {"cluster": "one", "user": "one"}}
    kubeconfig.write_text(json.dumps({"current-context": "one", "clusters": [one], "users": [one], "contexts": [one]}))
    retries = Retries(threading.Event(), sleep=lambda _seconds: None)
    Connection(Kubeconfig(str(kubeconfig)), None, retries).post("/api/v1/namespaces", {})


DOORS = {
    "cluster": cluster,
    "telegram": lambda url, _folder: Telegram("42:token", url).deliver(SendMessage(1, "text")),
    "upstream": lambda url, _folder: Endpoint(url).post("/api/v2/silences", {}),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("asked", [1, 2, 3])
def test_r19_who_finds_out_while_it_connects_sends_nothing(
    door: str, asked: int, server: Listening, leads: list[float], tmp_path: Path
) -> None:
    """`asked`: the how manieth time that it asks whether it leads it does not."""
    leads[:] = [*[4.0] * (asked - 1), -1.0]
    with pytest.raises(Failure) as raised:
        DOORS[door](server.url, tmp_path)
    assert raised.value.reason is Reason.UNREACHABLE
    assert leads == [-1.0]
    if asked == 3:
        assert server.ended.wait(40)
    assert server.heard == []


def test_r19_what_is_under_way_is_given_up_when_the_lead_may_be_over(
    server: Listening, pools: urllib3.PoolManager, leads: list[float]
) -> None:
    for left, milliseconds in ((2.5, 2500), (0.001, fencing.LEAST_MILLISECONDS), (3.25, 3250)):
        leads[:] = [left]
        # The connection is kept: each request that is sent over it has its own time.
        assert time_limit_after("POST", server.url, pools) == milliseconds


def test_what_is_only_read_goes_through_at_any_time(
    server: Listening, pools: urllib3.PoolManager, leads: list[float]
) -> None:
    leads[:] = [-1.0]
    assert time_limit_after("GET", server.url, pools) == 0
    assert len(server.heard) == 1


def test_who_serves_alone_lets_the_kernel_decide(server: Listening, pools: urllib3.PoolManager) -> None:
    assert time_limit_after("POST", server.url, pools) == 0


@pytest.fixture
def pools() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as made:
        fenced.fence_in(made)
        yield made


def time_limit_after(method: str, url: str, pools: urllib3.PoolManager) -> int:
    """Of the socket that a request went over: after how many milliseconds it gives up, 0 where the kernel decides."""
    pools.request(method, url)
    pool = pools.connection_from_url(url)
    kept = pool._get_conn()
    pool._put_conn(kept)
    assert isinstance(kept.sock, socket.socket)
    return kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

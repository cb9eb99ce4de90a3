"""Commands in containers: who may, what is refused before the connection is taken over, and how a session ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
import websocket

from chatops.sandbox.kubeapi import Command, KubeApiServer
from chatops.sandbox.kubeapi.access import Rule

from .conftest import Http

PATH = "/api/v1/namespaces/shop/pods/web/exec"
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "x" * 22 + "==",
    "Sec-WebSocket-Version": "13",
}


@pytest.fixture
def web(server: KubeApiServer) -> KubeApiServer:
    containers = [{"name": "app", "image": "app:1"}, {"name": "proxy", "image": "app:1"}]
    meta = {"name": "web", "namespace": "shop"}
    server.apply({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers}})
    server.step(30)
    return server


def session(server: KubeApiServer, *argv: str, protocol: str = "v5.channel.k8s.io") -> Any:
    words = "&".join(f"command={word}" for word in argv)
    url = f"ws://127.0.0.1:{server.port}{PATH}?container=app&{words}&stdout=true&stderr=true"
    client: Any = websocket.WebSocket()
    client.connect(url, subprotocols=[protocol], timeout=10)
    return client


def heard(client: Any) -> list[bytes]:
    """Every message until the server closes."""
    found = []
    while True:
        opcode, data = client.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return found
        found.append(data)


@pytest.mark.parametrize("protocol", ["v5.channel.k8s.io", "v4.channel.k8s.io"])
def test_a_session(web: KubeApiServer, protocol: str) -> None:
    web.set_command("shop", "web", "app", Command(argv="ls *", output=b"a\nb\n", error=b"hm\n"))
    client = session(web, "ls", "-l", protocol=protocol)
    assert client.subprotocol == protocol
    opened, out, err, status = heard(client)
    assert (opened, out, err) == (b"\x01", b"\x01a\nb\n", b"\x02hm\n")
    assert (status[:1], json.loads(status[1:])["status"]) == (b"\x03", "Success")


def test_how_it_ended(web: KubeApiServer) -> None:
    web.set_command("shop", "web", "app", Command(argv="false", code=3))
    status = json.loads(heard(session(web, "false"))[-1][1:])
    assert status["reason"] == "NonZeroExitCode"
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    missing = json.loads(heard(session(web, "no-such"))[-1][1:])
    assert (missing["reason"], missing["code"]) == ("InternalError", 500)
    assert 'exec: "no-such": executable file not found in $PATH' in missing["message"]


def test_what_is_refused_before_it_begins(web: KubeApiServer, http: Http) -> None:
    for query, code, words in (
        ({"container": "app", "stdout": "true"}, 400, "at least 1 command"),
        ({"container": "app", "command": "ls"}, 400, "at least 1 of stdin"),
        ({"command": "ls", "stdout": "true"}, 400, "a container name must be specified"),
        ({"container": "x", "command": "ls", "stdout": "true"}, 400, "container x is not valid for pod web"),
    ):
        answer = http("GET", PATH, headers=UPGRADE, **query)
        assert (answer.status, words in answer.body["message"]) == (code, True), query
    good = {"container": "app", "command": "ls", "stdout": "true"}
    assert http("GET", PATH, **good).body["message"] == "Upgrade request required"
    unknown = http("GET", PATH, headers={**UPGRADE, "Sec-WebSocket-Protocol": "v9"}, **good)
    assert (unknown.status, "negotiate" in unknown.body["message"]) == (403, True)
    assert http("GET", PATH.replace("web", "none"), headers=UPGRADE, **good).status == 404
    assert http("DELETE", PATH).status == 405


def test_a_websocket_takes_the_right_to_get(web: KubeApiServer) -> None:
    web.access.allow("*", Rule(verbs=("create",), resources=("pods/exec",)))
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        session(web, "df", "-h")
    assert refused.value.status_code == 403
    web.access.allow("*", Rule(verbs=("get",), resources=("pods/exec",)))
    assert len(heard(session(web, "df", "-h"))) == 3


def test_a_client_that_leaves_ends_it(web: KubeApiServer) -> None:
    command = Command(argv="sleep *", output=b"begun", hangs=True)
    web.set_command("shop", "web", "app", command)
    client = session(web, "sleep", "99")
    assert [client.recv_data()[1] for _ in range(2)] == [b"\x01", b"\x01begun"]
    client.shutdown()
    assert command.left.wait(10)


def test_a_server_that_stops_cuts_it(web: KubeApiServer) -> None:
    web.set_command("shop", "web", "app", Command(argv="sleep *", hangs=True))
    client = session(web, "sleep", "99")
    client.recv_data()
    web.go_away()
    with pytest.raises(websocket.WebSocketException):
        client.recv_data()
    web.come_back()
    assert len(heard(session(web, "df", "-h"))) == 3


def test_other_requests_are_answered_meanwhile_and_after(web: KubeApiServer, http: Http) -> None:
    web.set_command("shop", "web", "app", Command(argv="sleep *", hangs=True))
    clients = [session(web, "sleep", "99") for _ in range(5)]
    assert http("GET", "/api/v1/pods").status == 200
    for client in clients:
        client.shutdown()
    for _ in range(20):
        assert len(heard(session(web, "df", "-h"))) == 3
    assert http("GET", "/api/v1/pods").status == 200

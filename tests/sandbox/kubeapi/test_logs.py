"""Logs: the right container, the right lines, and the kubelet's words where there are none."""

from __future__ import annotations

from typing import Any

from chatops.sandbox.kubeapi import Behaviour, KubeApiServer, LogLine
from chatops.sandbox.kubeapi.behaviours import NO_SUCH_IMAGE

from .conftest import Http, deployment

SCRIPT = Behaviour(
    ready_after=None,
    runs_for=10.0,
    exit_code=1,
    exit_reason="Error",
    lines=(LogLine(after=1, text="one"), LogLine(after=2, text="two"), LogLine(after=9, text="three")),
)


def log_path(server: KubeApiServer) -> str:
    return f"/api/v1/namespaces/shop/pods/{server.list('Pod')[0]['metadata']['name']}/log"


def refusal(http: Http, path: str, **query: Any) -> str:
    answer = http("GET", path, **query)
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    return str(answer.body["message"])


def test_current_and_previous(server: KubeApiServer, http: Http) -> None:
    server.behave("app:1", SCRIPT)
    server.apply(deployment(replicas=1))
    server.step(7)
    path, name = log_path(server), server.list("Pod")[0]["metadata"]["name"]
    assert http("GET", path).raw == b"one\ntwo\n"
    assert refusal(http, path, previous="true") == f'previous terminated container "app" in pod "{name}" not found'
    server.step(7.2)
    assert http("GET", path).raw == b""
    assert http("GET", path, previous="true").raw == b"one\ntwo\nthree\n"


def test_crash_looping_container_still_has_its_last_words(server: KubeApiServer, http: Http) -> None:
    server.behave("app:1", SCRIPT)
    server.apply(deployment(replicas=1))
    server.step(30)
    assert server.list("Pod")[0]["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert http("GET", log_path(server)).raw == b"one\ntwo\nthree\n"
    assert http("GET", log_path(server), previous="true").raw == b"one\ntwo\nthree\n"


def test_cuts(server: KubeApiServer, http: Http) -> None:
    server.behave("app:1", Behaviour(lines=(LogLine(after=0, text="line {n}", every=1.0),)))
    server.apply(deployment(replicas=1))
    server.step(32)
    path = log_path(server)
    assert http("GET", path, tailLines=2).raw.splitlines()[-1] == http("GET", path).raw.splitlines()[-1]
    assert len(http("GET", path, tailLines=2).raw.splitlines()) == 2
    assert http("GET", path, tailLines=0).raw == b""
    assert len(http("GET", path, sinceSeconds=5).raw.splitlines()) in (5, 6)
    assert len(http("GET", path, limitBytes=10).raw) == 10
    stamped = http("GET", path, tailLines=1, timestamps="true").raw.decode()
    assert stamped.startswith("2026-11-23T09:00:")
    assert stamped.split(" ", 1)[1].startswith("line ")
    for query in ({"tailLines": -1}, {"sinceSeconds": 0}, {"limitBytes": 0}, {"tailLines": "x"}):
        refusal(http, path, **query)


def test_which_container(server: KubeApiServer, http: Http) -> None:
    body = deployment(replicas=1)
    spec = body["spec"]["template"]["spec"]
    spec["containers"].append({"name": "side", "image": "side:1"})
    spec["initContainers"] = [{"name": "setup", "image": "setup:1"}]
    server.apply(body)
    server.step(30)
    path, name = log_path(server), server.list("Pod")[0]["metadata"]["name"]
    assert refusal(http, path) == (
        f"a container name must be specified for pod {name}, choose one of: [app side] "
        "or one of the init containers: [setup]"
    )
    assert refusal(http, path, container="nope") == f"container nope is not valid for pod {name}"
    assert http("GET", path, container="side").status == 200
    assert http("GET", path, container="setup").status == 200


def test_nothing_to_read_yet(server: KubeApiServer, http: Http) -> None:
    server.behave("app:missing", NO_SUCH_IMAGE)
    server.apply(deployment(replicas=1, image="app:missing"))
    server.step(0.6)
    path, name = log_path(server), server.list("Pod")[0]["metadata"]["name"]
    assert refusal(http, path) == f'container "app" in pod "{name}" is waiting to start: ContainerCreating'
    server.step(10)
    assert refusal(http, path).endswith("is waiting to start: trying and failing to pull image")
    assert http("GET", "/api/v1/namespaces/shop/pods/nobody/log").status == 404


def test_a_silent_node_has_no_logs(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=1))
    server.step(30)
    server.stop_node(server.list("Pod")[0]["spec"]["nodeName"])
    assert http("GET", log_path(server)).status == 500


def test_follow_ends_with_the_container(server: KubeApiServer, http: Http) -> None:
    server.behave("app:1", SCRIPT)
    server.apply(deployment(replicas=1))
    server.step(3.5)
    stream = http.pool.request("GET", f"{server.url}{log_path(server)}?follow=true", preload_content=False)
    chunks = stream.stream(None)
    assert next(chunks) == b"one\n"
    server.step(9)
    assert b"".join(chunks) == b"two\nthree\n"

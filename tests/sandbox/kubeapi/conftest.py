"""A server whose time a test moves by hand, a node or two, and plain HTTP to talk to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from chatops.sandbox.kubeapi import KubeApiServer, StepClock

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Obj = dict[str, Any]
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


def node(name: str, **spec: Any) -> Obj:
    allocatable = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": spec,
        "status": {"allocatable": allocatable, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
    }


def workload(kind: str, name: str, *, replicas: int = 3, image: str = "app:1", **spec: Any) -> Obj:
    body: Obj = {
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "app", "image": image}]},
        },
        **spec,
    }
    if kind != "DaemonSet":
        body["replicas"] = replicas
    if kind == "StatefulSet":
        body["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": body}


def deployment(name: str = "web", **spec: Any) -> Obj:
    return workload("Deployment", name, **spec)


def config_map(name: str, **data: str) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "shop", "labels": {"name": name}},
        "data": data,
    }


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Http:
    """Requests without retries, by path below the server's address."""

    def __init__(self, server: KubeApiServer) -> None:
        self._server = server
        self.pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(10))

    def __call__(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        url = f"{self._server.url}{path}" + (f"?{urlencode(query)}" if query else "")
        given = {"Content-Type": "application/json", **(headers or {})}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        answer = self.pool.request(method, url, body=data, headers=given)
        return Answer(answer.status, dict(answer.headers), answer.data)

    def patch(self, path: str, body: Any, kind: str = MERGE_PATCH, **query: Any) -> Answer:
        return self("PATCH", path, body, headers={"Content-Type": kind}, **query)

    def watch(self, path: str, **query: Any) -> Iterator[Obj]:
        """Events until the server ends the stream."""
        url = f"{self._server.url}{path}?{urlencode({'watch': 'true', **query})}"
        answer = self.pool.request("GET", url, preload_content=False)
        rest = b""
        for chunk in answer.stream(None):
            rest += chunk
            *lines, rest = rest.split(b"\n")
            for line in lines:
                yield json.loads(line)


@pytest.fixture
def server() -> Iterator[KubeApiServer]:
    """Two nodes and the namespace shop; nothing moves but by `step`."""
    with KubeApiServer(auto=False, clock=StepClock(START), seed=1) as running:
        running.apply([node("n1"), node("n2")])
        running.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        yield running


@pytest.fixture
def http(server: KubeApiServer) -> Iterator[Http]:
    client = Http(server)
    yield client
    client.pool.clear()

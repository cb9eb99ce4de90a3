"""A stand-in for Alertmanager's API v2 on loopback: status, alerts, silences, with the real one's refusals.

It answers as Alertmanager 0.25 does and sends no webhooks. Time is given; nothing moves by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from chatops.sandbox.kubeapi.transport import Transport
from chatops.sandbox.silences import Alerts, Refused, Silences, matcher_of, stamp

Answer = tuple[int, Any]
"""Status and body; None is an empty one."""

REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type"}

CONFIG = "route:\n  receiver: chatops\n  group_by: [alertname]\nreceivers:\n- name: chatops\n"


def _now() -> datetime:
    return datetime.now(UTC)


class AlertmanagerServer:
    """Alertmanager's API on http://host:port; a context manager.

    `clock` tells the time, `started_at` is when it says it started, `config` what it says it runs, `peers` its cluster.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Callable[[], datetime] = _now,
        authorization: str = "",
    ) -> None:
        """`authorization`: the header that every request must carry; empty lets everybody in."""
        self.clock = clock
        self.started_at = clock() - timedelta(days=3)
        self.config = CONFIG
        self.group_by: tuple[str, ...] = ("alertname",)
        self.peers: tuple[tuple[str, str], ...] = ()
        self.alerts = Alerts()
        self.silences = Silences()
        self.requests: list[tuple[str, str]] = []
        """Method and path with query of every request so far."""
        self._authorization = authorization
        self._trouble: list[Answer | None] = []
        self._lock = threading.Lock()
        self._transport = Transport(self._application, host=host, port=port)

    @property
    def url(self) -> str:
        return f"http://{self._transport.host}:{self._transport.port}"

    def __enter__(self) -> AlertmanagerServer:
        self._transport.open()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def go_away(self) -> None:
        """Refuse connections."""
        self._transport.close()

    def come_back(self) -> None:
        """Listen again on the same port."""
        self._transport.open()

    def fire(self, labels: Mapping[str, str], **fields: Any) -> str:
        """An alert as Prometheus posts it; its fingerprint."""
        with self._lock:
            return self.alerts.post({"labels": dict(labels), **fields}, self.clock())

    def end(self, labels: Mapping[str, str]) -> None:
        """The alert of these labels has resolved."""
        self.fire(labels, endsAt=stamp(self.clock()))

    def fail(self, status: int, body: Any = None) -> None:
        """Answer the next request with this instead, without doing it."""
        with self._lock:
            self._trouble.append((status, body))

    def lose_answer(self, after: int = 0) -> None:
        """Answer so many requests; do the next one and cut the connection instead of answering."""
        with self._lock:
            self._trouble += [*[(0, None)] * after, None]

    def _application(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        with self._lock:
            query = environ.get("QUERY_STRING", "")
            path = environ["PATH_INFO"] + (f"?{query}" if query else "")
            self.requests.append((environ["REQUEST_METHOD"], path))
            trouble: Answer | None = self._trouble.pop(0) if self._trouble else (0, None)
            status, told = trouble if trouble and trouble[0] else self._answer(environ, body)
        if trouble is None:
            environ["kubeapi.sever"]()
        data = b"" if told is None else msgspec.json.encode(told)
        headers = [("Content-Length", str(len(data)))] + ([("Content-Type", "application/json")] if data else [])
        start(f"{status} {REASONS.get(status, 'Error')}", headers)
        return [data]

    def _answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        if self._authorization and environ.get("HTTP_AUTHORIZATION") != self._authorization:
            return 401, "Unauthorized"
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        try:
            match method, path.strip("/").split("/"):
                case "GET", ["-", "ready"]:
                    return 200, None
                case "GET", ["api", "v2", "status"]:
                    return 200, self._status()
                case "GET", ["api", "v2", "alerts"]:
                    filters = [matcher_of(value) for name, value in query if name == "filter"]
                    return 200, self.alerts.listed(filters, self.silences, self.clock())
                case "GET", ["api", "v2", "alerts", "groups"]:
                    return 200, self.alerts.grouped(self.group_by, self.silences, self.clock())
                case "POST", ["api", "v2", "alerts"]:
                    for alert in _json(environ, body):
                        self.alerts.post(alert, self.clock())
                    return 200, None
                case "GET", ["api", "v2", "silences"]:
                    filters = [matcher_of(value) for name, value in query if name == "filter"]
                    return 200, self.silences.listed(filters, self.clock())
                case "POST", ["api", "v2", "silences"]:
                    return 200, {"silenceID": self.silences.put(_json(environ, body), self.clock())}
                case "GET", ["api", "v2", "silence", silence_id]:
                    return 200, self.silences.shown(silence_id, self.clock())
                case "DELETE", ["api", "v2", "silence", silence_id]:
                    self.silences.expire(silence_id, self.clock())
                    return 200, None
                case _:
                    return 404, {"code": 404, "message": f"path {path} was not found"}
        except Refused as refused:
            return refused.status, refused.body

    def _status(self) -> dict[str, Any]:
        cluster: dict[str, Any] = {"peers": [], "status": "disabled"}
        if self.peers:
            peers = [{"name": name, "address": address} for name, address in self.peers]
            cluster = {"name": self.peers[0][0], "peers": peers, "status": "ready"}
        return {
            "cluster": cluster,
            "config": {"original": self.config},
            "uptime": stamp(self.started_at),
            "versionInfo": {"version": "0.25.0", "revision": "sandbox", "branch": "sandbox", "goVersion": "none"},
        }


def _json(environ: dict[str, Any], body: bytes) -> Any:
    kind = environ.get("CONTENT_TYPE", "")
    if kind.partition(";")[0].strip() != "application/json":
        raise Refused(
            415, {"code": 415, "message": f'unsupported media type "{kind}", only [application/json] are allowed'}
        )
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError as error:
        raise Refused(400, {"code": 400, "message": f'parsing silence body from "" failed, because {error}'}) from None

"""One HTTP request as the API sees it, and the record of it that tests look at."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from chatops.sandbox.kubeapi import protobuf
from chatops.sandbox.kubeapi.errors import ApiError, bad_request

_MAX_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """What came in; `headers` have lower-case names, `status` is the code answered, None for a dropped one.

    `sender` is the address that it came from.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    sender: str = ""

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


class RequestLog:
    """Every request in the order it was answered."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._records: list[RequestRecord] = []

    def add(self, record: RequestRecord) -> None:
        """Append one."""
        with self._condition:
            self._records.append(record)
            self._condition.notify_all()

    def clear(self) -> None:
        """Forget them all."""
        with self._condition:
            self._records.clear()

    def matching(self, *, method: str = "", path: str = "") -> list[RequestRecord]:
        """Records with this method and a path that contains `path`."""
        with self._condition:
            return [each for each in self._records if (not method or each.method == method) and path in each.path]

    def wait_for(self, count: int = 1, *, method: str = "", path: str = "", timeout: float = 5.0) -> bool:
        """Wait until at least `count` such records are there; False when `timeout` seconds pass first."""

        def there() -> bool:
            found = [e for e in self._records if (not method or e.method == method) and path in e.path]
            return len(found) >= count

        with self._condition:
            return self._condition.wait_for(there, timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A parsed request. `disconnected` tells whether the client has gone; `sever` cuts its connection.

    `take_over` gives the connection away: whoever takes it answers on it, and closes it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    disconnected: Callable[[], bool]
    sever: Callable[[], None]
    take_over: Callable[[], socket.socket]
    pairs: tuple[tuple[str, str], ...] = ()
    """The query as it was written, for parameters that stand in it more than once."""
    sender: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Request:
        """Read it from a WSGI environ; ApiError 413 for a body beyond 4 MiB."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > _MAX_BODY:
            raise ApiError(413, "RequestEntityTooLarge", f"limit is {_MAX_BODY}")
        headers = {
            key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = str(environ["CONTENT_TYPE"])
        raw_path = str(environ.get("PATH_INFO", "/"))
        pairs = parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)
        return cls(
            method=str(environ["REQUEST_METHOD"]),
            path=raw_path.encode("latin-1").decode("utf-8", "replace"),
            query=dict(pairs),
            pairs=tuple(pairs),
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
            disconnected=environ.get("waitress.client_disconnected", lambda: False),
            sever=environ.get("kubeapi.sever", lambda: None),
            take_over=environ["kubeapi.take_over"],
            sender=str(environ.get("REMOTE_ADDR", "")),
        )

    @property
    def content_type(self) -> str:
        """The body's media type without parameters."""
        return self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()

    def decoded(self) -> Any:
        """The body from JSON YAML or, for a few kinds, protobuf; ApiError 400 when it is none."""
        if self.content_type == "application/vnd.kubernetes.protobuf":
            return protobuf.decode(self.body)
        try:
            if "yaml" in self.content_type:
                return msgspec.yaml.decode(self.body)
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise bad_request(f"the object provided is unrecognized (must be of type object): {problem}") from problem

    def decoded_object(self) -> dict[str, Any]:
        """The body as an object; ApiError 400 when it is something else."""
        body = self.decoded()
        if not isinstance(body, dict):
            raise bad_request("the object provided is unrecognized (must be of type object)")
        return body

    def every(self, name: str) -> list[str]:
        """All values of a query parameter, in their order."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        """A boolean query parameter."""
        return self.query.get(name, "").lower() in ("true", "1")

    def number(self, name: str) -> int | None:
        """A whole-number query parameter; ApiError 400 when it is not one."""
        text = self.query.get(name, "")
        if not text:
            return None
        try:
            return int(text)
        except ValueError as problem:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer. `body` is an object for JSON, bytes as they are, or an iterator of chunks."""

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

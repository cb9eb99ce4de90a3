"""HTTP spoken by hand over a socket: for what no well-behaved client would send."""

import json
import socket
from dataclasses import dataclass
from typing import Any

PATH = "/api/v1/alertmanager"
PATIENCE = 10.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def assert_problem(self, status: int) -> None:
        """The answer is this error, as problem details whose parts agree."""
        assert self.status == status
        assert self.headers["content-type"] == "application/problem+json"
        told = self.json()
        assert told["status"] == status
        assert told["type"] == "about:blank"
        assert told["title"]
        assert told["detail"]
        assert told["code"]


class Wire:
    """One connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def post(
        self, body: bytes = b"", *, path: str = PATH, headers: tuple[str, ...] = (), method: str = "POST"
    ) -> Answer:
        self.send(head(path=path, headers=(*headers, f"Content-Length: {len(body)}"), method=method) + body)
        return self.answer()

    def answer(self) -> Answer:
        """The next answer, of the length it announces."""
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        start, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = start.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            self._receive()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Answer(int(first.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        while True:
            try:
                self._receive()
            except ConnectionError:
                return self._buffer

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("closed by the other side")
        self._buffer += data


def head(*, path: str = PATH, headers: tuple[str, ...] = (), method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: here", *headers, "", ""]).encode()

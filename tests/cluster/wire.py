"""A loopback HTTP server that says exactly what a test tells it to, and remembers what it was asked."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

Reply = Callable[[socket.socket, threading.Event], None]


def answer(body: Any, status: int = 200, *, headers: str = "") -> Reply:
    """A whole, ordinary answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(peer: socket.socket, _: threading.Event) -> None:
        peer.sendall(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(data)}\r\n{headers}\r\n".encode() + data)

    return reply


def torn(peer: socket.socket, _: threading.Event) -> None:
    """Half an answer, then the end of the connection."""
    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"gitVersion"')


def dropped(peer: socket.socket, _: threading.Event) -> None:
    """No answer: the connection ends after the request was read."""


def silent(_: socket.socket, closing: threading.Event) -> None:
    """No answer, for as long as the server lives."""
    closing.wait(60)


def dribbling(peer: socket.socket, closing: threading.Event) -> None:
    """An answer that never ends and never pauses long enough for a read to time out."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not closing.wait(0.02):
        peer.sendall(b" ")


class Wire:
    """Answers the n-th request with the n-th reply, the last one over and over."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.tokens: list[str] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._peers: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def kubeconfig(self, path: Path, *, token: str = "canary-token-1", context: str = "wire") -> str:
        """Write a kubeconfig for this server."""
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": token}}],
        }
        path.write_text(yaml.safe_dump(content))
        return str(path)

    def close(self) -> None:
        self._closing.set()
        self._listener.close()
        for peer in list(self._peers):
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                peer, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._peers.append(peer)
            self._start(self._talk, peer)

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            peer.settimeout(10)
            stream = peer.makefile("rb")
            try:
                while line := stream.readline():
                    method, path, _ = line.decode().split()
                    headers = {}
                    while (header := stream.readline().decode().strip()) != "":
                        name, _, value = header.partition(":")
                        headers[name.lower()] = value.strip()
                    self.requests.append((method, path))
                    self.bodies.append(stream.read(int(headers.get("content-length", 0))))
                    self.tokens.append(headers.get("authorization", ""))
                    reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
                    reply(peer, self._closing)
                    if reply in (torn, dropped, silent, dribbling):
                        return
            except OSError:
                return

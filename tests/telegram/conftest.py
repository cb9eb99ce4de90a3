"""The door against the stand-in, and against servers that answer what no Bot API server would."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from chatops.core.telegram_features import Feature
from chatops.sandbox.botapi import BotApiServer, HandClock, Limits, Person
from chatops.telegram.client import Telegram

CANARY = "4200000001:canary-token-AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def server(clock: HandClock) -> Iterator[BotApiServer]:
    with BotApiServer(token=CANARY, clock=clock, limits=Limits.off()) as running:
        yield running


@pytest.fixture
def refused() -> list[Feature]:
    """What the server was found not to take."""
    return []


@pytest.fixture
def telegram(server: BotApiServer, refused: list[Feature]) -> Iterator[Telegram]:
    door = Telegram(CANARY, server.url, on_refused=refused.append)
    yield door
    door.hang_up()


@pytest.fixture
def anna(server: BotApiServer) -> Person:
    person = server.person(101, "Anna", username="anna")
    person.chat_with_bot()
    return person


class Oddity:
    """An HTTP server that answers every request with these bytes, as they are; empty hangs up.

    `dribbles`: and then with one more byte after the other, until it is closed.
    """

    def __init__(self) -> None:
        self.reply = b""
        self.dribbles = False
        self._closing = threading.Event()
        self.paths: list[str] = []
        oddity = self

        class Door(BaseHTTPRequestHandler):
            protocol_version: ClassVar[str] = "HTTP/1.1"

            def do_POST(self) -> None:
                oddity.paths.append(self.path)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.wfile.write(oddity.reply)
                with suppress(OSError):
                    while oddity.dribbles and not oddity._closing.wait(0.01):
                        self.wfile.write(b" ")
                self.close_connection = True

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, body: bytes, status: str = "200 OK", kind: str = "application/json", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self.reply = head.encode() + body

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def oddity() -> Iterator[Oddity]:
    server = Oddity()
    yield server
    server.close()


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Runs something beside the test; it has to end with it."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], object]) -> threading.Thread:
        threads.append(threading.Thread(target=work, daemon=True))
        threads[-1].start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()

"""Calendars as those who make them write them, and a server that has one, with the faults of such servers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def event(title: str, start: str, end: str = "", *more: str, uid: str = "") -> str:
    """One VEVENT; `start` and `end` from the name's parameters on, like `;VALUE=DATE:20261123`."""
    lines = ["BEGIN:VEVENT", f"UID:{uid or title}", f"SUMMARY:{title}", f"DTSTART{start}"]
    return "\r\n".join([*lines, *([f"DTEND{end}"] if end else []), *more, "END:VEVENT"])


def calendar(*events: str, zone: str = "") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *([f"X-WR-TIMEZONE:{zone}"] if zone else [])]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""]).encode()


class CalendarServer:
    """Has one calendar with an ETag. `fault` is what it does instead: a status, `slow` or `huge`."""

    def __init__(self, url: str, body: bytes) -> None:
        self.url = url
        self.body = body
        self.etag = '"1"'
        self.fault: int | str = 0
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ended = threading.Event()

    def change(self, body: bytes) -> None:
        self.body = body
        self.etag = f'"{int(self.etag.strip(chr(34))) + 1}"'


@contextmanager
def serving(body: bytes) -> Iterator[CalendarServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            match server.fault:
                case "slow":
                    self._begin(200, 1_000)
                    self.wfile.write(server.body[:100])
                    server.ended.wait(30)
                    self.close_connection = True
                case "huge":
                    self._begin(200, 1 << 30)
                    while not server.ended.is_set():
                        try:
                            self.wfile.write(server.body * 100)
                        except OSError:
                            break
                    self.close_connection = True
                case 0 if self.headers.get("If-None-Match") == server.etag:
                    self._begin(304, 0)
                case 0:
                    self._begin(200, len(server.body))
                    self.wfile.write(server.body)
                case int(status):
                    words = f"no {self.path} for you".encode()
                    self._begin(status, len(words))
                    self.wfile.write(words)

        def _begin(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("ETag", server.etag)
            if 300 < status < 304:
                self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = CalendarServer(f"http://127.0.0.1:{httpd.server_address[1]}", body)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join(5)

"""A server that repeats in its answer all it was asked: what a proxy, a debug page or a hostile server does."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def parrot(status: int) -> Iterator[str]:
    """Its address. Every request is answered with `status` and its own line and headers as the words of the error."""

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def repeat(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = f"{self.path} {' '.join(self.headers.values())}"
            told = {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "message": said,
                "code": status,
                "ok": False,
                "error_code": status,
                "description": said,
                "error": said,
                "errorType": "bad_data",
            }
            body = json.dumps(told).encode()
            self.send_response(status, said.encode("ascii", "replace").decode()[:200])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = repeat  # names of the standard library

        def log_message(self, format: str, *_: Any) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

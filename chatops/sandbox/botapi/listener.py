"""Listener: one WSGI application on one loopback port that can go away and come back.

While away, connections are refused, but the port stays reserved. Refuses to know the application.
"""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

from waitress.server import create_server

from .door import MAX_BODY

# Long polls and open pages hold a thread each.
_THREADS = 32
_CONNECTIONS = 400
_LOOP_SECONDS = 1.0


class Listener:
    """A waitress server with a prompt stop. Not safe to start and stop from two threads at once."""

    def __init__(self, application: Any, *, host: str, port: int) -> None:
        self._application = application
        self._host = host
        self._socket = self._bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def running(self) -> bool:
        """Whether connections are accepted."""
        return self._server is not None

    def start(self) -> None:
        """Accept connections."""
        if self.running:
            return
        # INFO lines of waitress carry request paths, and a Bot API path carries the token.
        logging.getLogger("waitress").setLevel(logging.WARNING)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._server = create_server(
            self._application,
            sockets=[self._socket],
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            max_request_body_size=MAX_BODY,
            inbuf_overflow=MAX_BODY,
            channel_timeout=120,
            ident=None,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=_loop, args=(self._server, self._stopping), name="botapi-http", daemon=True
        )
        self._thread.start()

    def stop(self, *, for_good: bool = True) -> None:
        """Refuse connections and cut the open ones. `for_good=False` keeps the port for a later `start`."""
        server, thread = self._server, self._thread
        if server is not None and thread is not None:
            self._stopping.set()
            server.pull_trigger()
            thread.join()
            # Workers pull the trigger too. It is closed after they are gone, since a closed descriptor may
            # already belong to somebody else.
            for channel in list(server.active_channels.values()):
                channel.handle_close()
            server.socket.close()
            server.task_dispatcher.shutdown()
            server.close()
            self._server = self._thread = None
        else:
            self._socket.close()
        if not for_good:
            self._socket = self._bound(self.port)

    def _bound(self, port: int) -> socket.socket:
        # A bound socket that does not listen refuses connections, and nobody else gets the port meanwhile.
        bound = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((self._host, port))
        return bound


def _loop(server: Any, stopping: threading.Event) -> None:
    while not stopping.is_set():
        server.asyncore.loop(timeout=_LOOP_SECONDS, use_poll=True, map=server._map, count=1)

"""The listening socket: waitress with a thread per request, and a way to cut a connection from inside."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

_THREADS = 32


class _Task(WSGITask):
    """Hands the application a way to cut the connection it is answering on."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()

        def sever() -> None:
            connection = self.channel.socket
            with contextlib.suppress(OSError):
                if connection is not None:
                    connection.shutdown(socket.SHUT_RDWR)

        environ["kubeapi.sever"] = sever
        environ["kubeapi.take_over"] = self._take_over
        return environ

    def _take_over(self) -> socket.socket:
        """The connection, out of the loop's hands: what the application still returns goes nowhere."""
        channel: Any = self.channel
        connection: socket.socket = channel.socket
        taken = threading.Event()

        def let_go() -> None:
            channel.del_channel()
            taken.set()

        # In the loop's own thread: it may be about to look at this connection.
        _in_loop(channel.server, let_go)
        taken.wait(5)
        channel.connected = False
        connection.setblocking(True)
        channel.server.taken_over.add(connection)
        return connection


class _Channel(HTTPChannel):
    task_class = _Task


class Transport:
    """Serves a WSGI application on loopback; it can go away and come back on the same port."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, host: str, port: int) -> None:
        self._app = app
        self.host = host
        self.port = port
        self._server: Any = None
        self._sockets: dict[int, Any] = {}
        self._thread: threading.Thread | None = None
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    def open(self) -> None:
        """Listen and serve; OSError when the port is taken."""
        self._server = create_server(
            self._app,
            host=self.host,
            port=self.port,
            threads=_THREADS,
            channel_request_lookahead=1,
            connection_limit=500,
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=True,
            map=self._sockets,
        )
        self._server.channel_class = _Channel
        # Connections that are no longer the loop's; those still open are cut with the others.
        self._server.taken_over = weakref.WeakSet()
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._serve, name="kube-api", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._server.run()

    def close(self) -> None:
        """Stop listening and cut every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        sockets, self._sockets = self._sockets, {}

        def hang_up() -> None:
            server.del_channel()
            server.socket.close()
            connections = [channel.socket for channel in list(server.active_channels.values())]
            for connection in [*connections, *server.taken_over]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

        def close_all() -> None:
            for dispatcher in list(sockets.values()):
                with contextlib.suppress(OSError):
                    dispatcher.close()

        # Both in the loop's own thread, else it sleeps on until its poll times out. The workers go in between:
        # one that still runs would write into whatever gets the trigger's file descriptor next.
        _in_loop(server, hang_up)
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        _in_loop(server, close_all)
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None


def _in_loop(server: Any, work: Callable[[], None]) -> None:
    # The loop may be awake already, do the work and close its trigger before the trigger is pulled.
    with contextlib.suppress(OSError):
        server.trigger.pull_trigger(work)

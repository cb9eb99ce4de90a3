"""A WSGI server that can be started, asked for its port, and stopped so that nobody's request is cut off.

Waitress has no graceful stop; this one leans on its channels, its trigger and its dispatcher, which are not
documented API. The version is pinned and `tests/web/test_server.py` holds the behaviour.
"""

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from chatops.web.channel import Channel, Judge, Witness, channel_class
from chatops.web.later import Begin, Later

log = structlog.get_logger(__name__)

MAX_HEAD = 16 * 1024
CONNECTIONS = 300
BACKLOG = 4096
"""Connections that wait in the kernel to be taken: an Alertmanager opens one for each group of a storm, at once."""
READ_BYTES = 128 * 1024
"""Of a connection at once: after each piece the I/O thread has to get hold of the interpreter again."""
IDLE_SECONDS = 30
LOOP_SECONDS = 1


class CannotListen(Exception):
    """The port cannot be had. The message names it and the mend."""


class Server:
    """Serves one WSGI application on one address from `start` to `stop`.

    `judge` may refuse a request before its body is read; `witness` is told of everything answered without the
    app. `max_body` is the largest body that is taken, in bytes. What `begin` begins on is answered once it is done.
    """

    def __init__(
        self,
        app: Any,
        *,
        name: str,
        host: str,
        port: int,
        threads: int = 8,
        max_body: int = 64 * 1024,
        judge: Judge | None = None,
        witness: Witness | None = None,
        begin: Begin | None = None,
    ) -> None:
        self._app = app
        self._name = name
        self._host = host
        self._wanted_port = port
        self._threads = threads
        self._max_body = max_body
        self._channel_class = channel_class(judge, witness)
        self._later = Later(begin, self._in_loop) if begin is not None else None
        self._workers = _Workers(name, self._later)
        # Any: the stubs misname the trigger and the channels of a waitress server.
        self._listener: Any = None
        self._connections: dict[int, Any] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._ended = False
        self._drained = threading.Event()

    @property
    def port(self) -> int:
        """The port really listened on; 0 until started."""
        return int(self._listener.effective_port) if self._listener is not None else 0

    @property
    def listening(self) -> bool:
        return self._thread is not None and self._thread.is_alive() and not self._stopping

    def start(self) -> None:
        """Listen and serve. Raises CannotListen."""
        taken = bind(self._host, self._wanted_port)
        self._workers.set_thread_count(self._threads)
        options: dict[str, Any] = {
            # Waitress refuses a body of exactly its limit.
            "max_request_body_size": self._max_body + 1,
            # In memory: a full or read-only disk must not cost a webhook.
            "inbuf_overflow": self._max_body + 1,
            "max_request_header_size": MAX_HEAD,
            "connection_limit": CONNECTIONS,
            "backlog": BACKLOG,
            "recv_bytes": READ_BYTES,
            "channel_timeout": IDLE_SECONDS,
            "cleanup_interval": 5,
            "ident": None,
            "asyncore_use_poll": True,
        }
        self._listener = _Listener(
            self._app,
            map=self._connections,
            _sock=taken,
            dispatcher=self._workers,
            adj=Adjustments(**options),
            sockinfo=(taken.family, taken.type, taken.proto, taken.getsockname()),
            bind_socket=False,
        )
        self._listener.channel_class = self._channel_class
        self._thread = threading.Thread(target=self._run, name=f"{self._name}-io", daemon=True)
        self._listener.io_thread = self._thread
        self._thread.start()

    def _run(self) -> None:
        while not self._ended:
            wasyncore.loop(timeout=LOOP_SECONDS, use_poll=True, map=self._connections, count=1)
            if self._later is not None:
                self._later.give_up_on_overdue()
            if self._stopping and not self._busy():
                self._drained.set()

    def _busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._listener.active_channels.values())

    def stop(self, deadline: float = 5.0) -> bool:
        """Take no more connections, finish what is being answered, end the threads: all within `deadline` seconds.

        True when nothing was cut off. A request whose body is still on its way is: its sender will send it again.
        """
        if self._thread is None or self._stopping:
            return True
        end = time.monotonic() + deadline
        self._in_loop(self._stop_accepting)
        clean = self._drained.wait(deadline)
        # The workers end before the connections close: the other order breaks a worker that is still writing.
        self._workers.shutdown(timeout=max(0, end - time.monotonic()))  # type: ignore[arg-type]  # seconds, any number
        self._in_loop(self._close_all)
        self._thread.join(max(0.1, end - time.monotonic()))
        if self._workers.join(max(0.1, end - time.monotonic())) and not self._thread.is_alive():
            # Not sooner: whoever still pulls it would write into whatever file has got its number since.
            self._listener.trigger.close()
        else:
            clean = False
        if not clean:
            log.warning("server_stopped_late", server=self._name, deadline=deadline)
        return clean

    def _in_loop(self, step: Callable[[], None]) -> None:
        # Waitress' structures belong to its loop; the trigger wakes it and runs the step there.
        self._listener.trigger.pull_trigger(step)

    def _stop_accepting(self) -> None:
        self._stopping = True
        self._listener.accepting = False
        self._listener.del_channel()
        self._listener.socket.close()

    def _close_all(self) -> None:
        for channel in list(self._listener.active_channels.values()):
            channel.close()
        self._ended = True


class _Listener(TcpWSGIServer):
    """Takes all that wait at once, as many as may be open: each round of the loop asks every connection."""

    _map: dict[int, Any]
    io_thread: threading.Thread | None = None

    def readable(self) -> bool:
        # Known before waitress looks, for it says so each time: thousands of lines in a storm.
        self.in_connection_overflow = self._full
        return super().readable()

    def handle_accept(self) -> None:
        while not self._full:
            before = len(self._map)
            super().handle_accept()
            if len(self._map) == before:
                return

    def pull_trigger(self) -> None:
        # What the I/O thread itself has written it comes to without being woken.
        if threading.current_thread() is not self.io_thread:
            super().pull_trigger()

    @property
    def _full(self) -> bool:
        return len(self._map) >= self.adj.connection_limit


class _Workers(ThreadedTaskDispatcher):
    """Waitress' worker threads, named after their server and kept, so that the last one can be waited for."""

    def __init__(self, name: str, later: Later | None) -> None:
        super().__init__()
        self._name = name
        self._later = later
        self._started: list[threading.Thread] = []

    def add_task(self, task: Channel) -> None:  # type: ignore[override]  # the stubs mean what a channel makes
        if self._later is None or not self._later.begin(task):
            super().add_task(task)  # type: ignore[arg-type]

    def start_new_thread(self, target: Callable[[int], object], thread_no: int) -> None:
        thread = threading.Thread(target=target, name=f"{self._name}-{thread_no}", args=(thread_no,), daemon=True)
        self._started.append(thread)
        thread.start()

    def join(self, timeout: float) -> bool:
        """Wait for every thread's end, `timeout` seconds in all. True when all have ended."""
        end = time.monotonic() + timeout
        for thread in self._started:
            thread.join(max(0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._started)


def bind(host: str, port: int) -> socket.socket:
    """A bound listening socket. Raises CannotListen with the mend for the reason."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        dual = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address[:2], family=family, dualstack_ipv6=dual, backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host} port {port}: {_mend(error, port)}") from error


def _mend(error: OSError, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"another program has the port (`ss -ltnp sport = :{port}` names it); stop it or choose another port"
        case errno.EACCES:
            return "ports below 1024 need root; choose a higher one"
        case errno.EADDRNOTAVAIL:
            return "this machine has no such address; set BIND_ADDRESS to one of its own, or to 0.0.0.0"
        case _ if isinstance(error, socket.gaierror):
            return "BIND_ADDRESS is no address and no known name; give an IP address"
        case _:
            return error.strerror or str(error)

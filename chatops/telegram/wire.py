"""The HTTP connections under telebot: one pooled session, parameters in the body, and a way to hang up.

It knows the token and the server's address, and is the only place that does: telebot is given neither, so that nothing
it logs or raises can hold them. It refuses to know what is asked and what the answers mean.
"""

import json
import socket
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from telebot import apihelper
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from chatops import fenced
from chatops.fencing import ensure_leading

PLACEHOLDER_TOKEN: Final = "0:held-by-the-wire"
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. The largest a Bot API server gives is a batch of updates of 4 MiB."""

_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of a response that telebot reads."""

    status_code: int
    reason: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        return json.loads(self.content)


class Wire:
    """Connections to one Bot API server with one bot's token. Thread-safe.

    Timeouts in seconds. `read_timeout` is for the next bytes; a whole answer may take about twice as long.
    """

    def __init__(self, token: str, api_url: str, *, connect_timeout: float, read_timeout: float) -> None:
        self._prefix = f"{api_url.rstrip('/')}/bot{token}/"
        self._timeouts = (connect_timeout, read_timeout)
        self._sockets = _Sockets()
        self._session = requests.Session()
        adapter = _Adapter(self._sockets)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    @contextmanager
    def used(self, *, longer: float = 0.0) -> Iterator[None]:
        """What this thread asks through telebot goes over this wire, and may take `longer` seconds more."""
        _install()
        chosen = _wire.set((self, longer))
        try:
            yield
        finally:
            _wire.reset(chosen)

    def request(self, method: str, params: Mapping[str, Any] | None, files: Any, *, longer: float) -> Answer:
        """Raises requests.RequestException and urllib3's HTTPError, with the token in their words.

        Raises Temporary, with nothing sent, where another replica may be acting.
        """
        ensure_leading()
        connect_timeout, read_timeout = self._timeouts
        read_timeout += longer
        deadline = time.monotonic() + connect_timeout + 2 * read_timeout
        with self._session.post(
            self._prefix + method,
            data=dict(params or {}),
            files=files,
            timeout=(connect_timeout, read_timeout),
            # A redirect would carry the token elsewhere.
            allow_redirects=False,
            stream=True,
        ) as response:
            content = bytearray()
            while piece := response.raw.read1(_PIECE, decode_content=True):
                content += piece
                if len(content) > LARGEST_ANSWER or time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout("the answer does not end")
            return Answer(response.status_code, response.reason or "", bytes(content))

    def cut(self) -> None:
        """End every request under way, from any thread: it fails. Later ones connect again."""
        self._sockets.shut_down()


class _Sockets:
    """Every socket that is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def add(self, connected: Any) -> None:
        with self._lock:
            self._open.add(connected)

    def shut_down(self) -> None:
        with self._lock:
            sockets = list(self._open)
        for each in sockets:
            with suppress(OSError):
                # The base class' own: that of a TLS socket drops its state under the thread that reads from it.
                socket.socket.shutdown(each, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Keeps account of the sockets of its connections. Nothing is retried here."""

    def __init__(self, sockets: _Sockets) -> None:
        class Plain(fenced.Plain):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class Secure(Plain, fenced.Secure):
            """The same over TLS."""

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self._pools = {"http": PlainPool, "https": SecurePool}
        super().__init__(pool_connections=2, pool_maxsize=8, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


_wire: ContextVar[tuple[Wire, float] | None] = ContextVar("wire", default=None)


def _install() -> None:
    # One function for the whole process, because telebot has one place for it; which wire is meant is the thread's.
    # telebot declares it as None and documents it as what it is set to here.
    apihelper.CUSTOM_REQUEST_SENDER = _send  # type: ignore[assignment]  # see above


def _send(
    method: str, url: str, *, params: Any = None, files: Any = None, timeout: Any = None, proxies: Any = None
) -> Any:
    chosen = _wire.get()
    if chosen is None:
        # Somebody else's telebot in this process.
        return requests.request(method, url, params=params, files=files, timeout=timeout, proxies=proxies)
    wire, longer = chosen
    return wire.request(url.rpartition("/")[2], params, files, longer=longer)


TransportError = (requests.RequestException, HTTPError)
"""What a request fails with when no answer came."""

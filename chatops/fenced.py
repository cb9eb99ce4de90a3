"""Connections of urllib3 that are fenced: over them a process that does not lead changes nothing.

Reads go through at any time. Whether a request is one is seen by its method.
"""

from typing import Any

import urllib3
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.poolmanager import pool_classes_by_scheme

from chatops.fencing import ensure_leading, fence


class Plain(HTTPConnection):
    """Looks before each piece that it is given to send."""

    _changes = False

    def putrequest(self, method: str, *args: Any, **kwargs: Any) -> None:
        self._changes = method not in ("GET", "HEAD")
        super().putrequest(method, *args, **kwargs)

    def send(self, data: Any) -> None:
        _fenced(self, changes=self._changes)
        super().send(data)


class Secure(Plain, HTTPSConnection):
    """The same over TLS."""


class PlainPool(HTTPConnectionPool):
    ConnectionCls = Plain


class SecurePool(HTTPSConnectionPool):
    ConnectionCls = Secure


POOLS: dict[str, Any] = {"http": PlainPool, "https": SecurePool}


def fence_in(pools: urllib3.PoolManager) -> None:
    """From now on its connections are such. Those over SOCKS are made in their own way, and stay as they are."""
    if pools.pool_classes_by_scheme is pool_classes_by_scheme:
        pools.pool_classes_by_scheme = POOLS


def _fenced(connection: Plain, *, changes: bool) -> None:
    if not changes:
        return
    ensure_leading()
    if connection.sock is None:
        # Here, since it may take longer than this process leads.
        connection.connect()
    fence(connection.sock)

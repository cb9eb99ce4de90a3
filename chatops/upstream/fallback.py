"""The webhook that is told when Telegram cannot be reached. Its whole address is a secret."""

from typing import Any

from chatops.upstream.endpoint import Endpoint

CONNECT_SECONDS = 2.0
READ_SECONDS = 2.5
"""Twice that is the limit of the whole request."""


class FallbackDoor:
    """Posts JSON to the one configured address. Raises Temporary and Permanent; what they say may name the address."""

    def __init__(self, url: str) -> None:
        bare, _, query = url.partition("?")
        self._query = f"?{query}" if query else ""
        self._endpoint = Endpoint(bare, connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)

    @property
    def name(self) -> str:
        """Host and port: safe to show."""
        return self._endpoint.name

    def post(self, body: Any) -> None:
        self._endpoint.post(self._query, body)

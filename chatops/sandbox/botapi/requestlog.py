"""Request log: every request the bot made, for assertions. Never holds the token, nor the content of files."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; `status` is 0 when the connection was dropped; `too_early` marks one sent inside a flood wait.

    `sender` is the address that it came from.
    """

    method: str
    chat_id: int | None
    at: float
    status: int
    description: str = ""
    too_early: bool = False
    sender: str = ""
    parameters: dict[str, str] = field(default_factory=dict, repr=False)


class RequestLog:
    """The newest requests, oldest first. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: deque[Request] = deque(maxlen=KEPT)

    def add(self, request: Request) -> None:
        """Note one answered request."""
        with self._lock:
            self._requests.append(request)

    def find(
        self, method: str | None = None, *, chat_id: int | None = None, status: int | None = None
    ) -> list[Request]:
        """Requests by method (any case), chat and status; None matches every one."""
        with self._lock:
            requests = list(self._requests)
        return [
            request
            for request in requests
            if (method is None or request.method.lower() == method.lower())
            and (chat_id is None or request.chat_id == chat_id)
            and (status is None or request.status == status)
        ]

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._requests.clear()

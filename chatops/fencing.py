"""Whether this process may act outside at all. The doors ask right before they send what changes something.

Where one process serves alone it may, always. Where several share a PostgreSQL the one that leads may, and only while
it knows that it does: a process that was frozen finds, when it goes on, that its time is over.

What was handed to the kernel in time must not arrive late either. Where a network is cut the kernel sends it again for
minutes, also for a process that is gone. So each connection gives up, and forgets what was not acknowledged, when the
time of this process is over.
"""

import math
import socket
from collections.abc import Callable
from typing import Any

from chatops.core.failures import Reason, Temporary

LEAST_MILLISECONDS = 500
"""What was sent last is given so long to be acknowledged. The server gives a leader a second more than it counts on."""

# Linux has it; elsewhere what is under way is not fenced.
_GIVES_UP_AFTER: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)


def _alone() -> float:
    return math.inf


_left: Callable[[], float] = _alone


def lead_by(left: Callable[[], float] | None) -> None:
    """From here on `left` is asked, which answers at once: for how many seconds this process certainly leads yet.

    None: this process serves alone.
    """
    global _left
    _left = left or _alone


def ensure_leading() -> float:
    """For how many seconds. Raises Temporary where another process may be acting in this one's place."""
    left = _left()
    if left <= 0:
        raise Temporary(Reason.UNREACHABLE, "this replica does not lead, or cannot be sure that it does")
    return left


def fence(connected: Any) -> None:
    """Before this socket is given something that changes anything. Raises Temporary; then it must not be."""
    left = ensure_leading()
    if left < math.inf and _GIVES_UP_AFTER is not None:
        # TLS inside of TLS, to a proxy, keeps the socket in there.
        inner = getattr(connected, "socket", connected)
        inner.setsockopt(socket.IPPROTO_TCP, _GIVES_UP_AFTER, max(LEAST_MILLISECONDS, int(left * 1000)))

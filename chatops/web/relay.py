"""What only the leader can do, asked of another replica: it is passed on, and the answer handed back as it came.

Nothing is kept and nothing is tried twice: who asked hears what happened, or that it is not known.
"""

import http.client
from collections.abc import Callable
from typing import Final

import bottle
import structlog

from chatops.core.failures import Failure
from chatops.web.errors import refusal
from chatops.web.problem import Problem

log = structlog.get_logger(__name__)

PASSED_ON: Final = "X-Chatops-Passed-On"
"""On a request that came from another replica: it is not passed on again."""

CONNECT_SECONDS = 3.0
"""A leader that cannot be connected to is gone or cut off: another is about to take over."""
LONGEST_SECONDS = 60.0
LARGEST = 32 * 1024 * 1024

_ASKED = (
    "Authorization",
    "Accept",
    "Accept-Language",
    "Content-Type",
    "If-None-Match",
    "X-Telegram-Bot-Api-Secret-Token",
)
_ANSWERED = frozenset(
    {
        "content-type",
        "etag",
        "cache-control",
        "vary",
        "retry-after",
        "www-authenticate",
        "content-disposition",
        "x-content-type-options",
    }
)

NO_LEADER = Problem(
    503,
    "no_leader",
    "another replica is about to take over; nothing was done. Ask again in a few seconds",
    (("Retry-After", "3"),),
)
NO_ANSWER = Problem(
    504, "no_answer", "the replica that leads did not answer: it may have been done. Look before you repeat it"
)


class Relay:
    """`leader`: where the one that leads is reached, host and port; empty where nobody knows. It may raise Failure.

    `leads`: whether this process does it itself.
    """

    def __init__(self, leader: Callable[[], str], leads: Callable[[], bool]) -> None:
        self._leader = leader
        self._leads = leads

    def instead(self) -> bottle.HTTPResponse | None:
        """The leader's answer to the request of this thread; None where this process is to answer it."""
        if self._leads():
            return None
        if bottle.request.get_header(PASSED_ON):
            return refusal(NO_LEADER)
        try:
            address = self._leader()
        except Failure as failure:
            log.warning("leader_unknown", reason=str(failure))
            return refusal(NO_LEADER)
        return self._passed_on(address) if address else refusal(NO_LEADER)

    def _passed_on(self, address: str) -> bottle.HTTPResponse:
        request = bottle.request
        headers = {name: value for name in _ASKED if (value := request.get_header(name))}
        path = request.environ["PATH_INFO"].encode("latin-1")
        target = f"{bottle.urlquote(path)}{'?' + request.query_string if request.query_string else ''}"
        body = request.environ["wsgi.input"].read()
        connection = http.client.HTTPConnection(address, timeout=CONNECT_SECONDS)
        sent = False
        try:
            connection.connect()
            connection.sock.settimeout(LONGEST_SECONDS)
            sent = True
            connection.request(request.method, target, body or None, {**headers, PASSED_ON: "1"})
            answer = connection.getresponse()
            content = answer.read(LARGEST)
        except (OSError, http.client.HTTPException) as error:
            log.warning("leader_does_not_answer", error=type(error).__name__)
            return refusal(NO_ANSWER if sent else NO_LEADER)
        finally:
            connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in _ANSWERED}
        return bottle.HTTPResponse(content, answer.status, headers=kept)

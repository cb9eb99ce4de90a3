"""The door Alertmanager posts to: 200 when the body is on disk and 503 when it is not; it parses no body.

Alertmanager retries a 5xx and nothing else: a 4xx loses the notification until the next group interval, and an alert
that resolves before that is never told. So whatever an authorised sender posts is passed on, understood or not.
"""

import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any
from urllib.parse import parse_qsl

import bottle
import msgspec
import structlog

from chatops import metrics
from chatops.core.failures import Failure
from chatops.web.bearer import Tokens
from chatops.web.channel import Head
from chatops.web.errors import JsonBottle, answer
from chatops.web.later import Begun, Outcome, Reply
from chatops.web.problem import CONTENT_TYPE, Problem
from chatops.web.server import Server
from chatops.web.throttle import Throttle

log = structlog.get_logger(__name__)

PATH = "/api/v1/alertmanager"
HEALTH = "/healthz"
MAX_BODY = 16 * 1024 * 1024
MAX_SOURCE = 64
RETRY_AFTER = 5
"""Seconds. Alertmanager keeps its own time; this is for scripts."""
LOG_PERIOD = 60.0
PATIENCE = 5.0
"""Seconds a body may take to reach the disk."""

STORED = Reply(200, msgspec.json.encode({"status": "stored"}), (("Content-Type", "application/json"),))
UNAUTHORIZED = Problem(
    401,
    "unauthorized",
    "the token is missing or wrong; in alertmanager.yml set http_config.authorization.credentials of this receiver "
    "to the value of WEBHOOK_TOKEN",
    (("WWW-Authenticate", 'Bearer realm="chatops"'),),
)
METHOD_NOT_ALLOWED = Problem(
    405,
    "method_not_allowed",
    "this address takes Alertmanager's webhook by POST; ./send-test-alert.sh sends one to try it",
    (("Allow", "POST"),),
)
NOT_FOUND = Problem(404, "not_found", f"nothing is here; the url of Alertmanager's webhook ends in {PATH}")

Accept = Callable[[bytes, str], None]
"""Takes a body and its source; returns when both are stored, raises when they are not."""
BeginOn = Callable[[bytes, str], "Future[Any]"]
"""The same without waiting: done when both are stored, failed when they are not. May raise at once."""


def _nobody(user_agent: str) -> None:
    """Nobody wants to know."""


class Intake:
    """The rules of the intake. `server` is the only way to run them: without its judge nobody checks a token."""

    def __init__(
        self,
        accept: Accept,
        tokens: Iterable[str],
        *,
        begin: BeginOn | None = None,
        patience: float = PATIENCE,
        on_refused: Callable[[str], None] = _nobody,
        on_too_large: Callable[[str], None] = _nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tokens`: any one opens; none leaves the door open (the settings allow that on loopback only).

        With `begin` no thread waits for the disk; after `patience` seconds the sender is told to send again.
        `on_refused` and `on_too_large` get the user agent of each 401 and 413, in the I/O thread: they must
        not wait.
        """
        self._accept = accept
        self._begin_on = begin
        self._patience = patience
        self._tokens = Tokens(tokens)
        self._on_refused = on_refused
        self._on_too_large = on_too_large
        self._throttles = {status: Throttle(LOG_PERIOD, clock) for status in (401, 413, 503)}
        self._app = JsonBottle()
        # A slash too many in alertmanager.yml must not cost an alert.
        self._app.route([PATH, f"{PATH}/"], "POST", self._take)
        self._app.route(HEALTH, "GET", lambda: answer({"status": "ok"}))

    def server(self, *, host: str, port: int, threads: int = 16) -> Server:
        """A server of this intake, not started."""
        return Server(
            self._app,
            name="intake",
            host=host,
            port=port,
            threads=threads,
            max_body=MAX_BODY,
            judge=self._judge,
            witness=self._witness,
            begin=self._begin if self._begin_on is not None else None,
        )

    def _judge(self, head: Head) -> Problem | None:
        path = _plain_path(head)
        if path == HEALTH and not head.has_body:
            return None
        if path != PATH:
            return NOT_FOUND
        if head.method != "POST":
            return METHOD_NOT_ALLOWED
        return None if self._tokens.admit(head.headers.get("AUTHORIZATION", "")) else UNAUTHORIZED

    def _witness(self, head: Head, status: int) -> None:
        metrics.webhook_answered(status)
        user_agent = head.headers.get("USER_AGENT", "")[:200]
        if status == 401:
            self._on_refused(user_agent)
            self._say(401, "webhook_refused", user_agent=user_agent, meaning=_meaning(user_agent))
        elif status == 413:
            self._on_too_large(user_agent)
            self._say(413, "webhook_too_large", user_agent=user_agent, mend="set max_alerts on this receiver")

    def _begin(self, head: Head, body: bytes) -> Begun | None:
        """In the I/O thread. What the judge let through to this path is a POST."""
        if self._begin_on is None or _plain_path(head) != PATH:
            return None
        source = dict(parse_qsl(head.query, keep_blank_values=True, errors="replace")).get("source", "")
        try:
            done = self._begin_on(body, clean_source(source))
        except Exception as error:
            done = Future()
            done.set_exception(error)
        return Begun(done, self._told, self._patience)

    def _take(self) -> bottle.HTTPResponse:
        # Not request.body: bottle copies a body over 100 KiB to a file, and the disk may be what is failing.
        body = bottle.request.environ["wsgi.input"].read()
        outcome: Outcome = None
        try:
            self._accept(body, clean_source(bottle.request.query.get("source", "")))
        except Exception as error:
            outcome = error
        told = self._told(outcome)
        return bottle.HTTPResponse(told.body, told.status, headers=dict(told.headers))

    def _told(self, outcome: Outcome) -> Reply:
        match outcome:
            case None:
                metrics.webhook_answered(200)
                return STORED
            case Failure():
                return self._not_stored(str(outcome), outcome.retry_after)
            case TimeoutError():
                return self._not_stored(f"not on disk after {self._patience:g} s", None)
            case _:
                log.error("webhook_accept_failed", exc_info=outcome)
                return self._not_stored(type(outcome).__name__, None)

    def _not_stored(self, reason: str, retry_after: float | None) -> Reply:
        metrics.webhook_answered(503)
        self._say(503, "webhook_not_stored", reason=reason)
        wait = str(max(1, round(retry_after or RETRY_AFTER)))
        problem = Problem(503, "not_stored", "the alert could not be stored, so it was not taken: send it again")
        return Reply(503, problem.body(), (("Content-Type", CONTENT_TYPE), ("Retry-After", wait)))

    def _say(self, status: int, event: str, **details: str) -> None:
        unsaid = self._throttles[status].through()
        if unsaid is not None:
            log.warning(event, unsaid=unsaid, **details)


def _plain_path(head: Head) -> str:
    """The path as waitress gives it to the application, without a slash at its end."""
    return "/" + head.path.strip("/")


def clean_source(source: str) -> str:
    """A source as it may be stored. A bad one is mended, not refused: a 400 would lose its alerts."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", source)[:MAX_SOURCE]


def _meaning(user_agent: str) -> str:
    if user_agent.startswith("Alertmanager/"):
        return "an Alertmanager has a wrong token or none: its alerts are being lost"
    return "somebody without the token tried the intake"

"""The door Alertmanager posts to: 200 when the body is on disk and 503 when it is not; it parses no body.

Alertmanager retries a 5xx and nothing else: a 4xx loses the notification until the next group interval, and an alert
that resolves before that is never told. So whatever an authorised sender posts is passed on, understood or not.
"""

import re
import time
from collections.abc import Callable, Iterable

import bottle
import structlog

from chatops import metrics
from chatops.core.failures import Failure
from chatops.web.bearer import Tokens
from chatops.web.channel import Head
from chatops.web.errors import JsonBottle, answer, refusal
from chatops.web.problem import Problem
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


def _nobody(user_agent: str) -> None:
    """Nobody wants to know."""


class Intake:
    """The rules of the intake. `server` is the only way to run them: without its judge nobody checks a token."""

    def __init__(
        self,
        accept: Accept,
        tokens: Iterable[str],
        *,
        on_refused: Callable[[str], None] = _nobody,
        on_too_large: Callable[[str], None] = _nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tokens`: any one opens; none leaves the door open (the settings allow that on loopback only).

        `on_refused` and `on_too_large` get the user agent of each 401 and 413, in the I/O thread: they must
        not wait.
        """
        self._accept = accept
        self._tokens = Tokens(tokens)
        self._on_refused = on_refused
        self._on_too_large = on_too_large
        self._throttles = {status: Throttle(LOG_PERIOD, clock) for status in (401, 413, 503)}
        self._app = JsonBottle()
        # A slash too many in alertmanager.yml must not cost an alert.
        self._app.route([PATH, f"{PATH}/"], "POST", self._take)
        self._app.route(HEALTH, "GET", lambda: answer({"status": "ok"}))

    def server(self, *, host: str, port: int, threads: int = 16) -> Server:
        """A server of this intake, not started. Each thread waits for the commit of one body."""
        return Server(
            self._app,
            name="intake",
            host=host,
            port=port,
            threads=threads,
            max_body=MAX_BODY,
            judge=self._judge,
            witness=self._witness,
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

    def _take(self) -> bottle.HTTPResponse:
        # Not request.body: bottle copies a body over 100 KiB to a file, and the disk may be what is failing.
        body = bottle.request.environ["wsgi.input"].read()
        try:
            self._accept(body, clean_source(bottle.request.query.get("source", "")))
        except Failure as failure:
            return self._not_stored(str(failure), failure.retry_after)
        except Exception as error:
            log.exception("webhook_accept_failed")
            return self._not_stored(type(error).__name__, None)
        metrics.webhook_answered(200)
        return answer({"status": "stored"})

    def _not_stored(self, reason: str, retry_after: float | None) -> bottle.HTTPResponse:
        metrics.webhook_answered(503)
        self._say(503, "webhook_not_stored", reason=reason)
        wait = str(max(1, round(retry_after or RETRY_AFTER)))
        detail = "the alert could not be stored, so it was not taken: send it again"
        return refusal(Problem(503, "not_stored", detail, (("Retry-After", wait),)))

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

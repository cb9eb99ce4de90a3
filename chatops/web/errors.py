"""A Bottle whose every error is problem+json and whose tracebacks go to the log, never to stderr or the caller."""

from collections.abc import Iterable
from typing import Any

import bottle
import msgspec
import structlog

from chatops.web.problem import CONTENT_TYPE, Problem, code_of

log = structlog.get_logger(__name__)


class JsonBottle(bottle.Bottle):  # type: ignore[misc]  # bottle ships no types
    """Answers errors as problem+json. Routes raise `refusal(problem)` for the errors they know."""

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Bottle writes the traceback of a failed route here, and stderr is not redacted.
        environ["wsgi.errors"] = _TracebackLog(f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}")
        answer: Iterable[bytes] = super().wsgi(environ, start_response)
        return answer

    __call__ = wsgi

    def default_error_handler(self, error: bottle.HTTPError) -> bytes:
        status = int(error.status_code)
        detail = "the request failed inside the service; its log says why" if status >= 500 else str(error.body)
        error.set_header("Content-Type", CONTENT_TYPE)
        return Problem(status, code_of(status), detail).body()


class _TracebackLog:
    """The `wsgi.errors` stream of one request."""

    def __init__(self, request: str) -> None:
        self._request = request

    def write(self, text: str) -> int:
        if text.strip():
            log.error("request_failed", request=self._request, exception=text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


def refusal(problem: Problem) -> bottle.HTTPResponse:
    """The problem as something a route can raise or return."""
    return bottle.HTTPResponse(
        problem.body(), problem.status, headers={"Content-Type": CONTENT_TYPE, **dict(problem.headers)}
    )


def answer(content: object, *, status: int = 200) -> bottle.HTTPResponse:
    """`content` as JSON."""
    return bottle.HTTPResponse(msgspec.json.encode(content), status, headers={"Content-Type": "application/json"})

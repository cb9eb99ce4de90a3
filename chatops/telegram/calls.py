"""One call of the Bot API: counted, and raising core.failures and nothing else. It knows no method.

It refuses to decide what becomes of a failure.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from structlog.contextvars import get_contextvars
from telebot.apihelper import ApiException

from chatops import metrics
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.telegram import errors
from chatops.telegram.wire import PLACEHOLDER_TOKEN, TransportError, Wire

log = structlog.get_logger()

POLL = "getUpdates"

_Ask = Callable[..., Any]


class Calls:
    """Over one wire. Thread-safe. `token` is only to be kept out of what failures say."""

    def __init__(self, token: str, wire: Wire) -> None:
        self._token = token
        self._wire = wire

    def ask(self, method: str, ask: _Ask, *, longer: float = 0.0, once: bool = False) -> Any:
        """telebot's answer to `ask`. None where it is like that already. It may take `longer` seconds more.

        `once`: what may have happened must not be asked for again, so that failure is a Permanent one.
        """
        begun = time.perf_counter()
        try:
            with self._wire.used(longer=longer):
                told = ask(PLACEHOLDER_TOKEN)
        except (ApiException, *TransportError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            if errors.not_modified(error):
                _answered(method, "not_modified", begun)
                return None
            failure = errors.failure_of(error, self._token)
            if once and errors.may_have_happened(error):
                failure = Permanent(Reason.UNKNOWN_OUTCOME, failure.detail)
        else:
            _answered(method, "200", begun)
            return told
        _answered(method, str(failure.reason), begun)
        if failure.reason is Reason.THROTTLED:
            metrics.telegram_asked_to_wait(failure.retry_after or 0.0)
        # Here and not above, where the error with the token in it would become its context.
        raise failure

    def cut(self) -> None:
        """End every call under way: it raises. Whether what it asked for has happened, nobody knows."""
        self._wire.cut()


def nonsense() -> Temporary:
    """Of an answer that a Bot API server does not give."""
    return Temporary(Reason.SERVER_ERROR, "the answer is not one of a Bot API server")


def _answered(method: str, code: str, begun: float) -> None:
    """Count it, and have a line about it: what concerns an incident is worth one by itself."""
    metrics.telegram_answered(method, code)
    if method == POLL:
        return
    took = time.perf_counter() - begun
    metrics.telegram_took(took)
    say = log.info if "incident" in get_contextvars() else log.debug
    say("telegram request", method=method, code=code, seconds=round(took, 3))

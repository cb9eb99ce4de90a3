"""The one door through which Kubernetes' failures enter: what can go wrong becomes Temporary or Permanent.

It knows HTTP, urllib3 and the kubernetes client's exceptions, and no object of Kubernetes but `Status`.
"""

import re
import ssl
from collections.abc import Iterable
from typing import Any

import msgspec
import urllib3.exceptions as http
from kubernetes.client.exceptions import ApiException

from chatops.cluster.plain import safe_text
from chatops.core.failures import Failure, Permanent, Reason, Temporary, cause_of, distrusts

_LONGEST = 300
"""Characters of another system's words that a phone still shows."""

_PASSWORD = re.compile(r"://[^/@\s]+@")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")

NAMESPACE_ENDS = "because it is being terminated"
"""Part of the API server's words about a namespace that goes: nothing is made in it, and no eviction is one."""

_UNCALLED = "failed calling webhook"
"""Part of the API server's words when an admission webhook does not answer."""

_SEVERAL_BUDGETS = "more than one PodDisruptionBudget"

_UNSENT = (
    http.NewConnectionError,
    http.ConnectTimeoutError,
    http.NameResolutionError,
    http.ProxyError,
    http.LocationValueError,
)
"""urllib3's errors that come before the first byte of a request is written."""


class Status(msgspec.Struct):
    """The fields used of a `Status` object, Kubernetes' answer to a request it does not grant."""

    message: str = ""
    reason: str = ""
    details: dict[str, Any] | None = None


def failure_from(error: Exception, *, changes: bool = False, secrets: Iterable[str] = ()) -> Failure:
    """The Failure that `error` means.

    `changes` says the request would have changed something: then a lost answer is UNKNOWN_OUTCOME and not
    worth a retry. Every string of `secrets` is struck from the detail.
    """
    failure = _classify(error, changes)
    failure.detail = clean(failure.detail, secrets)
    failure.args = (f"{failure.reason}: {failure.detail}" if failure.detail else str(failure.reason),)
    return failure


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """One line, without credentials, short enough for a phone."""
    for secret in sorted((s for s in secrets if len(s) > 3), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _SPACES.sub(" ", _PASSWORD.sub("://***@", safe_text(text))).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _classify(error: Exception, changes: bool) -> Failure:
    match error:
        case Failure():
            return error
        case ApiException() if error.status:
            return _answered(error, changes)
        case ApiException():
            return _tls(str(error.reason), changes)
        case http.SSLError() | ssl.SSLError():
            return _tls(str(error), changes)
        case http.MaxRetryError() if isinstance(error.reason, Exception):
            return _classify(error.reason, changes)
        # Before TimeoutError: urllib3 counts a name that does not resolve and a refused port as timeouts' kin.
        case http.ConnectTimeoutError() if not isinstance(error, http.NewConnectionError):
            return Temporary(Reason.TIMEOUT, "no connection within the time allowed")
        case _ if isinstance(error, _UNSENT):
            return Temporary(Reason.UNREACHABLE, cause_of(error))
        case http.TimeoutError() | TimeoutError():
            if changes:
                return Permanent(Reason.UNKNOWN_OUTCOME, "sent, but no answer within the time allowed")
            return Temporary(Reason.TIMEOUT, "no answer within the time allowed")
        case http.HTTPError() | OSError():
            if changes:
                return Permanent(Reason.UNKNOWN_OUTCOME, f"sent, but the answer was lost: {cause_of(error)}")
            return Temporary(Reason.UNREACHABLE, cause_of(error))
        case msgspec.MsgspecError():
            return Temporary(Reason.SERVER_ERROR, f"an answer that is not Kubernetes': {error}")
        case _:
            return Permanent(Reason.REFUSED, f"{type(error).__name__}: {error}")


def _answered(error: ApiException, changes: bool) -> Failure:
    status = _status(error)
    words = status.message or f"{error.status} {error.reason or ''}".strip()
    wait = _retry_after(error, status)
    code = int(error.status)
    match code:
        case 401:
            return Permanent(Reason.UNAUTHORIZED, words)
        case 403 if NAMESPACE_ENDS in words:
            # No right would help.
            return Permanent(Reason.REFUSED, words)
        case 403:
            return Permanent(Reason.FORBIDDEN, words)
        case 404:
            return Permanent(Reason.NOT_FOUND, words)
        case 408:
            return Temporary(Reason.TIMEOUT, words)
        case 409:
            return Permanent(Reason.CONFLICT, words)
        case 410:
            # A page token that outlived etcd's history: asking from the start works.
            return Temporary(Reason.SERVER_ERROR, words)
        case 429 | 500 if budget := _budget(status):
            return Permanent(Reason.BUDGET, budget)
        case 429:
            return Temporary(Reason.THROTTLED, words, retry_after=wait)
        case _ if code >= 500 and changes and not _untouched(code, words, wait):
            return Permanent(Reason.UNKNOWN_OUTCOME, words)
        case _ if code >= 500:
            return Temporary(Reason.SERVER_ERROR, words, retry_after=wait)
        case _:
            return Permanent(Reason.REFUSED, words)


def _untouched(code: int, words: str, wait: float | None) -> bool:
    """Whether a server error to a change says for certain that nothing was changed.

    Its store may have taken what it did not confirm in time (`etcdserver: request timed out` is a 500), and a proxy
    that lost the answer says 502, 503 or 504. Turned away at the door is a 503 that names a time to return; a webhook
    that cannot be called is asked before anything is stored.
    """
    return (code == 503 and wait is not None) or _UNCALLED in words


_STATUS = msgspec.json.Decoder(Status)


def _status(error: ApiException) -> Status:
    try:
        return _STATUS.decode(error.body or "")
    except (msgspec.MsgspecError, TypeError, UnicodeError):
        return Status()


def _budget(status: Status) -> str:
    """Why a PodDisruptionBudget forbids an eviction, in the API server's words; empty when it is about something else.

    A refusal for now is a 429 like that of a server under load, told apart by its cause; several budgets of one pod
    are a 500. Neither is worth an immediate retry.
    """
    if _SEVERAL_BUDGETS in status.message:
        return status.message
    found = (status.details or {}).get("causes")
    causes = [cause for cause in found if isinstance(cause, dict)] if isinstance(found, list) else []
    told = [str(cause.get("message", "")) for cause in causes if cause.get("reason") == "DisruptionBudget"]
    return (told[0] or status.message) if told else ""


def _retry_after(error: ApiException, status: Status) -> float | None:
    """Seconds from the header, or from `details.retryAfterSeconds`; a date or nonsense counts as not said."""
    headers: Any = error.headers or {}
    said: tuple[Any, ...] = (headers.get("Retry-After"), (status.details or {}).get("retryAfterSeconds"))
    for value in said:
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    return None


def _tls(words: str, changes: bool) -> Failure:
    if distrusts(words):
        return Permanent(Reason.NOT_CONFIGURED, f"TLS: {words}")
    if changes:
        return Permanent(Reason.UNKNOWN_OUTCOME, f"sent, but the answer was lost: {words}")
    return Temporary(Reason.UNREACHABLE, f"TLS: {words}")

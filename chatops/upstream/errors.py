"""The one door through which failures of Alertmanager and Prometheus enter: they become Temporary or Permanent.

It knows HTTP and urllib3's exceptions, and neither silences nor queries.
"""

import re
import ssl
from collections.abc import Iterable

import msgspec
import urllib3.exceptions as http

from chatops.core.failures import Failure, Permanent, Reason, Temporary, cause_of, distrusts
from chatops.core.plain import safe_text

_LONGEST = 300
"""Characters of another system's words that a phone still shows."""

_PASSWORD = re.compile(r"://[^/@\s]+@")

_UNSENT = (http.NewConnectionError, http.ConnectTimeoutError, http.NameResolutionError, http.LocationValueError)
"""urllib3's errors that come before the first byte of a request is written."""


def failure_from(error: Exception, *, changes: bool = False, secrets: Iterable[str] = ()) -> Failure:
    """The Failure that `error` means; every string of `secrets` is struck from its words.

    `changes`: the request would have changed something, so a lost answer is Permanent(UNKNOWN_OUTCOME).
    """
    match error:
        case Failure():
            return error
        case http.MaxRetryError() if isinstance(error.reason, Exception):
            return failure_from(error.reason, changes=changes, secrets=secrets)
    words = clean(cause_of(error), secrets)
    match error:
        case http.SSLError() | ssl.SSLError() if distrusts(words):
            return Permanent(Reason.NOT_CONFIGURED, f"TLS: {words}")
        # Before TimeoutError: urllib3 counts a name that does not resolve and a refused port as timeouts' kin.
        case http.ConnectTimeoutError() if not isinstance(error, http.NewConnectionError):
            return Temporary(Reason.TIMEOUT, "no connection within the time allowed")
        case _ if isinstance(error, _UNSENT):
            return Temporary(Reason.UNREACHABLE, words)
        case http.HTTPError() | OSError() if changes:
            return Permanent(Reason.UNKNOWN_OUTCOME, f"sent, but the answer was lost: {words}")
        case http.TimeoutError() | TimeoutError():
            return Temporary(Reason.TIMEOUT, "no answer within the time allowed")
        case http.HTTPError() | OSError():
            return Temporary(Reason.UNREACHABLE, words)
        case _:
            return Permanent(Reason.REFUSED, f"{type(error).__name__}: {words}")


def refusal(status: int, body: bytes, *, changes: bool = False, secrets: Iterable[str] = ()) -> Failure:
    """The Failure of an answer that is no success. Redirects are never followed: an address may not point elsewhere."""
    words = clean(_words(body), secrets) or f"HTTP {status}"
    match status:
        case _ if 300 <= status < 400:
            return Permanent(Reason.NOT_CONFIGURED, f"it redirects elsewhere (HTTP {status}): name the final address")
        case 401:
            return Permanent(Reason.UNAUTHORIZED, words)
        case 403:
            return Permanent(Reason.FORBIDDEN, words)
        case 404:
            return Permanent(Reason.NOT_FOUND, words)
        case 500 if "not found" in words:
            # Alertmanager 0.25 says so of a silence it does not know.
            return Permanent(Reason.NOT_FOUND, words)
        case 408:
            return Temporary(Reason.TIMEOUT, words)
        case 429:
            return Temporary(Reason.THROTTLED, words)
        case 502 | 504 if changes:
            return Permanent(Reason.UNKNOWN_OUTCOME, words)
        case _ if status >= 500:
            return Temporary(Reason.SERVER_ERROR, words)
        case _:
            return Permanent(Reason.REFUSED, words)


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """One line, without credentials, short enough for a phone."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _PASSWORD.sub("://***@", safe_text(text)).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class _Told(msgspec.Struct):
    """An error as Prometheus (`error`) and Alertmanager's own validation (`message`) tell it."""

    error: str = ""
    message: str = ""


_TOLD = msgspec.json.Decoder(str | _Told)


def _words(body: bytes) -> str:
    """Their own words: a JSON string, an object that names them, or plain text; no page of a proxy."""
    try:
        told: str | _Told = _TOLD.decode(body)
    except msgspec.MsgspecError:
        text = body[:2_000].decode(errors="replace")
        return "" if "<" in text else text
    return told if isinstance(told, str) else told.error or told.message

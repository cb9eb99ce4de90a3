"""Every way the Bot API fails, as core.failures.

Telegram tells its refusals apart by English sentences only; the ones matched here are those of its public server.
"""

import math
import re
from typing import Any
from urllib.parse import quote

import requests
from telebot.apihelper import ApiException, ApiTelegramException
from urllib3.exceptions import MaxRetryError, TimeoutError

from chatops.core.failures import ChatMigrated, Failure, Permanent, Reason, Temporary

HIDDEN = "***"
DEFAULT_WAIT = 5.0
"""Seconds to wait where Telegram says that it is too much and not for how long."""

_LONGEST_DETAIL = 300
_REFUSALS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    (Reason.QUERY_EXPIRED, ("query is too old", "query_id_invalid")),
    (
        Reason.MESSAGE_GONE,
        (
            "message to edit not found",
            "message can't be edited",
            "message_id_invalid",
            "message identifier is not specified",
            "there is no text in the message to edit",
        ),
    ),
    (
        Reason.CHAT_GONE,
        ("chat not found", "peer_id_invalid", "chat_id_invalid", "channel_private", "group chat was deactivated"),
    ),
    (
        Reason.TOO_LONG,
        (
            "message is too long",
            "message_too_long",
            "text is too long",
            "caption is too long",
            "caption_too_long",
            "file is too big",
            "request entity too large",
        ),
    ),
    (
        Reason.BAD_MARKUP,
        (
            "can't parse",
            "unsupported start tag",
            "text buttons are unallowed",
            "exactly one action",
            "inline keyboard button",
            "button_",
            "reply markup is too long",
            "entity_",
        ),
    ),
    (
        Reason.FORBIDDEN,
        (
            "not enough rights",
            "have no rights",
            "chat_write_forbidden",
            "need administrator rights",
            "chat_admin_required",
            "pin_restricted",
            "chat is not a forum",
        ),
    ),
)
_NOT_MODIFIED = ("message is not modified", "topic_not_modified", "chat_not_modified")
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED\] ([\w ,:-]{1,100})")


def not_modified(error: BaseException) -> bool:
    """The message, its pin or the topic is like that already, which is what was wanted."""
    if not isinstance(error, ApiTelegramException):
        return False
    words = str(error.description).lower()
    return any(sign in words for sign in _NOT_MODIFIED)


def may_have_happened(error: BaseException) -> bool:
    """Whether what was asked for may have been done although it failed: it was sent, and no refusal came back."""
    match error:
        case ApiTelegramException():
            return not 400 <= int(error.error_code) < 500
        case ApiException():
            return int(getattr(error.result, "status_code", 0)) not in (400, 404, 413, 429)
        case requests.ConnectTimeout() | requests.exceptions.SSLError() | requests.exceptions.ProxyError():
            return False
        case requests.exceptions.ConnectionError():
            return not _unanswered(error)
    return True


def failure_of(error: BaseException, token: str) -> Failure:
    """Raise the result outside the `except` block: the error's own words and those in its chain hold the token."""
    match error:
        case ApiTelegramException():
            return _refusal(error, token)
        case ApiException():
            return _foreign(int(getattr(error.result, "status_code", 0)))
        case requests.Timeout() | TimeoutError():
            return Temporary(Reason.TIMEOUT, "Telegram did not answer in time")
        case requests.exceptions.SSLError():
            found = _CERTIFICATE.search(str(error))
            return Temporary(Reason.UNREACHABLE, f"TLS: {found[1].strip()}" if found else "TLS failed")
        case requests.exceptions.ProxyError():
            return Temporary(Reason.UNREACHABLE, "the proxy does not lead to Telegram")
        case requests.exceptions.ConnectionError() if _unanswered(error):
            return Temporary(Reason.UNREACHABLE, "no connection to Telegram")
        case requests.RequestException() | OSError():
            return Temporary(Reason.UNREACHABLE, "the connection to Telegram broke")
        case KeyError() | TypeError() | ValueError() | AttributeError():
            return Temporary(Reason.SERVER_ERROR, "the answer is not one of a Bot API server")
    # urllib3's errors while an answer is read, which have no class of their own at requests.
    return Temporary(Reason.UNREACHABLE, f"the connection to Telegram broke ({type(error).__name__})")


def hidden(text: str, token: str) -> str:
    """One line without the token, in any form it takes in a URL."""
    for form in (token, quote(token, safe=""), token.partition(":")[2]):
        if form:
            text = text.replace(form, HIDDEN)
    return " ".join(text.split())[:_LONGEST_DETAIL]


def _refusal(error: Any, token: str) -> Failure:
    words = str(error.description)
    detail, lowered = hidden(words, token), words.lower()
    parameters = error.result_json.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    moved = parameters.get("migrate_to_chat_id")
    if isinstance(moved, int) and moved:
        return ChatMigrated(moved)
    match error.error_code:
        case 429:
            return Temporary(Reason.THROTTLED, detail, retry_after=_seconds(parameters.get("retry_after")))
        case 401 | 404:
            return Permanent(Reason.UNAUTHORIZED, detail)
        case 403:
            return Permanent(Reason.BLOCKED, detail)
        case 409:
            return Temporary(Reason.CONFLICT, detail)
        case 413:
            return Permanent(Reason.TOO_LONG, detail)
        case 400:
            reasons = (reason for reason, signs in _REFUSALS if any(sign in lowered for sign in signs))
            return Permanent(next(reasons, Reason.REFUSED), detail)
        case int() as code if 400 <= code < 500:
            return Permanent(Reason.REFUSED, detail)
    return Temporary(Reason.SERVER_ERROR, detail)


def _foreign(status: int) -> Failure:
    """Something answered, and it was no Bot API server: a gateway before it, a proxy, or another server."""
    match status:
        case 404:
            return Permanent(Reason.NOT_FOUND, "no Bot API server answers at this address")
        case 413:
            return Permanent(Reason.TOO_LONG, "HTTP 413")
        case 429:
            return Temporary(Reason.THROTTLED, "HTTP 429", retry_after=DEFAULT_WAIT)
        case int() if status >= 500:
            return Temporary(Reason.SERVER_ERROR, f"HTTP {status}")
        case 200:
            return Temporary(Reason.SERVER_ERROR, "the answer is not one of a Bot API server")
    return Temporary(Reason.UNREACHABLE, f"HTTP {status} from something that is not a Bot API server")


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return DEFAULT_WAIT
    return float(value)


def _unanswered(error: requests.exceptions.ConnectionError) -> bool:
    return bool(error.args) and isinstance(error.args[0], MaxRetryError)

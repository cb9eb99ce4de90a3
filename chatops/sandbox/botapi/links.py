"""Links: which addresses Telegram accepts in text links and buttons, and how it writes them.

Refuses to fetch or resolve anything.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(?=//)")
_OPAQUE_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_MENTION = re.compile(r"tg://user\?id=([0-9]{1,19})")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+)(?::[0-9]{1,5})?")
_APP_SCHEMES = frozenset({"tg", "ton", "tonsite"})
_TELEGRAM = frozenset({"t.me", "telegram.me"})
_APP_NAME = re.compile(r"[A-Za-z0-9_]{3,30}")
_START = re.compile(r"[A-Za-z0-9_-]{0,512}")


class BadLink(ValueError):
    """Why an address is not accepted, in Telegram's words."""


def check(url: str) -> str:
    """The address as Telegram stores it. Raises `BadLink`."""
    url = url.strip()
    scheme_match = _SCHEME.match(url)
    if scheme_match is None and (opaque := _OPAQUE_SCHEME.match(url)) and not url[opaque.end() :][:1].isdigit():
        scheme = opaque[0][:-1].lower()
        if scheme not in _APP_SCHEMES:
            raise BadLink("Unsupported URL protocol")
        return url
    scheme = scheme_match[1].lower() if scheme_match else "http"
    if scheme in _APP_SCHEMES:
        return url
    if scheme not in ("http", "https"):
        raise BadLink("Unsupported URL protocol")
    rest = url[scheme_match.end() + 2 :] if scheme_match else url
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not authority:
        raise BadLink("URL host is empty")
    host = authority.rpartition("@")[2]
    bare = host.partition(":")[0] if not host.startswith("[") else host
    if not _HOST.fullmatch(host) or any(character in rest for character in ' \n\t<>"'):
        raise BadLink("Wrong HTTP URL")
    if "." not in bare and not host.startswith("["):
        raise BadLink("Wrong HTTP URL")
    path = rest[len(authority) :]
    if not path.startswith("/"):
        path = "/" + path
    return f"{scheme}://{authority.lower()}{path}"


def checked_link(url: str) -> str | None:
    """Like `check`, with None for a bad address: Telegram drops such a text link and keeps its text."""
    try:
        return check(url)
    except BadLink:
        return None


def mentioned_user_id(url: str) -> int | None:
    """The user of a `tg://user?id=` link."""
    match = _MENTION.fullmatch(url.strip())
    return int(match[1]) if match else None


def check_app(url: str) -> str:
    """The address of a Mini App as Telegram stores it. Raises `BadLink`.

    Only HTTPS, but for this machine itself: so may be all that runs in Telegram's test environment.
    """
    checked = check(url)
    parts = urlsplit(checked)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise BadLink("Only HTTPS links are allowed")
    return checked


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class AppLink:
    """A link that opens a Mini App: the bot, the app's short name (empty for the bot's main one), what it is told."""

    bot: str
    name: str
    parameter: str


def app_link(url: str) -> AppLink | None:
    """https://core.telegram.org/api/links#direct-mini-app-links; None for any other link.

    Of an app's own link `startapp` may be missing, of the main app's it is what makes it one.
    """
    try:
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    if parts.scheme == "tg" and parts.netloc == "resolve":
        bot, name = query.get("domain", [""])[0], query.get("appname", [""])[0]
    elif parts.scheme in ("http", "https") and (parts.hostname or "").removeprefix("www.") in _TELEGRAM:
        bot, _, name = parts.path.strip("/").partition("/")
    else:
        return None
    parameter = query.get("startapp", [""])[0]
    fits = _START.fullmatch(parameter) and (not name or _APP_NAME.fullmatch(name))
    if not bot or not fits or not (name or "startapp" in query):
        return None
    return AppLink(bot, name, parameter)

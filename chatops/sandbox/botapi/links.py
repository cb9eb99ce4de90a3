"""Links: which addresses Telegram accepts in text links and buttons, and how it writes them.

Refuses to fetch or resolve anything.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(?=//)")
_OPAQUE_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_MENTION = re.compile(r"tg://user\?id=([0-9]{1,19})")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+)(?::[0-9]{1,5})?")
_APP_SCHEMES = frozenset({"tg", "ton", "tonsite"})


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


def is_https(url: str) -> bool:
    """Whether a Mini App may live there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)

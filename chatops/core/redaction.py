"""The service's own secrets taken out of text, in every form they take on the way there. It knows no log and no chat.

Secrets of others, which have only a shape, are `core.masking`'s.
"""

import json
import re
import string
from collections.abc import Iterable

HIDDEN = "***"
_SHORTEST_SECRET = 4
"""A shorter one would blank out ordinary words."""

_UNRESERVED = string.ascii_letters + string.digits + "-._~"
"""What stands for itself in a URL (RFC 3986, 2.3)."""

_BOT_TOKEN = re.compile(r"\d+:[\w-]{30,}")
_SIGNED_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+")
"""A service account's token is renewed every hour: it is known by its shape only."""
_BEARER = re.compile(r"(?i)\b(bearer\s+)[^\s\"'\\,;]{6,}")
_AUTHORIZATION = re.compile(r"(?i)(authorization\W{1,6})((?:basic|bearer|token|digest)\s+)?[^\s\"'\\,;]+")
_URL_PASSWORD = re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(@)")


class Redaction:
    """Hides the given secrets, and what stands where only a secret stands (headers, passwords of addresses)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        variants = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
        # The longest first: one secret may begin another.
        alternatives = "|".join(map(re.escape, sorted(variants, key=len, reverse=True)))
        self._exact = re.compile(alternatives) if alternatives else None

    def hide(self, text: str) -> str:
        """The text with `***` where a secret stood."""
        if self._exact is not None:
            text = self._exact.sub(HIDDEN, text)
        text = _BOT_TOKEN.sub(HIDDEN, text)
        text = _SIGNED_TOKEN.sub(HIDDEN, text)
        text = _AUTHORIZATION.sub(rf"\1\2{HIDDEN}", text)
        text = _BEARER.sub(rf"\1{HIDDEN}", text)
        return _URL_PASSWORD.sub(rf"\1{HIDDEN}\2", text)


def _forms(secret: str) -> set[str]:
    """The secret as text, in JSON, in a repr, in a URL; and each of those once more inside JSON or a repr."""
    plain = {secret, repr(secret.encode("utf-8", "replace"))[2:-1], *_in_url(secret)}
    once = plain | {quoted for form in plain for quoted in _quoted(form)}
    return once | {quoted for form in once for quoted in _quoted(form)}


def _in_url(secret: str) -> set[str]:
    octets = secret.encode("utf-8", "replace")
    return {"".join(chr(o) if chr(o) in _UNRESERVED + kept else f"%{o:02X}" for o in octets) for kept in ("", "/")}


def _quoted(text: str) -> set[str]:
    return {json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1], repr(text)[1:-1]}

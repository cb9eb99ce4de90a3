"""Who may post: tokens compared in constant time. Knows nothing of HTTP but the Authorization header's value."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable


class Tokens:
    """The tokens that open the intake; none at all leaves it open (settings allow that on loopback only)."""

    def __init__(self, tokens: Iterable[str]) -> None:
        # Digests have one length, so a comparison tells nothing of the token's.
        self._digests = tuple(hashlib.sha256(token.encode()).digest() for token in tokens)

    def admit(self, authorization: str) -> bool:
        """`authorization` is the header as WSGI gives it (latin-1): `Bearer token`, or `Basic` with it as password."""
        if not self._digests:
            return True
        presented = hashlib.sha256(_credential(authorization)).digest()
        # A list, not any(): every token is compared, whichever fits.
        return True in [hmac.compare_digest(presented, digest) for digest in self._digests]


def _credential(authorization: str) -> bytes:
    """The bytes presented as a token; empty where there are none."""
    scheme, _, rest = authorization.strip().partition(" ")
    value = rest.strip().encode("latin-1", "replace")
    match scheme.lower():
        case "bearer":
            return value
        case "basic":
            try:
                return base64.b64decode(value, validate=True).partition(b":")[2]
            except binascii.Error:
                return b""
        case _:
            return b""

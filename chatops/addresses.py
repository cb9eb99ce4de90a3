"""The addresses in the settings: whether one can be used, who reaches it, and the secret that may stand in it."""

import base64
import ipaddress
import re
from urllib.parse import unquote, urlsplit


def problem_of(url: str, *, only_https: bool = False) -> str:
    """What is wrong with it, in a sentence with its mend and without the address; empty where nothing is.

    A port that is none, a space, a missing host: each would only show at the first request.
    """
    schemes = "https" if only_https else "https?"
    if re.fullmatch(
        rf"{schemes}://(?:[^\s/?#@]*@)?(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:]+)(?::\d{{1,5}})?(?:/[^\s?#]*)?", url
    ):
        return ""
    scheme = "https://" if only_https else "http:// or https://"
    return f"is not an address: it must begin with {scheme} and name a host"


def calendar_problem_of(address: str) -> str:
    """As `problem_of`, of a calendar's: an address, which may have a query, or the path of a file."""
    scheme, mark, rest = address.partition("://")
    if not mark:
        path = address and "\0" not in address and not re.match(r"[a-z]{2,}:|//", address, re.IGNORECASE)
        return "" if path else "is no calendar: it must be an address or the path of a file"
    if scheme.lower() not in ("http", "https", "webcal"):
        return "is not an address: it must begin with https://, http:// or webcal://"
    bare, query_mark, query = rest.partition("?")
    if query_mark and not re.fullmatch(r"[^\s#]+", query):
        return "has an empty query, a space or a # behind its question mark: copy the whole address again"
    return problem_of(f"https://{bare}")


def secrets_in(url: str) -> tuple[str, ...]:
    """Its password (what stands alone before `@` is one) as written, as meant, and as a Basic header carries it."""
    user, _, password = url.partition("://")[2].partition("/")[0].rpartition("@")[0].partition(":")
    if not user and not password:
        return ()
    meant = f"{unquote(user)}:{unquote(password)}"
    basic = base64.b64encode(meant.encode()).decode()
    return (*dict.fromkeys((password or user, unquote(password or user))), basic)


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def host_of(url: str) -> str:
    """Empty where it is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

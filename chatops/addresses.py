"""The addresses in the settings: whether one can be used, who reaches it, and the secret that may stand in it."""

import base64
import ipaddress
import re
from urllib.parse import unquote


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

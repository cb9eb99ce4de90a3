"""The addresses in the settings: whether one can be used, who reaches it, and the secret that may stand in it."""

import ipaddress
import re


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


def password_in(url: str) -> str:
    """What stands between `user:` and `@`; empty where nothing does."""
    credentials = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    return credentials.partition(":")[2]


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"

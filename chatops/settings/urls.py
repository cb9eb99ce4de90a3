"""What an address among the settings may be, each kind a type. It knows nothing of which setting takes which.

That an address can be used at all is told by chatops.addresses; here is what a setting asks of it besides.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from chatops.addresses import host_of, is_loopback, problem_of
from chatops.settings.problems import problem
from chatops.settings.values import listed


def _address(value: str, *, only_https: bool = False) -> str:
    if wrong := problem_of(value, only_https=only_https):
        raise problem(wrong)
    return value.rstrip("/")


def _outside(value: str) -> str:
    """A Bot API server or a browser of one's own may be on the same machine, and needs no certificate there."""
    return _address(value, only_https=not is_loopback(host_of(value)))


def _opened_by_telegram(value: str) -> str:
    if "@" in value.partition("://")[2].partition("/")[0]:
        raise problem("holds a name or password, which everybody would be shown: remove what stands before the @")
    if "." not in host_of(value) and ":" not in host_of(value):
        raise problem(
            "names a host without a dot, and Telegram opens none such: use a whole name like ops.example.com, or "
            "127.0.0.1 to try it out"
        )
    return value


def _secret(value: SecretStr) -> SecretStr:
    return SecretStr(_address(value.get_secret_value()))


def _secret_list(value: Any) -> Any:
    return tuple(SecretStr(_address(part)) for part in listed(value)) if isinstance(value, str) else value


def _secret_hook(value: SecretStr) -> SecretStr:
    bare, mark, query = value.get_secret_value().partition("?")
    if mark and not re.fullmatch(r"[^\s#]+", query):
        raise problem("has an empty query, a space or a # behind its question mark: copy the whole address again")
    return SecretStr(_address(bare) + mark + query)


Address = Annotated[str, AfterValidator(_address)]

OutsideAddress = Annotated[str, AfterValidator(_outside)]
"""That others reach, over HTTPS."""

PublicAddress = Annotated[OutsideAddress, AfterValidator(_opened_by_telegram)]
"""That Telegram opens for people."""

SecretAddress = Annotated[SecretStr, AfterValidator(_secret)]
"""That may hold a name and a password."""

SecretAddresses = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secret_list)]

SecretHook = Annotated[SecretStr, AfterValidator(_secret_hook)]
"""That is a secret as a whole. Unlike others it may have a query: some services carry their token in it."""

"""The pages of a list, one after the other. It knows neither what is listed nor how a page is asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from chatops.cluster.answers import decode
from chatops.core.failures import Reason, Temporary

PAGE = 500
"""Objects in one; 500 pods are about 3 MB."""


class _Continue(msgspec.Struct, rename={"token": "continue"}):
    token: str = ""


class _Head(msgspec.Struct):
    metadata: _Continue = msgspec.field(default_factory=_Continue)


class _Page(msgspec.Struct):
    items: list[msgspec.Raw] | None = None


def pages_of(ask: Callable[[Mapping[str, str]], bytes], query: Mapping[str, str]) -> Iterator[bytes]:
    """Every page, each as `ask` has it for a query. Raises what `ask` raises, and Temporary for a list without end."""
    asked = {**query, "limit": str(PAGE)}
    while True:
        page = ask(asked)
        token = decode(page, _Head).metadata.token
        yield page
        if not token:
            return
        if token == asked.get("continue"):
            raise Temporary(Reason.SERVER_ERROR, "a list that does not end")
        asked = {**asked, "continue": token}


def items_in(page: bytes) -> Sequence[msgspec.Raw]:
    """The objects of one page, none of them decoded."""
    return decode(page, _Page).items or ()

"""What an API server answered, as structs. It knows neither requests nor any kind of object."""

from typing import TypeVar

import msgspec

from chatops.cluster.models import Meta, Thing
from chatops.core.failures import Reason, Temporary
from chatops.decoders import decoder_of

T = TypeVar("T")


def decode(data: bytes | msgspec.Raw, kind: type[T]) -> T:
    """JSON as `kind`; Temporary(SERVER_ERROR) when it is something else (a proxy's error page with status 200)."""
    try:
        value: T = decoder_of(kind).decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Temporary(Reason.SERVER_ERROR, f"an answer that is not Kubernetes': {error}") from None
    return value


def taken(answer: bytes) -> Meta:
    """The metadata in the answer to a change; empty where it cannot be read, for the change was made all the same."""
    try:
        return decode(answer, Thing).metadata
    except Temporary:
        return Meta()

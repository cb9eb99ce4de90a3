"""JSON decoders, one for each type, made where no two threads can make the same at once."""

import threading
from typing import Any

import msgspec

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    """The one decoder of a type.

    msgspec finds out about a class when it first meets it, and a thread that meets it in that moment is given what is
    half made: the process ends by a segmentation fault. So they are made one at a time, and whole.
    """
    found = _decoders.get(kind)
    if found is None:
        with _making:
            found = _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    return found

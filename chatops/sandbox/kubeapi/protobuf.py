"""The few protobuf bodies kubectl insists on: access reviews, evictions and namespaces.

Field numbers are those of the `.proto` files of the Kubernetes API. Other kinds are refused, so that nothing
is dropped in silence.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatops.sandbox.kubeapi.errors import bad_request, unsupported_media
from chatops.sandbox.kubeapi.kinds import Obj

_MAGIC = b"k8s\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One known field: its JSON name and, for a message, what is inside."""

    name: str
    inside: dict[int, Field] | None = None
    number: bool = False
    pairs: bool = False


def _text(name: str) -> Field:
    return Field(name=name)


_META = {
    1: _text("name"),
    2: _text("generateName"),
    3: _text("namespace"),
    11: Field(name="labels", pairs=True),
    12: Field(name="annotations", pairs=True),
}
_RESOURCE = {
    1: _text("namespace"),
    2: _text("verb"),
    3: _text("group"),
    4: _text("version"),
    5: _text("resource"),
    6: _text("subresource"),
    7: _text("name"),
}
_OTHER = {1: _text("path"), 2: _text("verb")}
_REVIEWED = {
    1: Field(name="resourceAttributes", inside=_RESOURCE),
    2: Field(name="nonResourceAttributes", inside=_OTHER),
}
_PRECONDITIONS = {1: _text("uid"), 2: _text("resourceVersion")}
_DELETE_OPTIONS = {
    1: Field(name="gracePeriodSeconds", number=True),
    2: Field(name="preconditions", inside=_PRECONDITIONS),
    4: _text("propagationPolicy"),
}
_METADATA = Field(name="metadata", inside=_META)
_KINDS: dict[str, dict[int, Field]] = {
    "SelfSubjectAccessReview": {1: _METADATA, 2: Field(name="spec", inside=_REVIEWED)},
    "SelfSubjectRulesReview": {1: _METADATA, 2: Field(name="spec", inside={1: _text("namespace")})},
    "SelfSubjectReview": {1: _METADATA},
    "Eviction": {1: _METADATA, 2: Field(name="deleteOptions", inside=_DELETE_OPTIONS)},
    "Namespace": {1: _METADATA},
    "DeleteOptions": _DELETE_OPTIONS,
}


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise bad_request("proto: unexpected EOF")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def _fields(data: bytes) -> list[tuple[int, int | bytes]]:
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            found.append((tag >> 3, value))
            continue
        length = {1: 8, 5: 4}.get(kind)
        if kind == 2:
            length, at = _varint(data, at)
        if length is None or at + length > len(data):
            raise bad_request("proto: unexpected EOF")
        found.append((tag >> 3, data[at : at + length]))
        at += length
    return found


def _string(value: int | bytes) -> str:
    if isinstance(value, int):
        raise bad_request("proto: wrong wireType")
    return value.decode("utf-8", "replace")


def _message(data: int | bytes, known: dict[int, Field]) -> Obj:
    if isinstance(data, int):
        raise bad_request("proto: wrong wireType")
    told: Obj = {}
    for number, value in _fields(data):
        field = known.get(number)
        if field is None:
            continue
        if field.pairs and isinstance(value, bytes):
            pair = dict(_fields(value))
            told.setdefault(field.name, {})[_string(pair.get(1, b""))] = _string(pair.get(2, b""))
        elif field.inside is not None:
            told[field.name] = _message(value, field.inside)
        elif field.number:
            told[field.name] = value
        elif text := _string(value):
            told[field.name] = text
    return told


def decode(body: bytes) -> Obj:
    """The object inside the envelope. ApiError 400 for a broken body, 415 for a kind not spoken."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    head = envelope.get(1, b"")
    about = dict(_fields(head)) if isinstance(head, bytes) else {}
    kind = _string(about.get(2, b""))
    if kind not in _KINDS:
        raise unsupported_media(
            f"the body of the request was in an unknown format - {kind} is taken as application/json only"
        )
    told = _message(envelope.get(2, b""), _KINDS[kind])
    return {"apiVersion": _string(about.get(1, b"")), "kind": kind, **told}

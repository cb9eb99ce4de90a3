"""The few protobuf bodies kubectl insists on: access reviews, evictions, namespaces, Jobs, certificate requests.

Field numbers are those of the `.proto` files of the Kubernetes API (`protobuf_fields`). Other kinds are refused, and so
is what a Job or a certificate request has besides the fields known here: nothing is dropped in silence.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.errors import bad_request, unsupported_media
from chatops.sandbox.kubeapi.kinds import Obj
from chatops.sandbox.kubeapi.protobuf_fields import KINDS, STRICT, Field

_MAGIC = b"k8s\x00"


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


def _message(data: int | bytes, known: dict[int, Field], *, strict: bool = False) -> Obj:
    if isinstance(data, int):
        raise bad_request("proto: wrong wireType")
    told: Obj = {}
    for number, value in _fields(data):
        field = known.get(number)
        if field is None:
            if strict and value:
                raise unsupported_media(f"field {number} of a protobuf body is not spoken here: send application/json")
            continue
        if not field.name:
            continue
        if field.pairs and isinstance(value, bytes):
            pair = dict(_fields(value))
            told.setdefault(field.name, {})[_string(pair.get(1, b""))] = _string(pair.get(2, b""))
            continue
        read = _value(value, field, strict=strict)
        if field.many:
            told.setdefault(field.name, []).append(read)
        elif field.number or read not in ("", None, False):
            told[field.name] = read
    return told


def _value(value: int | bytes, field: Field, *, strict: bool) -> object:
    if field.inside is not None:
        return _message(value, field.inside, strict=strict)
    if field.flag:
        return bool(value)
    if field.number:
        return value
    if field.moment:
        seconds = dict(_fields(value)).get(1) if isinstance(value, bytes) else None
        return stamp(datetime.fromtimestamp(seconds, UTC)) if isinstance(seconds, int) else None
    if field.raw:
        return base64.b64encode(value).decode() if isinstance(value, bytes) else None
    return _string(value)


def decode(body: bytes) -> Obj:
    """The object inside the envelope. ApiError 400 for a broken body, 415 for a kind not spoken."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    head = envelope.get(1, b"")
    about = dict(_fields(head)) if isinstance(head, bytes) else {}
    kind = _string(about.get(2, b""))
    if kind not in KINDS:
        raise unsupported_media(
            f"the body of the request was in an unknown format - {kind} is taken as application/json only"
        )
    told = _message(envelope.get(2, b""), KINDS[kind], strict=kind in STRICT)
    return {"apiVersion": _string(about.get(1, b"")), "kind": kind, **told}

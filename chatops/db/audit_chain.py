"""Whether lines of the audit log are, byte for byte, as they were written. It changes nothing.

`_confirmed` writes a line's canonical JSON from the columns as they are, without making an entry of them, and only ever
says that all is well. What it is not sure of is read again, in a form that hides nothing, and looked at by `_expected`,
which makes the entry, writes it anew and names what is wrong.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, Protocol

import msgspec

from chatops.core.audit import GENESIS, Checkpoint, Entry, EntryType, Fault, Flaw, StoredEntry, Subject, chain_hash
from chatops.core.resources import ObjectRef
from chatops.db.columns import strings_of, time_of, time_text, to_json
from chatops.db.connection import Connection
from chatops.decoders import decoder_of

_OBJECT = ("object_kind", "object_name", "object_namespace", "object_uid", "object_cluster")
_OTHERS = ("type", "subject_kind", "subject_id", "subject_name", "detail", "previous_hash", "hash")
_TEXTS = ("at", *_OTHERS[:4], *_OBJECT, *_OTHERS[4:])
_NUMBERS = ("id", "incident_id", "chat_id", "message_id")
COLUMNS = (*_NUMBERS, *_TEXTS)
"""Of a line, as `row_of` has them."""

_LEAST = -(2**63)
"""The least number a row can have: nothing may hide below line 1."""

AT_ONCE = 2_000
"""Lines that are read at once."""

_FROM = "FROM audit WHERE id >= ? ORDER BY id LIMIT ?"

# Text as bytes: decoding first could turn a damaged line into one that reads like the original.
_BYTES = ", ".join(f"CAST({name} AS BLOB)" for name in _TEXTS)
_ALL_TEXT = " AND ".join(f"typeof({name}) IN ('text', 'null')" for name in ("at", *_OTHERS))
_OBJECT_TEXT = " AND ".join(f"typeof({name}) IN ('text', 'null')" for name in _OBJECT)
_NO_OBJECT = " AND ".join(f"{name} IS NULL" for name in _OBJECT)
# In a CASE, because only there what is not needed is not looked at.
_TYPED = f"CASE WHEN {_ALL_TEXT} AND ({_NO_OBJECT} OR {_OBJECT_TEXT}) THEN 1 ELSE 0 END"
_EXACT_SQLITE = f"SELECT {_TYPED}, {', '.join(_NUMBERS)}, {_BYTES} {_FROM}"

_AT_TEXT = "to_char(at, 'YYYY-MM-DD HH24:MI:SS.US')"
# Not convert_to: it fails for what is no text, and nobody would know of which line.
_SENT = ", ".join(f"textsend({name if name != 'at' else _AT_TEXT})" for name in _TEXTS)
_EXACT_POSTGRES = f"SELECT TRUE, {', '.join(_NUMBERS)}, {_SENT} {_FROM}"
# A quarter of the time. How long all of it is too: of text what comes behind a NUL is not sent.
_LENGTH = " + ".join((*(f"octet_length({n})" for n in _OTHERS), *(f"coalesce(octet_length({n}), 0)" for n in _OBJECT)))
_QUICK_POSTGRES = f"SELECT {_LENGTH}, {', '.join(COLUMNS)} {_FROM}"


class Lines(Protocol):
    """Reads up to `limit` lines behind line `number`, as `lines_behind` does."""

    def __call__(self, number: int, limit: int, *, exact: bool) -> list[Any]: ...


def lines_behind(connection: Connection, on_postgres: bool, number: int, limit: int, *, exact: bool) -> list[Any]:
    """What `followed` goes by. Where it cannot be read quickly it is exact all the same."""
    values = number + 1 if number else _LEAST, limit
    if on_postgres and not exact:
        try:
            return connection.execute(_QUICK_POSTGRES, values).fetchall()
        except UnicodeDecodeError:
            pass
    return connection.execute(_EXACT_POSTGRES if on_postgres else _EXACT_SQLITE, values).fetchall()


def followed(lines: Lines, reached: Checkpoint, limit: int, checkpoint: Checkpoint | None = None) -> Checkpoint | Flaw:
    """How far the chain holds through the next `limit` lines behind what was reached, or the first flaw."""
    rows = lines(reached.number, limit, exact=False)
    held = _confirmed(rows, reached)
    if checkpoint and reached.number < checkpoint.number <= held.number:
        told = rows[checkpoint.number - reached.number - 1][-1]
        if (told if isinstance(told, str) else told.decode()) != checkpoint.hash:
            return Flaw(checkpoint.number, Fault.ANEW)
    left = len(rows) - (held.number - reached.number)
    return _looked_at(lines(held.number, left, exact=True), held, checkpoint) if left else held


def whole_chain(connection: Connection, *, on_postgres: bool) -> Checkpoint | Flaw:
    """The head of the log as this connection sees it, also of lines it has not committed; or the first flaw."""
    return followed_to_the_end(partial(lines_behind, connection, on_postgres))


def followed_to_the_end(lines: Lines, checkpoint: Checkpoint | None = None) -> Checkpoint | Flaw:
    """The head of the log, or the first flaw. That it does not come to the checkpoint is for the caller to see."""
    reached = Checkpoint(0, GENESIS)
    while True:
        found = followed(lines, reached, AT_ONCE, checkpoint)
        if isinstance(found, Flaw) or found.number - reached.number < AT_ONCE:
            return found
        reached = found


class _Subject(msgspec.Struct):
    kind: str
    id: str
    name: str


class _Object(msgspec.Struct):
    kind: str
    name: str
    namespace: str
    uid: str
    cluster: str


class _Line(msgspec.Struct):
    """An `Entry` of what a row holds: encoded it is the same JSON."""

    type: str
    subject: _Subject
    at: str
    incident_id: int | None
    object: _Object | None
    chat_id: int | None
    message_id: int | None
    detail: msgspec.Raw


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_detail = decoder_of(dict[str, str]).decode
_WHOLE = {int, type(None)}
_NOWHERE = [None] * (len(_OBJECT) - 1)
_TYPES = frozenset(map(str, EntryType))
_AT = re.compile(r"(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{6})", re.ASCII)


def _confirmed(rows: Sequence[Any], reached: Checkpoint) -> Checkpoint:
    """How far the rows certainly are what writing their entries would give; what follows may be so too."""
    number, previous_hash = reached.number, reached.hash.encode()
    for row in rows:
        try:
            digest = _digest(row, number + 1, previous_hash)
        except (ValueError, TypeError, AttributeError, msgspec.MsgspecError):
            digest = None
        if digest is None:
            break
        number, previous_hash = number + 1, digest
    return Checkpoint(number, previous_hash.decode())


def _digest(row: Sequence[Any], number: int, previous_hash: bytes) -> bytes | None:
    """The line's hash if the row certainly is what writing its entry as this number would give.

    Raises ValueError, TypeError, AttributeError and msgspec's own errors for what was never written.
    """
    known, id, incident, chat, message, at, kind, who, who_id, who_name, sort, *place, detail, before, digest = row
    if isinstance(at, str):
        detail, before, digest = detail.encode(), before.encode(), digest.encode()
        sent = "".join((kind, who, who_id, who_name, *(each for each in (sort, *place) if each)))
        if len(sent.encode()) + len(detail) + len(before) + len(digest) != known:
            return None
    elif known:
        at, kind, who, who_id, who_name = at.decode(), kind.decode(), who.decode(), who_id.decode(), who_name.decode()
        if sort is not None:
            sort, place = sort.decode(), [each.decode() for each in place]
    else:
        return None
    if id != number or before != previous_hash or kind not in _TYPES or _encode(_decode_detail(detail)) != detail:
        return None
    if not {type(incident), type(chat), type(message)} <= _WHOLE:
        return None
    object = None
    if sort is not None:
        object = _Object(sort, *place)
    elif place != _NOWHERE:
        return None
    subject, moment = _Subject(who, who_id, who_name), _moment(at)
    line = _Line(kind, subject, moment, incident, object, chat, message, msgspec.Raw(detail))
    found = hashlib.sha256(b"%b\n%d\n%b" % (previous_hash, number, _encode(line))).hexdigest().encode()
    return found if found == digest else None


def _moment(at: str) -> str:
    """As JSON has it. Raises what is no moment as columns have it."""
    day, clock, part = _AT.fullmatch(at).groups()  # type: ignore[union-attr]  # None is what raises
    _known_day(day)
    return f"{day}T{clock}{'' if part == '.000000' else part}Z"


@lru_cache(16)
def _known_day(day: str) -> date:
    return date.fromisoformat(day)


def _looked_at(rows: Sequence[Any], reached: Checkpoint, checkpoint: Checkpoint | None) -> Checkpoint | Flaw:
    """The same of rows that were read exactly, each written anew."""
    number, previous_hash = reached.number, reached.hash
    for row in rows:
        number += 1
        expected = _expected(row, number, previous_hash)
        if isinstance(expected, Fault):
            return Flaw(number, expected)
        if checkpoint and checkpoint.number == number and checkpoint.hash != expected:
            return Flaw(number, Fault.ANEW)
        previous_hash = expected
    return Checkpoint(number, previous_hash)


def _expected(row: tuple[Any, ...], number: int, previous_hash: str) -> str | Fault:
    """The line's hash if the row is, byte for byte, what writing its entry as this number would give."""
    well_typed, *raw = row
    if raw[0] != number:
        return Fault.GAP
    if not well_typed:
        return Fault.TYPE
    try:
        values = [value.decode() if isinstance(value, bytes) else value for value in raw]
        columns: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
        entry = _entry(columns)
        digest = chain_hash(previous_hash, number, entry)
        written = row_of(StoredEntry(number, entry, previous_hash, digest))
    except (ValueError, TypeError, msgspec.MsgspecError):
        return Fault.TYPE
    if columns["previous_hash"] != previous_hash:
        return Fault.LINK
    if columns["hash"] != digest:
        return Fault.HASH
    return digest if tuple(values) == written else Fault.FORM


def _entry(columns: dict[str, Any]) -> Entry:
    ref = None
    if columns["object_kind"] is not None:
        ref = ObjectRef(*(columns[f"object_{part}"] for part in ("kind", "name", "namespace", "uid", "cluster")))
    return Entry(
        type=EntryType(columns["type"]),
        subject=Subject(columns["subject_kind"], columns["subject_id"], columns["subject_name"]),
        at=time_of(columns["at"]),
        incident_id=columns["incident_id"],
        object=ref,
        chat_id=columns["chat_id"],
        message_id=columns["message_id"],
        detail=strings_of(columns["detail"]),
    )


def row_of(stored: StoredEntry) -> tuple[Any, ...]:
    """The line's values in the order of COLUMNS."""
    entry, ref = stored.entry, stored.entry.object
    return (
        stored.id,
        entry.incident_id,
        entry.chat_id,
        entry.message_id,
        time_text(entry.at),
        entry.type.value,
        entry.subject.kind,
        entry.subject.id,
        entry.subject.name,
        *((ref.kind, ref.name, ref.namespace, ref.uid, ref.cluster) if ref else (None,) * 5),
        to_json(entry.detail),
        stored.previous_hash,
        stored.hash,
    )

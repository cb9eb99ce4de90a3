"""A line is confirmed at first sight, or looked at closely: what the first says of it the second says too."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.audit import GENESIS, SYSTEM, Checkpoint, Entry, EntryType, Fault, Flaw, StoredEntry, Subject
from chatops.core.audit import chain_hash as hash_of
from chatops.core.resources import ObjectRef
from chatops.db.audit import _normal
from chatops.db.audit_chain import COLUMNS, _confirmed, _looked_at, followed, lines_behind, row_of
from chatops.db.database import Database
from chatops.db.store import Store

from .test_audit import ENTRIES

Row = tuple[Any, ...]

WORDS = st.text(max_size=12) | st.text(st.sampled_from('a"\\/\0\x1f\x7f\n\u2028\ud800é😀{}'), max_size=12)
OBJECTS = st.builds(ObjectRef, WORDS, WORDS, WORDS, WORDS, WORDS)
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-3)), timezone(timedelta(hours=5, minutes=30))])
MOMENTS = st.datetimes(timezones=ZONES) | st.datetimes(timezones=ZONES).map(
    lambda moment: moment.replace(microsecond=0)
)
LINES = st.builds(
    Entry,
    st.sampled_from(EntryType),
    st.builds(Subject, WORDS, WORDS, WORDS) | st.just(SYSTEM),
    MOMENTS,
    NUMBERS,
    st.none() | OBJECTS,
    NUMBERS,
    NUMBERS,
    st.dictionaries(WORDS, WORDS, max_size=4),
)


def as_read(stored: StoredEntry) -> Row:
    """As SQLite's driver gives it."""
    return 1, *(each.encode() if isinstance(each, str) else each for each in row_of(stored))


def chain(*entries: Entry) -> list[Row]:
    rows, before = list[Row](), GENESIS
    for number, line in enumerate(map(_normal, entries), 1):
        stored = StoredEntry(number, line, before, hash_of(before, number, line))
        rows.append(as_read(stored))
        before = stored.hash
    return rows


def verdict(rows: list[Row], checkpoint: Checkpoint | None = None) -> Checkpoint | Flaw:
    """By both looks, which have to agree."""
    asked = list[bool]()

    def lines(number: int, limit: int, *, exact: bool) -> list[Row]:
        asked.append(exact)
        return rows[number : number + limit]

    found = followed(lines, Checkpoint(0, GENESIS), len(rows), checkpoint)
    assert found == _looked_at(rows, Checkpoint(0, GENESIS), checkpoint)
    assert asked in ([False], [False, True])
    return found


def head(rows: list[Row]) -> Checkpoint:
    return Checkpoint(len(rows), rows[-1][-1].decode())


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4))
def test_whatever_is_written_is_confirmed_at_first_sight(entries: list[Entry]) -> None:
    rows = chain(*entries)
    assert _confirmed(rows, Checkpoint(0, GENESIS)) == verdict(rows) == head(rows)


def test_whatever_is_read_is_confirmed_at_first_sight(database: Database, store: Store) -> None:
    """Of both databases, a long log in several goes, and behind a line as well as from the first."""
    written = (*store.audit.append(ENTRIES * 3), *store.audit.append(ENTRIES))
    tables = database.tables

    def lines(number: int, limit: int, *, exact: bool) -> list[Any]:
        assert not exact
        return database.read(
            lambda: lines_behind(tables.connection, tables.on_postgres, number, limit, exact=exact)  # type: ignore[no-any-return]
        )

    for first in (0, 1, 5):
        reached = Checkpoint(first, written[first - 1].hash if first else GENESIS)
        for limit in (1, 7, 100):
            told = written[min(first + limit, len(written)) - 1]
            assert followed(lines, reached, limit) == Checkpoint(told.id, told.hash)
            assert followed(lines, reached, limit, Checkpoint(told.id, told.hash)) == Checkpoint(told.id, told.hash)
            assert followed(lines, reached, limit, Checkpoint(told.id, GENESIS)) == Flaw(told.id, Fault.ANEW)


def other_bytes(value: bytes) -> list[bytes]:
    """Each byte changed in a few ways, one left out, one put in."""
    places = range(len(value))
    changed = [
        value[:at] + bytes([new]) + value[at + 1 :]
        for at in places
        for new in {value[at] ^ 1, value[at] ^ 0x20, value[at] ^ 0x80, 0, 0x20, 0x22, 0x30, 0xFF} - {value[at]}
    ]
    return [
        *changed,
        *(value[:at] + value[at + 1 :] for at in places),
        value + b"\0",
        value + b" ",
        b"\xef\xbb\xbf" + value,
    ]


@pytest.mark.parametrize("column", COLUMNS)
def test_a2_each_changed_byte_of_each_column_is_found(column: str) -> None:
    """A2: of every column of every line, of the whole detail too, and by both looks alike."""
    rows, place = chain(*ENTRIES), 1 + COLUMNS.index(column)
    tried = 0
    for n, row in enumerate(rows):
        value = row[place]
        others: list[Any] = other_bytes(value) if isinstance(value, bytes) else []
        others += [each for each in (None, 0, 1, -1, 2**62, 1.5, b"", b"1", "1") if each != value]
        for other in others:
            tried += 1
            found = verdict([*rows[:n], (*row[:place], other, *row[place + 1 :]), *rows[n + 1 :]])
            assert isinstance(found, Flaw), (n, other)
            assert found.number == n + 1, (n, other)
    assert tried >= 8 * len(rows)


def spelled(row: Row, number: int, before: str) -> str:
    """The hash that a forger would write, of the JSON that the columns spell as they stand."""
    texts = {
        name: each.decode() if isinstance(each, bytes) else each for name, each in zip(COLUMNS, row[1:], strict=True)
    }
    parts = ("kind", "name", "namespace", "uid", "cluster")
    at = re.sub(r"\.000000$", "", str(texts["at"]).replace(" ", "T", 1)) + "Z"
    line = {
        "type": texts["type"],
        "subject": {part: texts[f"subject_{part}"] for part in ("kind", "id", "name")},
        "at": at,
        "incident_id": texts["incident_id"],
        "object": None if texts["object_kind"] is None else {part: texts[f"object_{part}"] for part in parts},
        "chat_id": texts["chat_id"],
        "message_id": texts["message_id"],
    }
    written = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    canonical = f'{written[:-1]},"detail":{texts["detail"]}}}'
    return hashlib.sha256(f"{before}\n{number}\n{canonical}".encode()).hexdigest()


ODD = {
    "at": [
        *("2026-11-01T12:00:00.000000", "2026-02-30 12:00:00.000000", "2026-11-01 24:00:00.000000", "", "٢٠٢٦-11-01"),
        *(
            "2026-11-01 12:00:60.000000",
            "2026-11-01 12:00:00",
            "2026-11-01 12:00:00.00000",
            "0000-01-01 00:00:00.000000",
        ),
        *("2026-11-01 12:00:00.000000+00:00", "2026-11-01 12:00:00.00000Z", "2026-W44-7 12:00:00.000000"),
        *("٢٠٢٦-11-01 12:00:00.000000", "2026-11-01 12:00:00.000001\n", "2026-11-01 12:00:00,000000"),
    ],
    "detail": [
        *("", " {}", "{ }", "{}\n", "[]", "null", '{"b":"1","a":"2"}', '{"a":"1","a":"2"}', '{"a":1}', '{"a":null}'),
        *('{"a":"\\u0041"}', '{"a":"\\/"}', '{"a":{"b":"c"}}', '{"a":"\x01"}', '{"a":"b"}}', '{"a":"b"},"x":1'),
        *('{"é":"\\u00e9"}', '{"a":"\\ud800"}', '{"a":"\\U"}', '{"a":"b",}'),
    ],
    "type": ["", "Opened", "opened ", "none such"],
    "id": ["1", 2, None],
}
"""What is read like something that is written, and never was."""

VALUES = st.none() | WORDS.map(lambda word: word.encode(errors="replace")) | st.binary(max_size=3) | NUMBERS | WORDS
VALUES |= st.sampled_from([1.0, 0.5, True])


@st.composite
def altered(draw: Callable[..., Any]) -> list[Row]:
    """A row that somebody changed, whose hash they may have made anew."""
    row = list(chain(*draw(st.lists(LINES | st.sampled_from(ENTRIES), min_size=1, max_size=1)))[0])
    for name in draw(st.lists(st.sampled_from((*COLUMNS, *ODD)), max_size=3)):
        odd = [each.encode() if isinstance(each, str) and name != "id" else each for each in ODD.get(name, [])]
        row[1 + COLUMNS.index(name)] = draw(st.sampled_from(odd) | VALUES if odd else VALUES)
    row[0] = draw(st.sampled_from([1, 1, 1, 0]))
    if draw(st.booleans()):
        with suppress(ValueError, TypeError, AttributeError):
            row[-1] = spelled(tuple(row), 1, GENESIS).encode()
    return [tuple(row)]


@settings(max_examples=500, deadline=None)
@given(altered())
def test_a2_what_is_confirmed_at_first_sight_is_what_would_be_written(rows: list[Row]) -> None:
    """A2: also where whoever changed the line made its hash anew, in the way the first look does."""
    verdict(rows)


@pytest.mark.parametrize("name", ["incident_id", "chat_id", "message_id"])
def test_a2_bytes_in_place_of_a_number_are_found_whatever_the_hash_is_of(name: str) -> None:
    """A2: as base64 too, which is how bytes are put into JSON."""
    row, place = chain(ENTRIES[1])[0], 1 + COLUMNS.index(name)
    spoken = spelled((*row[:place], b64encode(b"7"), *row[place + 1 :]), 1, GENESIS)
    assert isinstance(verdict([(*row[:place], b"7", *row[place + 1 : -1], spoken.encode())]), Flaw)


@pytest.mark.parametrize("name", ODD)
def test_a2_another_spelling_is_found_although_its_hash_is_of_it(name: str) -> None:
    for entry in ENTRIES:
        row, place = chain(entry)[0], 1 + COLUMNS.index(name)
        for odd in ODD[name]:
            value = odd.encode() if isinstance(odd, str) and name != "id" else odd
            changed = (*row[:place], value, *row[place + 1 : -1], b"")
            forged = (*changed[:-1], spelled(changed, 1, GENESIS).encode())
            assert _confirmed([forged], Checkpoint(0, GENESIS)).number == 0, odd
            verdict([forged])

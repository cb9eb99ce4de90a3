"""Rows as lines of PostgreSQL's COPY: what a table is sent as, and what it is compared by. It opens nothing.

A line is written here exactly as the server writes it. So two tables are alike when the server gives the lines it was
sent, in whatever order.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatops.db import fulltext, words_postgres

_ESCAPES = str.maketrans({"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})
_NULL = "\\N"


class Unfit(ValueError):
    """A value that its column cannot have; the message says which, not what it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """`type`: as PostgreSQL calls it."""

    name: str
    type: str


class Digest:
    """Of lines in any order: how many, and the sum of their hashes."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and (self.rows, self._sum) == (other.rows, other._sum)

    __hash__ = None  # type: ignore[assignment]  # it changes


def line_of(columns: Sequence[Column], row: Sequence[Any]) -> bytes:
    """The line without its end. Raises Unfit."""
    return "\t".join([_field(column, value) for column, value in zip(columns, row, strict=True)]).encode()


def words_field(ended: int | None, search: str | None, place_id: int, kind: int, owner: int) -> bytes:
    """`listed.words` of such a row, as fulltext.py would fill it in; the null where it would not."""
    if ended is None or search is None:
        return _NULL.encode()
    words = fulltext.document(search, place_id, kind, owner).split()
    return " ".join(map(words_postgres.quoted, words)).translate(_ESCAPES).encode()


class Lines:
    """A file of psycopg2's to read lines from, none of them before it is asked for."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""
        self.stopped: BaseException | None = None
        """What making a line raised."""

    def read(self, size: int) -> bytes:
        parts, length = [self._rest], len(self._rest)
        try:
            while length < size and (line := next(self._lines, None)) is not None:
                parts.append(line + b"\n")
                length += len(parts[-1])
        except BaseException as error:
            self.stopped = error
            raise
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


class Sink:
    """A file of psycopg2's to write lines to, each of which goes on without its end."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""

    def write(self, data: bytes) -> int:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._take(line)
        return len(data)


def _field(column: Column, value: Any) -> str:
    if value is None:
        return _NULL
    match column.type, value:
        case ("bigint" | "integer" | "smallint", int()):
            return str(value)
        case "text", str() if "\0" not in value:
            return value.translate(_ESCAPES)
        case "boolean", 0 | 1:
            return "t" if value else "f"
        case "timestamp without time zone", str() if "." in value:
            return value.rstrip("0").rstrip(".").translate(_ESCAPES)
        case "timestamp without time zone", str():
            return value.translate(_ESCAPES)
        case "bytea", bytes():
            return rf"\\x{value.hex()}"
    raise Unfit(f"a value of {column.name} is no {column.type}")

"""A list of incidents, a page at a time, and what has changed since somebody last looked. It knows no database.

Active ones come first: by severity, those that nobody has before the others, the newest before the older. Then those
that have ended, the newest end first. A page says where the next one begins and never how many there are.
"""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Person, Status

MOST = 200
"""Rows of one answer."""

OPEN = frozenset({Status.ACTIVE})
CLOSED = frozenset({Status.RESOLVED, Status.REJECTED})

NOBODY = 0
"""The owner of what nobody has taken; people's ids are greater."""

_VERSION = 1
_NUMBER = 2**63
_CHECK = 6
_MARK = re.compile(r"([0-9a-f]{1,32})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents, and which page of them. What is empty does not narrow.

    `labels` must all be there, of the others one of each. `since` and `until` (without it) are about when it ended;
    about when it was opened for what is active. `owner` is a person's id or NOBODY. `text` is words, each the beginning
    of one of the incident's. `cursor` is the `next` of the page before.
    """

    statuses: frozenset[Status] = OPEN
    severities: frozenset[Severity] = frozenset()
    clusters: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    labels: tuple[tuple[str, str], ...] = ()
    owner: int | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    cursor: str = ""

    @property
    def size(self) -> int:
        return min(max(self.limit, 1), MOST)

    @property
    def position(self) -> "Position | None":
        """Behind which row the page begins. Raises ValueError for a cursor that is not of this very question."""
        return _position(self) if self.cursor else None

    def next(self, position: "Position") -> str:
        """The cursor of the page that begins behind this row."""
        told = msgspec.json.encode((_VERSION, int(position.open), position.order, position.id))
        return base64.urlsafe_b64encode(self._check(told) + told).decode().rstrip("=")

    def _check(self, told: bytes) -> bytes:
        """Only that a cursor is of this question: it is a bound, and reveals and opens nothing."""
        question: Any = msgspec.to_builtins(replace(self, limit=0, cursor=""), order="deterministic")
        return blake2b(msgspec.json.encode(question) + b"\n" + told, digest_size=_CHECK).digest()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands: `order` is its place among the active, or among those that have ended."""

    open: bool
    order: int
    id: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of an incident."""

    id: int
    title: str
    object: str
    """The name of what it is about; may be empty."""
    severity: Severity
    status: Status
    cluster: str
    namespace: str
    opened_at: datetime
    started_at: datetime
    closed_at: datetime | None
    taken_by: Person | None
    taken_at: datetime | None
    firing: int
    """Alerts that fire."""
    silenced_until: datetime | None
    reopened: int
    running: bool
    """A change of the cluster is under way."""
    merged_into: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is empty on the last page. `mark`: what `Changes` are to be asked for since."""

    rows: tuple[Row, ...]
    next: str
    mark: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since a mark, the longest ago first. `more`: there is more since the new mark already.

    `reset`: nothing can be said of that mark, and all of it is to be read anew.
    """

    mark: str
    rows: tuple[Row, ...] = ()
    more: bool = False
    reset: bool = False


def mark_text(life: str, number: int) -> str:
    return f"{life}-{number}"


def mark_of(text: str) -> tuple[str, int] | None:
    """Which life of a database, and the number of its latest change that was seen; None where it says neither."""
    found = _MARK.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def _position(wanted: Wanted) -> Position:
    try:
        raw = base64.b64decode(wanted.cursor + "=" * (-len(wanted.cursor) % 4), altchars=b"-_", validate=True)
        check, told = raw[:_CHECK], raw[_CHECK:]
        version, is_open, order, id = msgspec.json.decode(told, type=tuple[int, bool | int, int, int])
    except (binascii.Error, UnicodeError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError("the cursor cannot be read") from error
    if version != _VERSION or check != wanted._check(told) or not (abs(order) < _NUMBER and 0 <= id < _NUMBER):
        raise ValueError("the cursor is of another list")
    return Position(bool(is_open), order, id)

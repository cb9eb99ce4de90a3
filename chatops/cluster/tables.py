"""Pods as rows of a `meta.k8s.io/v1` Table: kubectl's columns, computed by the API server, a fiftieth of the bytes.

A row has no containers and no owner, and without its object's metadata neither uid nor namespace. It judges nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chatops.cluster.answers import decode
from chatops.cluster.models import Meta, Model, Thing, listed

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
"""A server that makes no Tables answers with the list itself."""

ROWS_ONLY = {"includeObject": "None"}
WITH_METADATA = {"includeObject": "Metadata"}

_NONE = "<none>"
_COLUMNS = ("Name", "Ready", "Status", "Restarts", "Node", "Age")


class NotATable(Exception):
    """The server answered with something else, or with columns that are not kubectl's."""


class _Column(Model):
    name: str = ""


class _Row(Model):
    cells: list[Any] | None = None
    object: Thing | None = None


class _Table(Model):
    kind: str = ""
    column_definitions: list[_Column] | None = None
    rows: list[_Row] | None = None


@dataclass(slots=True)
class PodRow:
    """One row. `age` is in kubectl's short form; `meta` is there where it was asked for."""

    name: str
    ready: int
    total: int
    status: str
    restarts: int
    node: str
    age: str
    meta: Meta | None


def pod_rows(pages: Iterator[bytes]) -> Iterator[PodRow]:
    """The rows of all pages. Raises NotATable before the first row, or never."""
    places: Sequence[int] | None = None
    for page in pages:
        table = decode(page, _Table)
        if places is None:
            places = _places(table)
        name, ready, status, restarts, node, age = places
        last = max(places)
        for row in listed(table.rows):
            cells = row.cells or ()
            if len(cells) <= last:
                continue
            up, of = _counts(str(cells[ready]))
            where = str(cells[node])
            yield PodRow(
                name=str(cells[name]),
                ready=up,
                total=of,
                status=str(cells[status]),
                restarts=_first_number(str(cells[restarts])),
                node="" if where == _NONE else where,
                age=str(cells[age]),
                meta=row.object.metadata if row.object else None,
            )


def _places(table: _Table) -> Sequence[int]:
    names = [column.name for column in listed(table.column_definitions)]
    if table.kind != "Table" or not all(name in names for name in _COLUMNS):
        raise NotATable
    return [names.index(name) for name in _COLUMNS]


@lru_cache(maxsize=256)
def _counts(text: str) -> tuple[int, int]:
    """`1/2`."""
    up, _, of = text.partition("/")
    return _first_number(up), _first_number(of)


@lru_cache(maxsize=1024)
def _first_number(text: str) -> int:
    """`5 (3m ago)` is 5, as is `5`; 0 for what begins with no number."""
    head = text.partition(" ")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 10 else 0

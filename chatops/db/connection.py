"""What is used of a connection for bulk statements. SQLite's own has it; PostgreSQL's is fitted to it (postgres.py).

Statements are written once, in what both databases understand, with `?` or `?1` for values. Rows come back alike from
both: times as text (see columns.time_text), bytes as bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """The outcome of a statement."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows: ...
    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object: ...

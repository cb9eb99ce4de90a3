"""The tables that a SQLite file and a PostgreSQL database of ours have in common, in an order to copy them in."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from chatops.db.copying import Column

SQLITE_ONLY = frozenset({"listed_vocabulary"})
"""Tables that PostgreSQL has no need of; that of the words is virtual, and has more of its own beside it."""

POSTGRES_ONLY = frozenset({"leadership"})

_VIRTUAL = "listed_words"
_YOYO = ("_yoyo", "yoyo")

_IN_FILE = f"""
SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB '{_VIRTUAL}*'
"""

_IN_DATABASE = """
SELECT t.relname, a.attname, format_type(a.atttypid, NULL), a.attidentity <> ''
FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace ORDER BY t.oid, a.attnum
"""

_REFERENCES = """
SELECT t.relname, r.relname FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid JOIN pg_class AS r ON r.oid = c.confrelid
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
"""


class MoveRefused(Exception):
    """Nothing was moved; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    identity: str | None
    """The column whose numbers the database gives."""

    @property
    def names(self) -> str:
        return ", ".join(f'"{column.name}"' for column in self.columns)


def tables_of_both(kept: sqlite3.Connection, cursor: Any) -> list[Table]:
    """What both have, what is referred to before what refers to it. Raises where they do not have the same."""
    in_file: dict[str, set[str]] = {}
    for table, column in kept.execute(_IN_FILE):
        if not table.startswith(_YOYO) and table not in SQLITE_ONLY:
            in_file.setdefault(table, set()).add(column)
    in_database: dict[str, list[tuple[Column, bool]]] = {}
    cursor.execute(_IN_DATABASE)
    for table, column, type, identity in cursor.fetchall():
        if not table.startswith(_YOYO) and table not in POSTGRES_ONLY and (table, column) != ("listed", "words"):
            in_database.setdefault(table, []).append((Column(column, type), identity))
    found = {table: {column.name for column, _ in columns} for table, columns in in_database.items()}
    if found != in_file:
        unlike = sorted(name for name in in_file.keys() | found.keys() if in_file.get(name) != found.get(name))
        raise MoveRefused(f"the two databases do not have the same tables: look at {', '.join(unlike)}")
    cursor.execute(_REFERENCES)
    graph: dict[str, set[str]] = {name: set() for name in found}
    for table, referred in cursor.fetchall():
        graph[table].add(referred)
    return [_table(name, in_database[name]) for name in TopologicalSorter(graph).static_order()]


def _table(name: str, columns: Sequence[tuple[Column, bool]]) -> Table:
    identity = next((column.name for column, given in columns if given), None)
    return Table(name, tuple(column for column, _ in columns), identity)

"""The index of words on SQLite: which incidents that have ended have words that begin so. The only one to know FTS5.

Its number of a document is where that stands in the list (`ended`), so that what is found is found in the list's order,
and only as far as it is asked for. Contentless: to take a document out is to say again what it was.

A query for how a word begins would first read all that begins so, of whatever age; so the vocabulary is asked which few
words these are, and the query is for those. Where there are many, three letters have an index of their own, and what is
longer and still has many is as rare as names made by machines are.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatops.core.search import MARK
from chatops.db.entities import Tables

_ADD = "INSERT INTO listed_words (rowid, words) VALUES (?, ?)"
_REMOVE = "INSERT INTO listed_words (listed_words, rowid, words) VALUES ('delete', ?, ?)"

_LEARN = "INSERT OR IGNORE INTO listed_vocabulary (word) VALUES (?)"
_BEGIN = "SELECT word FROM listed_vocabulary WHERE word >= ? AND word < ? LIMIT ?"

MOST_ENDINGS = 32
"""Words that are asked for instead of how they begin."""

_SEARCH = """
SELECT w.rowid, l.incident_id FROM listed_words AS w
CROSS JOIN listed AS l INDEXED BY listed_ended ON l.ended = w.rowid
WHERE w.listed_words MATCH ? AND w.rowid < ? AND w.rowid >= ? AND l.ended IS NOT NULL{more}
ORDER BY w.rowid DESC LIMIT ?
"""


def add(tables: Tables, ended: int, document: str) -> None:
    connection = tables.connection
    connection.execute(_ADD, (ended, document))
    connection.executemany(_LEARN, [(word,) for word in document.split() if not word.startswith(MARK)])


def remove(tables: Tables, ended: int, document: str) -> None:
    """`document` is the very one that was added under this number."""
    tables.connection.execute(_REMOVE, (ended, document))


def found(
    tables: Tables,
    terms: Sequence[Iterable[str]],
    beginnings: Sequence[str],
    *,
    below: int,
    least: int,
    limit: int,
    more: str,
    values: Sequence[Any],
) -> list[tuple[int, int]]:
    """`ended` and id of those that have a token of each of `terms` and a word for each of `beginnings`."""
    begun = [_beginning(tables, word) for word in beginnings]
    if not all(begun):
        return []
    query = " AND ".join((*begun, *map(_any, terms)))
    return tables.connection.execute(_SEARCH.format(more=more), (query, below, least, *values, limit)).fetchall()


def _beginning(tables: Tables, word: str) -> str:
    """What finds the words that begin so; empty where there are none."""
    bounds = (word, word + "\U0010ffff", MOST_ENDINGS + 1)
    known = [row[0] for row in tables.connection.execute(_BEGIN, bounds)]
    return f'"{word}" *' if len(known) > MOST_ENDINGS else _any(known) if known else ""


def _any(tokens: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{token}"' for token in tokens) + ")"

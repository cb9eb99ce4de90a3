"""Which incidents that have ended have words that begin so, whatever database keeps the index of words.

A document is all that an ended incident is found by: its words, its labels, and its own place, kind and owner as words
too, so that what is rare and what is common meet inside the index. Its number is where it stands in the list (`ended`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatops.core.search import MARK
from chatops.db import words_postgres, words_sqlite
from chatops.db.entities import Tables


def document(search: str, place_id: int, kind: int, owner: int) -> str:
    return f"{search}{_place(place_id)} {_kind(kind)} {_owner(owner)}"


def add(tables: Tables, ended: int, document: str) -> None:
    """The row of this number is stored already."""
    if tables.on_postgres:
        words_postgres.add(tables, ended, document)
    else:
        words_sqlite.add(tables, ended, document)


def remove(tables: Tables, ended: int, document: str) -> None:
    """`document` is the very one that was added under this number."""
    if tables.on_postgres:
        words_postgres.remove(tables, ended)
    else:
        words_sqlite.remove(tables, ended, document)


def found(
    tables: Tables,
    words: Sequence[str],
    labels: Sequence[str],
    *,
    places: Iterable[int] | None,
    kinds: Iterable[int] | None,
    owner: int | None,
    below: int,
    least: int,
    limit: int,
    more: str = "",
    values: Sequence[Any] = (),
) -> list[tuple[int, int]]:
    """`ended` and id of those that have all words (beginnings) and labels (whole tokens), the newest end first.

    None does not narrow. `more`: what else the row `l` has to be, with its `values`.
    """
    terms: list[Iterable[str]] = [(label,) for label in labels]
    terms += [tuple(map(_place, places))] if places is not None else []
    terms += [tuple(map(_kind, kinds))] if kinds is not None else []
    terms += [(_owner(owner),)] if owner is not None else []
    look = words_postgres.found if tables.on_postgres else words_sqlite.found
    return look(tables, terms, words, below=below, least=least, limit=limit, more=more, values=values)


def _place(place_id: int) -> str:
    return f"{MARK}p{place_id}"


def _kind(kind: int) -> str:
    return f"{MARK}k{kind}"


def _owner(owner: int) -> str:
    return f"{MARK}o{owner}"

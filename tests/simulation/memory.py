"""Reads that were made before and would come out the same: their results, until a table they looked at is written.

More than half of the reads in a seed ask again what nothing has changed since. What a read looked at is taken from the
statements SQLite was given, so nothing has to say it; a table named too often only costs a read, and none can be
missed, since a statement names what it reads.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

MISSING = object()


class Memory:
    """`traced` hears every statement; `recall` and `keep` are for whoever reads."""

    def __init__(self, tables: Iterable[str]) -> None:
        names = sorted(tables, key=len, reverse=True)
        self._names = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
        self._written = dict.fromkeys(names, 0)
        self._kept: dict[Any, tuple[dict[str, int], Any]] = {}
        self._looked_at: set[str] = set()
        self._of_text: dict[str, tuple[str, ...]] = {}

    def forget(self) -> None:
        self._kept.clear()

    def traced(self, statement: str) -> None:
        """Whatever is executed on the connection that is listened to."""
        head = statement[:8].lstrip().upper()
        if head.startswith(("SELECT", "WITH")):
            self._looked_at.update(self._names.findall(statement))
        elif head.startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            # It begins with the table that it writes.
            self._written[self._names.search(statement).group(1)] += 1  # type: ignore[union-attr]  # each names one

    def of_text(self, statement: str) -> tuple[str, ...]:
        """The tables that a statement names."""
        known = self._of_text.get(statement)
        if known is None:
            known = self._of_text[statement] = tuple(set(self._names.findall(statement)))
        return known

    def recall(self, key: Any) -> Any:
        """What was kept, if it still is true; MISSING if not."""
        stamp, result = self._kept.get(key, (None, MISSING))
        if stamp is not None and all(self._written[name] == times for name, times in stamp.items()):
            return result
        return MISSING

    def keep(self, key: Any, tables: Iterable[str], result: Any) -> None:
        """For as long as none of these tables is written."""
        self._kept[key] = ({name: self._written[name] for name in tables}, result)

    @contextmanager
    def listening(self) -> Iterator[set[str]]:
        """The tables that are looked at from here on."""
        self._looked_at = set()
        yield self._looked_at


def key_of(work: Callable[[], Any]) -> Any:
    """Equal for functions that would read the same: the same code over the same values. None where that is unknown."""
    if not isinstance(work, FunctionType) or work.__defaults__ or work.__kwdefaults__:
        return None
    cells = tuple(_still(cell.cell_contents) for cell in work.__closure__ or ())
    try:
        hash(cells)
    except TypeError:
        return None
    return work.__code__, cells


def _still(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else frozenset(value) if isinstance(value, set) else value

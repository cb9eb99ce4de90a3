"""Which values a label may have: a closed set for each, and one word for whatever is none of them.

Every value of a label is a series that Prometheus keeps, so none may come from an alert, a person or a cluster.
"""

import re
from collections.abc import Collection

from chatops.core.failures import Reason

OTHER = "other"

_REASONS = frozenset(map(str, Reason))
_STATUS = re.compile("[1-5][0-9][0-9]", re.ASCII)
_WORD = re.compile("[A-Za-z][A-Za-z_]{0,39}", re.ASCII)


def one_of(value: object, known: Collection[str]) -> str:
    """`value` where it is known, else `other`."""
    text = str(value)
    return text if text in known else OTHER


def outcome(value: object, *more: str) -> str:
    """An HTTP status, a failures.Reason, or one of `more`."""
    text = str(value)
    return text if text in _REASONS or text in more or _STATUS.fullmatch(text) else OTHER


class Words:
    """Names that our own sources give (a role, a kind of work): as written, up to `most` different ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[str] = set()

    def __call__(self, value: object) -> str:
        text = str(value)
        if text in self._seen:
            return text
        if len(self._seen) >= self._most or not _WORD.fullmatch(text):
            return OTHER
        self._seen.add(text)
        return text

"""A copy of what JSON is made of, several times as fast as copy.deepcopy, which is most of what a busy cluster does."""

from __future__ import annotations

import copy
from typing import TypeVar

_ATOMS = frozenset({str, int, float, bool, type(None)})

T = TypeVar("T")


def copied(value: T) -> T:
    """The same dicts, lists and values, none of them shared with `value`; anything else as copy.deepcopy copies it."""
    kind = type(value)
    if kind is dict:
        return {k: v if type(v) in _ATOMS else copied(v) for k, v in value.items()}  # type: ignore[return-value, attr-defined]
    if kind is list:
        return [v if type(v) in _ATOMS else copied(v) for v in value]  # type: ignore[return-value, attr-defined]
    return value if kind in _ATOMS else copy.deepcopy(value)

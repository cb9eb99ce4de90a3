"""UTF-16 lengths: Telegram counts texts and entities in UTF-16 code units, Python in code points."""

from __future__ import annotations


def length(text: str) -> int:
    """Length of `text` in UTF-16 code units (an emoji outside the basic plane counts two)."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def index_of(text: str, offset: int) -> int | None:
    """Python index of a UTF-16 `offset`; None when it lies past the end or inside a surrogate pair."""
    units = 0
    for index, character in enumerate(text):
        if units == offset:
            return index
        units += 2 if character > "\uffff" else 1
    return len(text) if units == offset else None


def cut(text: str, offset: int, size: int) -> str:
    """The part of `text` at a UTF-16 `offset` of `size` code units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[offset * 2 : (offset + size) * 2].decode("utf-16-le", "replace")

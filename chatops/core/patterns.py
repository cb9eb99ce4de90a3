"""Patterns of places, as grants and maintenance windows have them."""

from chatops.core.people import ANY


def fits(pattern: str, text: str) -> bool:
    """ANY stands for any text, and nothing else stands for anything: `?` and `[` are themselves."""
    if pattern == ANY or not text:
        return pattern == ANY
    first, *others = pattern.split(ANY)
    if not others:
        return text == pattern
    *middle, last = others
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    rest = text[len(first) : len(text) - len(last)]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "x", rest)
        if not found:
            return False
    return True

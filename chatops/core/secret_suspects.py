"""Which lines may hold a secret: a pass over the whole text at the speed of memory. It is often wrong one way only.

Each word is looked for by itself, which is faster than one pattern of them all; the patterns here each begin with few
characters, so that most of a text is skipped. What `secret_shapes` finds has to have something of this in its line.
"""

import re

WORDS = (
    b"pwd", b"secret", b"token", b"credential", b"key", b"authoriz", b'"auth', b"'auth", b"_auth", b"cookie", b"bearer",
    b"basic", b"sessionid", b"phpsessid", b"identified by", b"dockerc", b"sig=", b"signature=", b"pypi-ag",
)  # fmt: skip
"""In small letters."""

_PATTERNS = (
    re.compile(rb"pass(?:[wpc]|[\"'=:\\_])"),
    re.compile(rb"\.(?:[a-z0-9_-]{14}|sid=|0-[0-9a-f]{8})"),
    re.compile(rb"@(?!sha(?:256|512):)"),
    re.compile(rb":(?<=\d{6}:)[\w-]{34}"),
)
"""Of text in small letters."""

_LINE_END = b"\n"

_SHAPES = re.compile(
    rb"[_$JIKCEXAgkqxz](?:[A-Za-z0-9][\w-]{7}(?<=_.{8})|[0-9asy](?<=\$.)|(?<=eyJ)|A(?:(?<=A[KSB]IA)|AA(?<=EAAA))"
    rb"|-[\w-]{8}(?<=[KXk].{9})|[0-9a-f]{32}(?<=[KC].{32})|U-|l[a-z]{1,6}-|3T|0|ox|app-|a(?<=AIza)|s[./](?<=k..))"
)


def suspects(text: str) -> list[int]:
    """Numbers of the lines that may hold a secret, ascending; lines end with a line feed."""
    data = text.encode(errors="replace")
    small = data.lower()
    found: set[int] = set()
    for word in WORDS:
        at = small.find(word)
        while at >= 0:
            found.add(small.rfind(b"\n", 0, at))
            end = small.find(b"\n", at)
            at = small.find(word, end) if end >= 0 else -1
    for pattern, where in (*((pattern, small) for pattern in _PATTERNS), (_SHAPES, data)):
        hit = pattern.search(where)
        while hit is not None:
            found.add(where.rfind(b"\n", 0, hit.start()))
            end = where.find(b"\n", hit.start())
            hit = pattern.search(where, end) if end >= 0 else None
    return _numbers(small, sorted(found))


def _numbers(data: bytes, starts: list[int]) -> list[int]:
    numbers: list[int] = []
    number = before = 0
    for start in starts:
        number += data.count(_LINE_END, before, start + 1)
        before = start + 1
        numbers.append(number)
    return numbers

"""Texts that say the same of different objects: what varies between them is taken out. Pure, and knows no language."""

import re

GAP = "…"
"""What stands where texts differ."""

LOOKED_AT = 1_000
"""Characters of a text that are compared: what differs only later is the same."""

_GENERATED = "[bcdfghjklmnpqrstvwxz2456789]"
"""The letters of apimachinery's rand.String, of which controllers make the ends of names."""

_START, _END = "(?<![A-Za-z0-9])", "(?![A-Za-z0-9])"
"""Where a word begins and ends; an underscore parts words as a dash does."""

_VARIES = re.compile(
    "|".join(
        (
            rf"{_START}[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}{_END}",
            rf"{_START}0x[0-9a-fA-F]+{_END}",
            # A digest or a commit: long, of hexadecimal digits, and not only of letters.
            rf"{_START}(?=[a-fA-F]*\d)[0-9a-fA-F]{{7,}}{_END}",
            rf"(?<=-){_GENERATED}{{5,10}}-{_GENERATED}{{5}}{_END}",
            rf"(?<=[a-z0-9]-)(?!https{_END}){_GENERATED}{{5}}{_END}",
            r"\d+(?:[.,:]\d+)*",
        )
    )
)
_GAPS = re.compile(rf"{GAP}(?:[-.:,/]?{GAP})+")


def skeleton(text: str) -> str:
    """The text without numbers, hashes, UUIDs and generated ends of names, as one line.

    `alloc: cache shard 31` and `alloc: cache shard 7` have the same one: `alloc: cache shard …`.
    """
    flat = " ".join(text[:LOOKED_AT].split())
    return _GAPS.sub(GAP, _VARIES.sub(GAP, flat))

"""A language that nobody speaks: every message two fifths longer, accented and in brackets.

What is not accented on a screen was not said through a Tongue; a bracket without its twin was cut.
"""

import re

from chatops.core.texts import Tongue

OPEN, CLOSE = "⟦", "⟧"
LONGER = 0.4

_KEPT = re.compile(r"(\{[^{}]*\}|</?[a-z][^<>]*>|&[a-z]+;)")
"""Places, tags and entities of a message stay what they are."""
_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÀƁĆĎÉƑĜĤÎĴĶĹṀŃÖƤɊŔŚŢÛṼŴẌÝŽàƀćďéƒĝĥîĵķĺṁńöƥɋŕśţûṽŵẍýž"
)


def pseudo(message: str) -> str:
    parts = _KEPT.split(message)
    said = "".join(part if place % 2 else part.translate(_ACCENTS) for place, part in enumerate(parts))
    length = sum(len(part) for part in parts[::2])
    return f"{OPEN}{said}{'~' * round(length * LONGER)}{CLOSE}" if message.strip() else message


class PseudoTongue(Tongue):
    """Speaks it, as far as messages go; months and plural forms are English."""

    def __init__(self) -> None:
        super().__init__("en")
        self._catalogue = _Pseudo()  # type: ignore[assignment]  # as much of a catalogue as a Tongue asks for


class _Pseudo:
    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return pseudo(one if number == 1 else many)

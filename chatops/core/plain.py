"""Text of strangers (log lines, event messages) made safe to show: no escape sequences, no control characters."""

import re
import unicodedata

from chatops.core.masking import mask_lines

_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
"""Colours and cursor movements."""

_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
"""OSC and its kin: window titles, hyperlinks."""

_SHORT = r"\x1b[ -/]*[0-~]"

_ESCAPES = re.compile(f"{_CSI}|{_STRING}|{_SHORT}")


def plain_line(text: str) -> str:
    """One line: no escape sequences, of what carriage returns overwrote only the last, tabs kept.

    Invisible characters (control, bidi, private use) go too: text must read in the order it is stored.
    """
    text = _ESCAPES.sub("", text).rstrip("\r\n")
    if "\r" in text:
        text = text.rsplit("\r", 1)[1]
    if text.isprintable():
        return text
    return "".join(c for c in text if c == "\t" or not unicodedata.category(c).startswith("C"))


def safe_text(text: str) -> str:
    """Several lines joined into one, its secrets masked: colours go first, they would hide a token's shape."""
    return " ".join(
        line.strip() for line in mask_lines([plain_line(part) for part in text.splitlines()]) if line.strip()
    )

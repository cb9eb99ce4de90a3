"""Text as Markdown: what comes from elsewhere is escaped, so that no label or note becomes a link or a table."""

import re
from collections.abc import Iterable, Sequence

from chatops.core.texts import one_line

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_BEGINS_SOMETHING = re.compile(r"^([-+=]|\d+[.)])(?=\s|$)|^(-{2,}|={2,})")

CELL = 300
"""Characters of one cell."""


def escaped(text: str, limit: int = CELL) -> str:
    """One line that reads as it is written."""
    line = _MEANS_SOMETHING.sub(r"\\\1", one_line(text, limit))
    return _BEGINS_SOMETHING.sub(lambda found: f"\\{found.group()}", line)


def code(text: str, limit: int = CELL) -> str:
    """Text that is shown to the letter, whatever backticks it holds."""
    line = one_line(text, limit)
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}" if line else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; cells are Markdown already."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]

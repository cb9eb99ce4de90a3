"""Which part of a log is asked for, and what of it is shown: the arguments of a log screen's buttons, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass

TAIL = 50
"""Lines that are asked for first."""

TAILS = (50, 200, 1_000)
SINCE = (300, 900, 3_600)
"""Seconds back that are offered."""

SINCE_TAIL = 1_000
"""Lines that are asked for with a time: all there are, within reason."""

FILE_TAIL = 5_000
FILE_BYTES = 1024 * 1024
"""What a file holds at most; the newest of it."""

SEARCHED = 100
"""Characters of a text that is searched for."""


@dataclass(frozen=True, slots=True)
class LogAsk:
    """`since` is in seconds, 0 for no limit. An empty `container` is the one most worth reading.

    `errors` and `search` choose among the lines that were fetched; `kept` names those, so that they are not fetched
    again.
    """

    container: str = ""
    previous: bool = False
    since: int = 0
    tail: int = TAIL
    errors: bool = False
    search: str = ""
    kept: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "LogAsk":
        """Read back from a button; what makes no sense is as if it were not there."""
        return cls(
            container=args.get("container", ""),
            previous="previous" in args,
            since=_number(args.get("since"), 0),
            tail=max(1, min(_number(args.get("tail"), TAIL), FILE_TAIL)),
            errors="errors" in args,
            search=args.get("search", "")[:SEARCHED],
            kept=args.get("kept", ""),
        )

    @property
    def args(self) -> dict[str, str]:
        """For a button. What is as usual is left out."""
        said = {
            "container": self.container,
            "previous": "1" if self.previous else "",
            "since": str(self.since) if self.since else "",
            "tail": str(self.tail) if self.tail != TAIL else "",
            "errors": "1" if self.errors else "",
            "search": self.search,
            "kept": self.kept,
        }
        return {name: value for name, value in said.items() if value}


NAMES = frozenset({"container", "previous", "since", "tail", "errors", "search", "kept"})
"""Every argument that is part of an ask."""


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else default

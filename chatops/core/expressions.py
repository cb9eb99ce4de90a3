"""Regular expressions for the values of labels: those of Alertmanager itself, whose cost is bounded whatever they say.

RE2 is what Alertmanager's and Prometheus' own follow. It never goes back: a value is read once.
"""

from functools import lru_cache
from typing import Any

from chatops.core.misread import Misread
from chatops.core.texts import mark

LONGEST = 200
"""Characters of an expression."""

_MEMORY = 1024 * 1024
"""Bytes that an expression may take; RE2 gives up on one that needs more."""


class Expression:
    """Made by `compiled`."""

    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def fits(self, value: str) -> bool:
        """Whether the whole value is what the expression says, as Alertmanager compares."""
        return self._pattern.fullmatch(_sound(value)) is not None


@lru_cache(maxsize=512)
def compiled(text: str) -> Expression:
    """The expression that the text is. Raises Misread."""
    # Here, since most chats' routes have no expression, and RE2's libraries take 2.5 MB.
    import re2

    if len(text) > LONGEST:
        raise Misread(mark("is longer than {most} characters: shorten it"), most=LONGEST)
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return Expression(re2.compile(_sound(text), options))
    except re2.error as error:
        told = error.args[0] if error.args else ""
        problem = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise Misread(mark("is no regular expression: {problem}"), problem=problem) from error


def _sound(text: str) -> str:
    """Halves of surrogate pairs have no bytes that could be compared."""
    return text.encode("utf-8", "replace").decode()

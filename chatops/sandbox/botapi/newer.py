"""Newer: how much of what came to the Bot API in 2026 this stand-in knows, so that it can be an older server.

A server that is older passes over parameters it does not know, and answers 404 to such methods; one that is not
Telegram's own may refuse both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Knows(StrEnum):
    """`refused`: answered with 400; `ignored`: as if it had not been asked for, and 404 where it is a method."""

    YES = "yes"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(slots=True)
class Newer:
    """https://core.telegram.org/bots/api-changelog: rich messages came with 10.1, ephemeral ones with 10.2."""

    ephemeral: Knows = Knows.YES
    rich: Knows = Knows.YES

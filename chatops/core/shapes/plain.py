"""Words of the screens as plain text."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from markupsafe import Markup

from chatops.core.texts import showable

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""With its zone: RFC 3339 in JSON."""


def plain(told: Markup | str | None) -> str:
    """Without tags, and with what was escaped as it was; empty for nothing."""
    if told is None:
        return ""
    return told.striptags() if isinstance(told, Markup) else showable(told)


def seconds(length: timedelta | None) -> int | None:
    return None if length is None else max(0, round(length.total_seconds()))

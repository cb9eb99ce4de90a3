"""What only newer Telegram servers and clients know, and every message can do without."""

from enum import StrEnum


class Feature(StrEnum):
    """Colours of buttons, buttons that copy, quotes that unfold, moments in the reader's own zone, messages in a group
    that one person sees, tables and sections, and buttons that open a Mini App.
    """

    COLOURS = "colours"
    COPY = "copy"
    QUOTES = "quotes"
    TIMES = "times"
    EPHEMERAL = "ephemeral"
    RICH = "rich"
    APPS = "apps"


Features = frozenset[Feature]

CERTAIN: Features = frozenset({Feature.COLOURS, Feature.COPY, Feature.QUOTES, Feature.TIMES})
"""Of which it is known how older clients show them."""
EVERY: Features = frozenset(Feature)
NONE: Features = frozenset()
GRANTED: Features = frozenset({Feature.APPS})
"""Used wherever there is something to use it for: whoever wants no Mini App sets none up."""
OF_TEXT: Features = frozenset({Feature.QUOTES, Feature.TIMES})
OF_KEYS: Features = frozenset({Feature.COLOURS, Feature.COPY, Feature.APPS})

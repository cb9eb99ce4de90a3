"""What only newer Telegram servers and clients know, and every message can do without."""

from enum import StrEnum


class Feature(StrEnum):
    """Colours of buttons, buttons that copy, quotes that unfold, moments in the reader's own zone, messages in a group
    that one person sees, and tables and sections.
    """

    COLOURS = "colours"
    COPY = "copy"
    QUOTES = "quotes"
    TIMES = "times"
    EPHEMERAL = "ephemeral"
    RICH = "rich"


Features = frozenset[Feature]

CERTAIN: Features = frozenset({Feature.COLOURS, Feature.COPY, Feature.QUOTES, Feature.TIMES})
"""Of which it is known how older clients show them."""
EVERY: Features = frozenset(Feature)
NONE: Features = frozenset()
OF_TEXT: Features = frozenset({Feature.QUOTES, Feature.TIMES})
OF_KEYS: Features = frozenset({Feature.COLOURS, Feature.COPY})

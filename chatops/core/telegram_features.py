"""What only newer Telegram servers and clients know, and every message can do without."""

from enum import StrEnum


class Feature(StrEnum):
    """Colours of buttons, buttons that copy, quotes that unfold, and moments in the reader's own zone."""

    COLOURS = "colours"
    COPY = "copy"
    QUOTES = "quotes"
    TIMES = "times"


Features = frozenset[Feature]

EVERY: Features = frozenset(Feature)
NONE: Features = frozenset()
OF_TEXT: Features = frozenset({Feature.QUOTES, Feature.TIMES})
OF_KEYS: Features = frozenset({Feature.COLOURS, Feature.COPY})

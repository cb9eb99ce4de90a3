"""When the bot was not there for its people, and which presses came too late to count. Pure.

Telegram gives no date of a press: it is judged by when its update came, and by how long nobody was asking for any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

TAP_LIFE = timedelta(seconds=150)
"""Telegram keeps a press this long for a bot that does not ask, and then forgets it without a word to anybody."""

CAUGHT_UP = timedelta(seconds=2)
"""What comes this soon after the return was pressed before it."""

NOTE_STANDS = timedelta(minutes=10)
"""How long a card that does not change says that the bot was away."""

AWAY, BACK = "away", "back"
"""Arguments of a card's position: for how many seconds the bot was away, and until when."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Presses between `since` and `until` did not count."""

    since: datetime
    until: datetime

    @property
    def span(self) -> timedelta:
        return self.until - self.since


def absence(heard_at: datetime | None, now: datetime) -> Absence | None:
    """The absence that ends now, if it was one: shorter ones lose no press. None where nothing was ever heard."""
    if heard_at is None or now - heard_at <= TAP_LIFE:
        return None
    return Absence(heard_at, now)


def too_late(came_at: datetime, last: Absence | None, now: datetime) -> Absence | None:
    """Because of which absence a press does not count that was stored at `came_at`; None where it does.

    `last` is the last absence. A press that lay in the database longer than Telegram keeps one is too late as well.
    """
    if last is not None and last.since < came_at <= last.until + CAUGHT_UP:
        return last
    return absence(came_at, now)


def note_of(absence: Absence) -> dict[str, str]:
    """The absence as arguments of a card's position."""
    return {AWAY: str(round(absence.span.total_seconds())), BACK: absence.until.isoformat()}


def away(args: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the bot was away, where a card at this position still has to say so."""
    if AWAY not in args or BACK not in args or now - datetime.fromisoformat(args[BACK]) >= NOTE_STANDS:
        return None
    return timedelta(seconds=int(args[AWAY]))

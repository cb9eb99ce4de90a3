"""Asides: messages below a group's card in which one person looks at something. When one is to be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEFT_ALONE = timedelta(minutes=15)
"""An aside that nobody touched for this long is taken away."""

TAKEN_AWAY_WITHIN = timedelta(hours=47)
"""Of its sending: Telegram deletes nothing older than 48 hours, so it is not asked to."""

MOST = 3
"""Asides of one person in a chat: one more takes the oldest away."""


@dataclass(frozen=True, slots=True)
class Aside:
    """`below`: the card or digest it answers. `touched_at`: when it was last moved on, at first when it was sent."""

    message_id: int
    user_id: int
    below: int
    sent_at: datetime
    touched_at: datetime

    def deletable(self, now: datetime) -> bool:
        return abs(now - self.sent_at) < TAKEN_AWAY_WITHIN


def left_alone(asides: Sequence[Aside], now: datetime) -> tuple[Aside, ...]:
    """By their distance: a clock that was set back must not leave one standing for ever."""
    return tuple(each for each in asides if abs(now - each.touched_at) >= LEFT_ALONE)


def crowded_out(asides: Sequence[Aside], user_id: int) -> tuple[Aside, ...]:
    """This person's beyond MOST, those touched longest ago."""
    theirs = sorted((each for each in asides if each.user_id == user_id), key=lambda each: each.touched_at)
    return tuple(theirs[: max(0, len(theirs) - MOST)])


def next_look(asides: Sequence[Aside], now: datetime) -> float | None:
    """Seconds until the first of them may have been left alone; None without any."""
    if not asides:
        return None
    idle = max(abs(now - each.touched_at) for each in asides)
    return max(1.0, (LEFT_ALONE - idle).total_seconds() + 1)

"""How much one person may ask of the bot in one chat: a token bucket, as a value. It knows no clock and no chat."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BURST = 30
"""Presses and commands at once."""

WINDOW = timedelta(seconds=30)
"""In which a whole burst comes back, evenly."""

_EACH = WINDOW / BURST


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of `BURST` as of `at`. `refused`: this person was told already that it is too much."""

    left: float
    at: datetime
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """`wait` is zero when it was granted, else whole seconds until the next is; `first`: of a burst's refusals."""

    wait: int = 0
    first: bool = False


def spend(budget: Budget | None, now: datetime) -> tuple[Budget, Ruling]:
    """One press or command at `now`; None is somebody who asked for nothing yet.

    A burst of refusals ends when half of the budget is back: one granted in between is no reason to tell again.
    """
    known = budget or Budget(BURST, now)
    # A clock that was set back takes nothing away and gives nothing.
    gained = max(now - known.at, timedelta()) / _EACH
    left = min(float(BURST), known.left + gained)
    refused = known.refused and left < BURST / 2
    if left < 1:
        wait = max(1, -int(-((1 - left) * _EACH).total_seconds() // 1))
        return replace(known, left=left, at=now, refused=True), Ruling(wait, first=not refused)
    return Budget(left - 1, now, refused), Ruling()


class Budgets:
    """The budgets of everybody who was heard of lately; `MOST` are remembered."""

    MOST = 1_000

    def __init__(self) -> None:
        self._known: dict[int, Budget] = {}

    def spend(self, user_id: int, now: datetime) -> Ruling:
        """One press or command of this person."""
        budget, ruling = spend(self._known.pop(user_id, None), now)
        self._known[user_id] = budget
        if len(self._known) > self.MOST:
            # The one who was silent the longest has the fullest.
            del self._known[next(iter(self._known))]
        return ruling

"""How often a child may die, and how long it stays down before the next try. Pure: the time comes in."""

from collections import deque


class RestartBudget:
    """At most `intensity` restarts in `period` seconds.

    The first is at once, the second after `backoff` seconds, and each further one after twice as long.
    """

    def __init__(self, *, intensity: int, period: float, backoff: float) -> None:
        self._intensity = intensity
        self._period = period
        self._backoff = backoff
        self._spent: deque[float] = deque()

    def spend(self, now: float) -> float | None:
        """Seconds to wait before the restart that is due at `now`; None when the budget is used up."""
        while self._spent and now - self._spent[0] >= self._period:
            self._spent.popleft()
        recent = len(self._spent)
        if recent >= self._intensity:
            return None
        self._spent.append(now)
        return float(self._backoff * 2 ** (recent - 1)) if recent else 0.0

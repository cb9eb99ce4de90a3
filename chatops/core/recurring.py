"""A trouble that goes on and is met again and again: when to say so. It knows neither what it is nor who is told."""

SAY_AGAIN_SECONDS = 60.0


class Recurring:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._met = 0
        self._said_at = 0.0

    def met(self, now: float) -> bool:
        """It was met at `now` (seconds of any clock that goes on); whether that is to be said."""
        self._met += 1
        say = self._met == 1 or now - self._said_at >= SAY_AGAIN_SECONDS
        if say:
            self._said_at = now
        return say

    def over(self) -> int:
        """How often it was met until now, when it is over; 0 where there was none."""
        met, self._met = self._met, 0
        return met

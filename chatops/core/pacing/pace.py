"""How fast the bot may talk, and how long it is quiet after a failure. It knows of no chat and of no message."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST_DOUBLING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the bot may talk. Telegram names 20 a minute in a group, 1 a second in a chat, 30 a second in all.

    Messages and edits share one budget. `group_reserve` of the group's minute is kept from edits and digests, and
    `private_reserve` of a private chat's burst, so that a new card does not wait for what the last one became. An
    answer to a tap is given up after `answer_life` seconds: Telegram has forgotten the tap by then.
    """

    group_per_minute: int = 18
    group_reserve: int = 4
    private_per_second: float = 1.0
    private_burst: int = 3
    private_reserve: int = 1
    overall_per_second: int = 28
    edit_gap: float = 3.0
    answer_life: float = 14.0
    first_backoff: float = 0.5
    longest_backoff: float = 10.0


class Window:
    """What was spent within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent: deque[float] = deque()

    def free_at(self, now: float, allowed: int) -> float:
        """When one more makes no more than `allowed` in any window; not after `now` means at once."""
        while self._spent and self._spent[0] + self._seconds <= now:
            self._spent.popleft()
        over = len(self._spent) - allowed
        return now if over < 0 else self._spent[over] + self._seconds

    def spend(self, now: float) -> None:
        self._spent.append(now)

    def spent_later(self, now: float) -> None:
        """The newest one was counted by the other side at some moment up to `now`: take the latest."""
        if self._spent:
            self._spent[-1] = now

    def idle(self, now: float) -> bool:
        return not self._spent or self._spent[-1] + self._seconds <= now


class Backoff:
    """`chance` gives numbers from 0 to 1 for the jitter of retries."""

    def __init__(self, pace: Pace, chance: Callable[[], float]) -> None:
        self._pace = pace
        self._chance = chance

    def seconds(self, failures: int, retry_after: float | None) -> float:
        """As long as the other side asked for, or ever longer with the `failures` in a row before this one."""
        if retry_after is not None:
            return retry_after
        longest = min(self._pace.longest_backoff, self._pace.first_backoff * 2.0 ** min(failures, _LONGEST_DOUBLING))
        return longest * (0.5 + self._chance() / 2)

"""Answers to taps: they are outside of all budgets, and given up once nobody can see them any more."""

from typing import Generic

from chatops.core.pacing.pace import Backoff, Pace
from chatops.core.pacing.parcels import D, Parcel


class Answers(Generic[D]):
    """Any number may be under way, and each waits for itself alone after a failure."""

    def __init__(self, pace: Pace, backoff: Backoff) -> None:
        self._life = pace.answer_life
        self._backoff = backoff
        self._waiting: list[Parcel[D]] = []
        self._under_way: list[Parcel[D]] = []

    def __len__(self) -> int:
        """How many wait or are under way."""
        return len(self._waiting) + len(self._under_way)

    def add(self, parcel: Parcel[D]) -> None:
        self._waiting.append(parcel)

    def next(self, now: float) -> Parcel[D] | None:
        """The first that may go at this moment; it is under way from then on."""
        for parcel in self._waiting:
            if parcel.not_before <= now:
                self._waiting.remove(parcel)
                self._under_way.append(parcel)
                return parcel
        return None

    def moments(self) -> list[float]:
        """When each that waits may go."""
        return [parcel.not_before for parcel in self._waiting]

    def ended(self, parcel: Parcel[D]) -> None:
        """Telegram took it, or never will."""
        self._under_way.remove(parcel)

    def failed(self, parcel: Parcel[D], now: float, retry_after: float | None) -> bool:
        """Whether it waits again; else nobody can see it any more by then, and it is forgotten."""
        self._under_way.remove(parcel)
        parcel.not_before = now + self._backoff.seconds(parcel.failures, retry_after)
        parcel.failures += 1
        if parcel.not_before > parcel.added_at + self._life:
            return False
        self._waiting.append(parcel)
        return True

    def recall(self) -> None:
        """Nobody will tell how those under way ended: they wait again."""
        self._waiting += self._under_way
        self._under_way.clear()

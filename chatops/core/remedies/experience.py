"""What helped before: how often an action was tried for an alert, and how often the alert ended soon after.

A trial counts as helped when the alerts ended at most fifteen minutes after the last successful action (UX section 7).
It weighs less as it ages, and nothing after ninety days.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HELPED_WITHIN = timedelta(minutes=15)
REMEMBERED = timedelta(days=90)
LEAST_SAMPLES = 5
"""Fewer than this many trials say nothing."""

_SWING = 40
"""How far experience alone moves a score: half of it either way. Live state keeps the last word."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One action that succeeded while this alert fired. `helped`: the alerts ended soon after."""

    run_id: str
    alert: str
    action: str
    at: datetime
    helped: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Trials of one action for one alert. `rate` is weighted by age; the counts are plain."""

    tried: int
    helped: int
    rate: float


@dataclass(frozen=True, slots=True)
class Experience:
    """Records by action id, of the alert at hand."""

    records: dict[str, Record] = field(default_factory=dict)

    def swing(self, action: str) -> int:
        """What to add to the action's score: from -20 (never helped) to +20 (always did); 0 for too few trials."""
        record = self.records.get(action)
        if record is None or record.tried < LEAST_SAMPLES:
            return 0
        return round(_SWING * (record.rate - 0.5))

    def told(self, action: str) -> str:
        """`9/10`, for the sentence that says so; empty for too few trials."""
        record = self.records.get(action)
        return f"{record.helped}/{record.tried}" if record and record.tried >= LEAST_SAMPLES else ""


def experience_of(trials: Iterable[Trial], now: datetime) -> Experience:
    """The records that these trials of one alert make."""
    by_action: dict[str, list[Trial]] = {}
    for trial in trials:
        if now - trial.at < REMEMBERED:
            by_action.setdefault(trial.action, []).append(trial)
    return Experience({action: _record(found, now) for action, found in by_action.items()})


def _record(trials: list[Trial], now: datetime) -> Record:
    weights = [(1.0 - max(now - trial.at, timedelta(0)) / REMEMBERED, trial.helped) for trial in trials]
    total = sum(weight for weight, _ in weights)
    helped = sum(weight for weight, each in weights if each)
    return Record(len(trials), sum(trial.helped for trial in trials), helped / total if total else 0.0)

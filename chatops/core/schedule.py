"""A moment of each week: when the review of the last one is due."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(r"([a-z]{3})[a-z]*\s+(\d{1,2}):(\d{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weekly:
    """`weekday` counts from Monday, 0; the time of day is that of `zone`."""

    weekday: int
    at: time
    zone: tzinfo = UTC

    def latest(self, now: datetime) -> datetime:
        """The newest due moment that is not after `now`, in UTC."""
        local = now.astimezone(self.zone)
        day = local.date() - timedelta(days=(local.weekday() - self.weekday) % 7)
        due = datetime.combine(day, self.at, tzinfo=self.zone)
        if due > local:
            due = datetime.combine(day - timedelta(days=7), self.at, tzinfo=self.zone)
        return due.astimezone(UTC)


def weekly_of(text: str, zone: tzinfo) -> Weekly:
    """`Mon 10:00` as a schedule. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[1].lower() not in DAYS:
        raise ValueError(text)
    return Weekly(DAYS.index(found[1].lower()), time(int(found[2]), int(found[3])), zone)

"""Cron schedules of five fields: when the next minute is that one of them names."""

from __future__ import annotations

from datetime import datetime, timedelta

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def _values(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        elif "-" in span:
            first, last = (int(each) for each in span.split("-", 1))
        else:
            first = int(span)
            last = high if step else first
        found.update(range(first, last + 1, int(step or 1)))
    if high == 6 and 7 in found:
        found.add(0)
    return frozenset(each for each in found if low <= each <= high)


class CronSchedule:
    """A parsed schedule; ValueError when the text is none."""

    def __init__(self, text: str) -> None:
        fields = _NAMED.get(text, text).split()
        if len(fields) != len(_RANGES):
            raise ValueError(f"expected exactly 5 fields, found {len(fields)}: [{text}]")
        self._sets = [_values(each, *span) for each, span in zip(fields, _RANGES, strict=True)]
        self._any_day = fields[2] in ("*", "?")
        self._any_weekday = fields[4] in ("*", "?")

    def _day(self, moment: datetime) -> bool:
        day = moment.day in self._sets[2]
        weekday = moment.isoweekday() % 7 in self._sets[4]
        if self._any_day or self._any_weekday:
            return day and weekday
        return day or weekday

    def after(self, moment: datetime) -> datetime | None:
        """The first matching minute after `moment`, None when there is none within five years."""
        at = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = at + timedelta(days=5 * 366)
        while at < end:
            if at.month not in self._sets[3] or not self._day(at):
                at = at.replace(hour=0, minute=0) + timedelta(days=1)
            elif at.hour not in self._sets[1]:
                at = at.replace(minute=0) + timedelta(hours=1)
            elif at.minute not in self._sets[0]:
                at += timedelta(minutes=1)
            else:
                return at
        return None

"""Maintenance windows: where and when trouble is expected, at whose word. Knows no incident."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatops.core.masking import mask
from chatops.core.patterns import fits
from chatops.core.texts import one_line

LONGEST = timedelta(days=7)
"""A window that nobody ends must not hush a namespace for ever."""
LONGEST_REASON = 120

_LENGTH = re.compile(r"(\d{1,3})(min|m|h|d)", re.ASCII)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Window:
    """Patterns of cluster and namespace, as in grants; `number` is 0 until it is kept."""

    number: int
    cluster: str
    namespace: str
    begins_at: datetime
    ends_at: datetime
    reason: str
    by_name: str

    def covers(self, cluster: str, namespace: str, now: datetime) -> bool:
        return self.begins_at <= now < self.ends_at and fits(self.cluster, cluster) and fits(self.namespace, namespace)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What an incident that began inside a window keeps of it."""

    window: int
    ends_at: datetime
    reason: str
    by_name: str


def expected(windows: Iterable[Window], cluster: str, namespace: str, now: datetime) -> Maintenance | None:
    """Of several windows the one that ends last; None where trouble is not expected."""
    found = [window for window in windows if window.covers(cluster, namespace, now)]
    if not found:
        return None
    last = max(found, key=lambda window: window.ends_at)
    return Maintenance(last.number, last.ends_at, last.reason, last.by_name)


def span_typed(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when: `2h`, `30min` or `1d` from now on, or `22:00-23:30` in UTC, the next time that ends; None for
    neither, and for what is longer than LONGEST.
    """
    moment = now.replace(second=0, microsecond=0)
    if length := _LENGTH.fullmatch(text.lower()):
        span = int(length[1]) * _UNITS[length[2]]
        return (moment, moment + span) if timedelta(0) < span <= LONGEST else None
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    hours = [int(each) for each in found.groups()]
    if hours[0] > 23 or hours[2] > 23 or hours[1] > 59 or hours[3] > 59 or hours[:2] == hours[2:]:
        return None
    begin = moment.replace(hour=hours[0], minute=hours[1])
    end = moment.replace(hour=hours[2], minute=hours[3])
    if end < begin:
        # Over midnight: it may have begun yesterday.
        begin, end = (begin - timedelta(days=1), end) if now < end else (begin, end + timedelta(days=1))
    if end <= now:
        begin, end = begin + timedelta(days=1), end + timedelta(days=1)
    return begin, end


def reason_typed(text: str) -> str:
    """Secrets are masked before the cut, which could halve one beyond recognition."""
    return one_line(mask(text), LONGEST_REASON)

"""When an event of a calendar repeats (RFC 5545, RRULE), with an end to the reckoning whatever the rule says.

Moments are those of the clock on the wall, without a zone. It knows rules and no events.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any

from dateutil.rrule import DAILY, HOURLY, MONTHLY, WEEKLY, YEARLY, rrule, weekdays

from chatops.core.failures import Permanent, Reason

MOST_STEPS = 200_000
"""Of one calendar: a second or two. Some 170 weekly events that began five years ago take as many."""

_MONTH_STEPS = 15
"""What it costs to go through a month, or a year, also where the rule finds nothing in it."""

_FREQUENCIES = {"YEARLY": YEARLY, "MONTHLY": MONTHLY, "WEEKLY": WEEKLY, "DAILY": DAILY, "HOURLY": HOURLY}
_LONGEST_INTERVAL = 1_000
_MOST_NUMBERS = 62
_MOST_TIMES = 48
_NUMBERS = ("BYSETPOS", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYMINUTE", "BYSECOND")
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_NUMBERS})
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Rule = Mapping[str, Sequence[Any]]
"""The parts of an RRULE by name, each with its values."""


class Budget:
    """The steps that a calendar may take in all. `spend` raises Permanent(REFUSED) once they are used up."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise Permanent(Reason.REFUSED, "its events repeat too often to be gone through")


def repeated(rule: Rule, start: datetime, zone: tzinfo, budget: Budget, before: datetime) -> Iterator[datetime]:
    """When it begins, in order, from `start` on and before `before`. Raises ValueError for what is no rule.

    `zone` is what `start` is in: an end of the rule is told in UTC.
    """
    for moment in _Bounded(budget, **_arguments(rule, start, zone)):
        budget.spend(1)
        if moment >= before:
            return
        yield moment


class _Bounded(rrule):
    """dateutil looks for the next moment up to the year 9999, also where a rule has none; here its steps are counted.

    It asks for `_byeaster` once for each month or year it goes through. No RRULE has such a part.
    """

    def __init__(self, budget: Budget, **arguments: Any) -> None:
        self._budget = budget
        super().__init__(**arguments)

    @property
    def _byeaster(self) -> None:
        self._budget.spend(_MONTH_STEPS)

    @_byeaster.setter
    def _byeaster(self, value: object) -> None:
        pass


def _arguments(rule: Rule, start: datetime, zone: tzinfo) -> dict[str, Any]:
    if not set(rule) <= _KNOWN or sum(map(len, rule.values())) > _MOST_NUMBERS:
        raise ValueError("a rule with unknown parts, or too many")
    times = [len(rule.get(part, (0,))) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    interval = int(_only(rule, "INTERVAL", 1))
    if not 1 <= interval <= _LONGEST_INTERVAL or times[0] * times[1] * times[2] > _MOST_TIMES:
        raise ValueError("a rule whose steps are too long, or too many a day")
    count, until = _only(rule, "COUNT", None), _only(rule, "UNTIL", None)
    found: dict[str, Any] = {
        "freq": _FREQUENCIES[str(_only(rule, "FREQ", "")).upper()],
        "dtstart": start,
        "interval": interval,
        "count": None if count is None else int(count),
        "until": None if until is None else _until(until, zone),
        "wkst": weekdays[_DAYS.index(str(_only(rule, "WKST", "MO")).upper())],
    }
    for part in _NUMBERS:
        if part in rule:
            found[part.lower()] = [int(value) for value in rule[part]]
    if "BYDAY" in rule:
        found["byweekday"] = [_weekday(str(value)) for value in rule["BYDAY"]]
    return found


def _only(rule: Rule, part: str, otherwise: Any) -> Any:
    values = rule.get(part, (otherwise,))
    if len(values) != 1:
        raise ValueError(f"{part} does not stand there once")
    return values[0]


def _weekday(text: str) -> Any:
    read = re.fullmatch(r"([+-]?\d{1,2})?([A-Z]{2})", text.upper())
    if read is None:
        raise ValueError("no day of the week")
    day = weekdays[_DAYS.index(read[2])]
    return day(int(read[1])) if read[1] else day


def _until(until: date, zone: tzinfo) -> datetime:
    """The last moment at which it may begin; a day counts to its end."""
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until

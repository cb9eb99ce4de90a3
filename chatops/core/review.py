"""How incidents went in a span of time: how many, how fast they were taken and ended, and what made the most noise.

Means of such times mislead (Davidovič, «Incident Metrics in SRE»): there are medians and 90th percentiles, each with
how many they are of. What nobody ever took is counted apart.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import TypeVar

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Status

T = TypeVar("T", bound=Hashable)

NIGHT_FROM, NIGHT_TO = 22, 8
"""Hours of the clock between which people sleep."""

MOST_LISTED = 5
LEAST_NOISE = 2
"""A title that came once is no noise."""

FLAPS, SHORT_LIFE, AT_ONCE = 3, timedelta(minutes=5), timedelta(hours=1)
"""Flapping (UX section 7): three fires or more that lived for less than this, or that began within so long."""

MOST_DAYS = 365
DEFAULT_DAYS = 7
_DAYS = re.compile(r"(\d{1,3})\s*[dд]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` on, and up to `until` without it; of one namespace where that is named."""

    since: datetime
    until: datetime
    namespace: str = ""

    @property
    def days(self) -> int:
        return round((self.until - self.since) / timedelta(days=1))

    @property
    def before(self) -> "Span":
        """As long, right before it: what it is compared with."""
        return Span(self.since - (self.until - self.since), self.since, self.namespace)


@dataclass(frozen=True, slots=True)
class Row:
    """One incident that was opened in the span."""

    id: int
    title: str
    cluster: str
    namespace: str
    severity: Severity
    status: Status
    opened_at: datetime
    began_at: datetime
    """The earliest start of its alerts."""
    ended_at: datetime | None
    """The last end of its alerts, or when a person closed it; None while it is open."""
    acknowledged_at: datetime | None
    by_hand: bool
    """Whether a person closed it."""
    reopened: int
    actions: int
    """Changes of the cluster that were begun."""
    real: int
    noise: int
    """Verdicts."""
    group: str = ""
    """Of the same kind and group: the same trouble again, and not the same trouble of something else."""

    @property
    def kind(self) -> tuple[str, str, str]:
        """What makes incidents alike."""
        return self.title, self.namespace, self.cluster

    @property
    def fires(self) -> int:
        return 1 + self.reopened

    @property
    def taken_after(self) -> timedelta | None:
        return max(self.acknowledged_at - self.began_at, timedelta()) if self.acknowledged_at else None

    @property
    def lasted(self) -> timedelta | None:
        return max(self.ended_at - self.began_at, timedelta()) if self.ended_at else None


@dataclass(frozen=True, slots=True)
class Tried:
    """One action that succeeded on an incident of the span, and whether that ended soon after."""

    kind: tuple[str, str, str]
    action: str
    helped: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Half of them took no longer than `median`, nine of ten no longer than `p90`."""

    count: int
    median: timedelta
    p90: timedelta


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an action was tried, and helped."""

    action: str
    tried: int
    helped: int


@dataclass(frozen=True, slots=True)
class Noisy:
    """Incidents that are alike. `fixed_by` is what helped most often."""

    title: str
    namespace: str
    cluster: str
    times: int
    actions: int
    noise: int
    """How many of them somebody called noise."""
    fixed_by: Tally | None = None


@dataclass(frozen=True, slots=True)
class Flapping:
    title: str
    namespace: str
    cluster: str
    fires: int
    median: timedelta


@dataclass(frozen=True, slots=True)
class Review:
    """All counts are of incidents opened in the span, as they are now."""

    span: Span
    incidents: int = 0
    before: int = 0
    """How many there were in as long a time before."""
    open: int = 0
    rejected: int = 0
    night: int = 0
    severities: dict[Severity, int] = field(default_factory=dict)
    never_taken: int = 0
    taken: Times | None = None
    resolved: Times | None = None
    healed: int = 0
    acted: int = 0
    closed_by_hand: int = 0
    """Of those resolved: by themselves, after an action, by a person who said so."""
    noisiest: tuple[Noisy, ...] = ()
    helped: tuple[Tally, ...] = ()
    flapping: tuple[Flapping, ...] = ()


def asked_for(argument: str) -> tuple[int, str]:
    """Days and namespace from what was written behind the command: `30d shop`, in any order, each may be missing."""
    days, namespace = DEFAULT_DAYS, ""
    for word in argument.split()[:4]:
        found = _DAYS.fullmatch(word)
        if found:
            days = min(max(int(found[1]), 1), MOST_DAYS)
        else:
            namespace = word[:253]
    return days, namespace


def review_of(span: Span, rows: Sequence[Row], tried: Sequence[Tried], *, before: int, zone: tzinfo) -> Review:
    """`rows` are the incidents of the span, in any order; nights are those of `zone`."""
    over = [row for row in rows if row.status is Status.RESOLVED]
    by_self = [row for row in over if not row.by_hand]
    return Review(
        span=span,
        incidents=len(rows),
        before=before,
        open=sum(row.status is Status.ACTIVE for row in rows),
        rejected=sum(row.status is Status.REJECTED for row in rows),
        night=sum(_at_night(row.opened_at, zone) for row in rows),
        severities={severity: count for severity in Severity if (count := _count(rows, severity))},
        never_taken=sum(row.acknowledged_at is None for row in rows),
        taken=times_of(row.taken_after for row in rows),
        resolved=times_of(row.lasted for row in over),
        healed=sum(not row.actions for row in by_self),
        acted=sum(bool(row.actions) for row in by_self),
        closed_by_hand=len(over) - len(by_self),
        noisiest=_noisiest(rows, tried),
        helped=tallies(tried),
        flapping=_flapping(rows),
    )


def times_of(lengths: Iterable[timedelta | None]) -> Times | None:
    """Of those that are there: nearest rank, so that each is a time that was really taken. None of nothing."""
    known = sorted(length for length in lengths if length is not None)
    if not known:
        return None
    return Times(len(known), known[ceil(len(known) * 0.5) - 1], known[ceil(len(known) * 0.9) - 1])


def tallies(tried: Iterable[Tried]) -> tuple[Tally, ...]:
    """By action: what helped most often first."""
    times, helped = Counter[str](), Counter[str]()
    for each in tried:
        times[each.action] += 1
        helped[each.action] += each.helped
    found = (Tally(action, count, helped[action]) for action, count in times.items())
    return tuple(sorted(found, key=lambda tally: (-tally.helped, -tally.tried, tally.action)))


def _count(rows: Iterable[Row], severity: Severity) -> int:
    return sum(row.severity is severity for row in rows)


def _at_night(moment: datetime, zone: tzinfo) -> bool:
    hour = moment.astimezone(zone).hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def _grouped(rows: Iterable[Row], key: Callable[[Row], T]) -> dict[T, list[Row]]:
    found: dict[T, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _noisiest(rows: Sequence[Row], tried: Iterable[Tried]) -> tuple[Noisy, ...]:
    fixes: dict[tuple[str, str, str], list[Tried]] = {}
    for each in tried:
        fixes.setdefault(each.kind, []).append(each)
    by_kind = _grouped(rows, lambda row: row.kind)
    counted = {kind: sum(row.fires for row in alike) for kind, alike in by_kind.items()}
    loudest = sorted((kind for kind in counted if counted[kind] >= LEAST_NOISE), key=lambda k: (-counted[k], k))
    return tuple(
        Noisy(
            *kind,
            times=counted[kind],
            actions=sum(row.actions for row in by_kind[kind]),
            noise=sum(bool(row.noise) for row in by_kind[kind]),
            fixed_by=next((tally for tally in tallies(fixes.get(kind, ())) if tally.helped), None),
        )
        for kind in loudest[:MOST_LISTED]
    )


def _flapping(rows: Iterable[Row]) -> tuple[Flapping, ...]:
    found = []
    for (kind, _), alike in _grouped(rows, lambda row: (row.kind, row.group)).items():
        fires = sum(row.fires for row in alike)
        lives = times_of(row.lasted for row in alike)
        if fires < FLAPS or lives is None:
            continue
        if lives.median < SHORT_LIFE or _at_once(alike):
            found.append(Flapping(*kind, fires=fires, median=lives.median))
    return tuple(sorted(found, key=lambda each: (-each.fires, each.title, each.namespace))[:MOST_LISTED])


def _at_once(alike: Iterable[Row]) -> bool:
    """Whether three of its fires lie within an hour: beginnings, or what one short incident was reopened for."""
    starts = sorted(row.opened_at for row in alike)
    if any(row.fires >= FLAPS and row.lasted is not None and row.lasted <= AT_ONCE for row in alike):
        return True
    return any(later - first <= AT_ONCE for first, later in zip(starts, starts[FLAPS - 1 :], strict=False))

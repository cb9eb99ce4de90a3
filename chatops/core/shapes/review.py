"""How incidents went in a span of time, as the API tells it. Times are seconds."""

from datetime import tzinfo

from msgspec import Struct

from chatops.core import review
from chatops.core.actions import ACTIONS
from chatops.core.alerts import Severity
from chatops.core.charts import Charts, Day, Week
from chatops.core.shapes.incidents import title_of
from chatops.core.shapes.plain import Moment, seconds
from chatops.core.texts import Tongue


class Times(Struct, frozen=True):
    """Half took no longer than `median`, nine of ten no longer than `p90`."""

    count: int
    median: int
    p90: int


class Helped(Struct, frozen=True):
    """How often an action was tried, and helped."""

    action: str
    title: str
    tried: int
    helped: int


class Noisy(Struct, frozen=True):
    title: str
    namespace: str
    cluster: str
    times: int
    actions: int
    noise: int
    fixed_by: Helped | None


class Flapping(Struct, frozen=True):
    title: str
    namespace: str
    cluster: str
    fires: int
    median: int


class WeekTold(Struct, frozen=True):
    """Of the incidents opened in the week that begins on this Monday; null where nothing was taken, or ended."""

    week: str
    count: int
    taken_median: int | None
    taken_p90: int | None
    resolved_median: int | None
    resolved_p90: int | None


class DayTold(Struct, frozen=True):
    day: str
    critical: int
    warning: int
    info: int
    none: int


class Statistics(Struct, frozen=True, kw_only=True):
    """Of incidents opened in the span, as they are now. `before`: how many there were in as long a time before it.

    `hours`: seven days from Monday on, of 24 hours each, in `zone`.
    """

    since: Moment
    until: Moment
    zone: str
    incidents: int
    before: int
    open: int
    rejected: int
    night: int
    never_taken: int
    healed: int
    acted: int
    closed_by_hand: int
    taken: Times | None
    resolved: Times | None
    severities: dict[Severity, int]
    noisiest: tuple[Noisy, ...]
    helped: tuple[Helped, ...]
    flapping: tuple[Flapping, ...]
    by_day: tuple[DayTold, ...]
    hours: tuple[tuple[int, ...], ...]
    by_week: tuple[WeekTold, ...]


def statistics(told: review.Review, charts: Charts, zone: tzinfo, tongue: Tongue) -> Statistics:
    span = told.span
    return Statistics(
        since=span.since,
        until=span.until,
        zone=str(zone),
        incidents=told.incidents,
        before=told.before,
        open=told.open,
        rejected=told.rejected,
        night=told.night,
        never_taken=told.never_taken,
        healed=told.healed,
        acted=told.acted,
        closed_by_hand=told.closed_by_hand,
        taken=_times(told.taken),
        resolved=_times(told.resolved),
        severities=told.severities,
        noisiest=tuple(_noisy(each, tongue) for each in told.noisiest),
        helped=tuple(_helped(each, tongue) for each in told.helped),
        flapping=tuple(
            Flapping(title_of(f.title, tongue), f.namespace, f.cluster, f.fires, seconds(f.median) or 0)
            for f in told.flapping
        ),
        by_day=tuple(map(_day, charts.by_day)),
        hours=charts.hours,
        by_week=tuple(map(_week, charts.by_week)),
    )


def _times(times: review.Times | None) -> Times | None:
    return Times(times.count, seconds(times.median) or 0, seconds(times.p90) or 0) if times else None


def _helped(tally: review.Tally, tongue: Tongue) -> Helped:
    title = ACTIONS[tally.action].title if tally.action in ACTIONS else tally.action
    return Helped(tally.action, tongue.plain(title), tally.tried, tally.helped)


def _noisy(noisy: review.Noisy, tongue: Tongue) -> Noisy:
    fixed = _helped(noisy.fixed_by, tongue) if noisy.fixed_by else None
    place = (noisy.namespace, noisy.cluster)
    return Noisy(title_of(noisy.title, tongue), *place, noisy.times, noisy.actions, noisy.noise, fixed)


def _day(day: Day) -> DayTold:
    return DayTold(day.day.isoformat(), day.critical, day.warning, day.info, day.none)


def _week(week: Week) -> WeekTold:
    taken, resolved = _times(week.taken), _times(week.resolved)
    return WeekTold(
        week.monday.isoformat(),
        week.count,
        taken.median if taken else None,
        taken.p90 if taken else None,
        resolved.median if resolved else None,
        resolved.p90 if resolved else None,
    )

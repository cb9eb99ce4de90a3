"""What the events of a calendar come to: who has it from when to when, within the weeks ahead."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.rota_calendar import AHEAD, Copy, Shift
from chatops.upstream.events import Dated, events_of
from chatops.upstream.recurrence import Budget, repeated

MOST_SHIFTS = 500
BEHIND = timedelta(days=1)
"""What ended this long ago is left out."""

_EVENT_STEPS = 10


def shifts_of(body: bytes, now: datetime) -> Copy:
    """Raises Temporary where it is no calendar, Permanent where there is too much in it."""
    events, unread = events_of(body, now)
    series: dict[object, list[Dated]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.sequence):
        series[event.uid or object()].append(event)
    budget = Budget()
    found: list[Shift] = []
    for each in series.values():
        budget.spend(_EVENT_STEPS * len(each))
        try:
            found += _shifts(each, now, budget)
        except Failure:
            raise
        except Exception:
            # A rule that is none, a time beyond what can be told: the next event is another one.
            unread += 1
        if len(found) > MOST_SHIFTS:
            raise Permanent(Reason.REFUSED, f"more than {MOST_SHIFTS} events in the weeks ahead")
    found.sort(key=lambda each: (each.begins_at, each.ends_at, each.title))
    return Copy(tuple(found), unread=unread)


def _shifts(events: Sequence[Dated], now: datetime, budget: Budget) -> list[Shift]:
    """Of events with one UID: a series and what is instead of single times of it. Of versions the last counts."""
    core = next((each for each in reversed(events) if each.replaces is None), None)
    instead = {each.replaces: each for each in events if each.replaces is not None}
    found = [_shift(each, each.start) for each in instead.values() if not each.cancelled]
    if core is not None and not core.cancelled:
        found += _series(core, instead, now, budget)
    return [each for each in found if each.begins_at < now + AHEAD and each.ends_at > max(each.begins_at, now - BEHIND)]


def _series(core: Dated, instead: dict[datetime, Dated], now: datetime, budget: Budget) -> Iterator[Shift]:
    onwards = sorted((begin, each) for begin, each in instead.items() if each.onwards)
    for wall in _starts(core, now, budget):
        begin = core.at(wall)
        if wall in core.left_out or wall.date() in core.days_left_out or begin in instead:
            continue
        latest = next((each for since, each in reversed(onwards) if since <= begin), None)
        if latest is None:
            yield _shift(core, wall)
        elif not latest.cancelled and latest.replaces is not None:
            yield _shift(latest, wall + (latest.start - latest.replaces.astimezone(latest.zone).replace(tzinfo=None)))


def _starts(core: Dated, now: datetime, budget: Budget) -> list[datetime]:
    """On the wall, up to the end of what is asked. The first counts also where the rule would leave it out."""
    # What was moved to an earlier time has its own event, so a day more is for the zones alone.
    before = (now + AHEAD + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
    found = {core.start, *core.added}
    for rule in core.rules:
        found.update(repeated(rule, core.start, core.zone, budget, before))
    return sorted(each for each in found if each + core.length > now.replace(tzinfo=None) - 2 * BEHIND)


def _shift(event: Dated, wall: datetime) -> Shift:
    """By the clock on the wall: a week from Monday 10:00 ends at 10:00 also where the clocks change within it."""
    return Shift(event.at(wall), event.at(wall + event.length), event.title, event.invited)

"""How one told alert changes what is recorded of it (the identity rules of Alertmanager's webhook).

Alertmanager promises at-least-once and no order: HA peers repeat each other, a firing can arrive after its end.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from chatops.core.alerts import Alert
from chatops.core.incidents.values import Episode

LATE_WINDOW = timedelta(minutes=5)
"""For this long after its end a firing with an old start is taken for a late duplicate: Alertmanager's default
group_interval, within which a slow peer may still repeat itself."""

REPEATED_AFTER = timedelta(seconds=10)
"""A late duplicate that comes again no sooner than this is none: it is Alertmanager's shortest group_interval."""


class Change(StrEnum):
    """What a told alert meant for its episode."""

    FIRED = "fired"
    REFIRED = "refired"
    RESOLVED = "resolved"
    REPEATED = "repeated"
    UPDATED = "updated"
    LATE = "late"


def merge(episode: Episode | None, alert: Alert, *, now: datetime) -> tuple[Episode, Change]:
    """The episode after `alert` was told, and what that meant. `now` is when it was told."""
    if episode is None:
        change = Change.FIRED if alert.firing else Change.REPEATED
        return Episode(alert, alert.starts_at, alert.ends_at), change
    if episode.firing:
        return _while_firing(episode, alert)
    if not alert.firing:
        return _while_ended(episode, alert)
    if _is_late_duplicate(episode, alert, now):
        return replace(episode, late_at=episode.late_at or now), Change.REPEATED if episode.late_at else Change.LATE
    return Episode(alert, alert.starts_at), Change.REFIRED


def _while_firing(episode: Episode, alert: Alert) -> tuple[Episode, Change]:
    starts_at = min(episode.starts_at, alert.starts_at)
    if alert.ends_at is None:
        told = replace(episode, alert=replace(alert, starts_at=episode.alert.starts_at), starts_at=starts_at)
        return told, Change.REPEATED if told == episode else Change.UPDATED
    if _ended_before(episode, alert):
        return episode, Change.REPEATED
    return Episode(alert, starts_at, alert.ends_at), Change.RESOLVED


def _while_ended(episode: Episode, alert: Alert) -> tuple[Episode, Change]:
    if _ended_before(episode, alert):
        return episode, Change.REPEATED
    starts_at = min(episode.starts_at, alert.starts_at)
    ends_at = max(filter(None, (episode.ends_at, alert.ends_at)))
    return replace(episode, starts_at=starts_at, ends_at=ends_at), Change.REPEATED


def _ended_before(episode: Episode, alert: Alert) -> bool:
    """The end of an earlier episode of the same alert, delivered late."""
    over = alert.ends_at is not None and alert.ends_at <= episode.starts_at
    return over and alert.starts_at < episode.starts_at


def _is_late_duplicate(episode: Episode, alert: Alert, now: datetime) -> bool:
    """A firing that began before the recorded end.

    Shown all the same when it comes again or long after that end: Alertmanager itself ends an alert it lost sight of,
    and tells it again with its old start.
    """
    assert episode.ends_at is not None
    if alert.starts_at > episode.ends_at:
        return False
    # By their distance: a clock that was set back must not hide what fires.
    if episode.late_at is not None and abs(now - episode.late_at) >= REPEATED_AFTER:
        return False
    return abs(now - episode.ends_at) <= LATE_WINDOW

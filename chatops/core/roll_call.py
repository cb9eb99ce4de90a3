"""The roll call: what Alertmanager lists, compared with what we hold to be firing. It knows no incident.

Alertmanager tells no end of an alert that it mutes, nothing at all while we are away, and leaves alerts out of large
groups. What is missing here is made up for as if it had been told: in a webhook's own words, so that it takes the way
of every alert (RELIABILITY 1.6, rule e).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from chatops.core.alerts import LISTED_KEY, OWN_MARK
from chatops.core.bodies import Body, firing, resolved, webhook
from chatops.core.standing import HEARD, Standing

ROUND = timedelta(seconds=60)

SURE = timedelta(seconds=50)
"""What is amiss in two rounds after another is amiss; what is amiss in one may be on its way."""

TOLD_BY_NOW = timedelta(minutes=5)
"""Alertmanager's default group_interval: an alert that is older and was never told here never will be."""

SETTLED = timedelta(minutes=5)
"""Alertmanager keeps no alerts over a restart; Prometheus has told it all of them again well before this."""

STALE_AFTER = timedelta(minutes=5)
"""What no Alertmanager lists for this long, and none ever did, is not known to fire."""


def settled(started_at: datetime | None, now: datetime) -> bool:
    """Whether an Alertmanager has run for long enough that what it does not list does not fire."""
    return started_at is not None and now - started_at >= SETTLED


@dataclass(frozen=True, slots=True)
class Listed:
    """One alert that fires, as Alertmanager lists it. `muted`: silenced or inhibited, so nothing is told of it."""

    fingerprint: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    generator_url: str = ""
    muted: bool = False
    silences: tuple[str, ...] = ()
    """Ids of the silences that hide it."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence, as Alertmanager has it."""

    by: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ListedGroup:
    receiver: str
    labels: Mapping[str, str]
    alerts: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Roll:
    """What one Alertmanager lists; `started_at` is when it started, None where it did not say."""

    groups: tuple[ListedGroup, ...]
    started_at: datetime | None = None
    silences: Mapping[str, Mute] = field(default_factory=dict)
    """Those that stand, by id."""


@dataclass(frozen=True, slots=True)
class Rolls:
    """Each Alertmanager's, None for one that did not answer."""

    each: tuple[Roll | None, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """An alert that we hold to be firing.

    `listed`: Alertmanager has listed it before, or another of its incident, so it is one of its own.
    """

    source: str
    incident_id: int
    fingerprint: str
    labels: Mapping[str, str]
    starts_at: datetime
    listed: bool
    standing: Standing = HEARD
    """The incident's, as it was last found."""
    active: bool = True
    """Whether the incident is."""


@dataclass(frozen=True, slots=True)
class Found:
    """`missed`: since when each fingerprint is amiss, for the next comparison."""

    bodies: tuple[Body, ...]
    listed: frozenset[tuple[str, str]]
    """(source, fingerprint) of what is listed now for the first time."""
    missed: Mapping[str, datetime] = field(default_factory=dict)
    standings: Mapping[int, Standing] = field(default_factory=dict)
    """Of each incident that stands otherwise than it was last found to."""


def compare(
    rolls: Rolls,
    held: Sequence[Held],
    sources: Mapping[str, str],
    missed: Mapping[str, datetime],
    *,
    watchdogs: Collection[str] = (),
    now: datetime,
) -> Found:
    """`sources`: of each receiver of ours; `watchdogs`: names of alerts whose coming is their message.

    An alert is made known when its group is known, when it is old, or when it is amiss for the second time. It is
    ended when every Alertmanager answered, none lists it, and one of them has listed it or one beside it before.
    """
    answered = [roll for roll in rolls.each if roll is not None]
    groups = _merged(group for roll in answered for group in roll.groups)
    listed = {alert.fingerprint for group in groups for alert in group.alerts}
    known_here = {each.fingerprint for each in held}
    still: dict[str, datetime] = {}

    def amiss(fingerprint: str) -> bool:
        still[fingerprint] = missed.get(fingerprint, now)
        return now - still[fingerprint] >= SURE

    bodies = []
    for group in groups:
        source = sources.get(group.receiver)
        untold = [
            alert
            for alert in group.alerts
            if not alert.muted
            and alert.fingerprint not in known_here
            and alert.labels.get("alertname") not in watchdogs
        ]
        if source is None or not untold:
            continue
        known = any(alert.fingerprint in known_here for alert in group.alerts)
        old = any(now - alert.starts_at >= TOLD_BY_NOW for alert in untold)
        waited = [amiss(alert.fingerprint) for alert in untold]
        if any(waited) or known or old:
            bodies.append(Body(source, _told(group, [alert for alert in group.alerts if not alert.muted])))
    sure = len(answered) == len(rolls.each) and all(settled(roll.started_at, now) for roll in answered)
    if sure:
        missing = [
            each for each in held if each.fingerprint not in listed and not each.fingerprint.startswith(OWN_MARK)
        ]
        gone = [each for each in missing if amiss(each.fingerprint) and each.listed]
        bodies += _ended(gone, now)
    first = frozenset(
        (each.source, each.fingerprint) for each in held if not each.listed and each.fingerprint in listed
    )
    alerts = {alert.fingerprint: alert for group in groups for alert in group.alerts}
    mutes = {id: mute for roll in answered for id, mute in roll.silences.items()}
    return Found(tuple(bodies), first, still, _standings(held, alerts, mutes, still if sure else None, now))


def _standings(
    held: Sequence[Held],
    alerts: Mapping[str, Listed],
    mutes: Mapping[str, Mute],
    missed: Mapping[str, datetime] | None,
    now: datetime,
) -> dict[int, Standing]:
    """`missed` is None where nobody can know what is missing: then nothing is stale, and what was stays so."""
    of: dict[int, list[Held]] = {}
    for each in held:
        if each.active:
            of.setdefault(each.incident_id, []).append(each)
    found = {}
    for incident_id, mine in of.items():
        before = mine[0].standing
        listed = [alerts[each.fingerprint] for each in mine if each.fingerprint in alerts]
        if listed:
            standing = _muted(listed, mutes) if all(alert.muted for alert in listed) else HEARD
        elif missed is None:
            standing = before
        else:
            since = max(missed.get(each.fingerprint, now) for each in mine)
            standing = Standing(stale_since=before.stale_since or since) if now - since >= STALE_AFTER else HEARD
        if standing != before:
            found[incident_id] = standing
    return found


def _muted(listed: Sequence[Listed], mutes: Mapping[str, Mute]) -> Standing:
    """By the silence that ends last; by none, if it is other alerts that hide them."""
    silences = [mutes[id] for alert in listed for id in alert.silences if id in mutes]
    if not silences:
        return Standing(inhibited=True)
    last = max(silences, key=lambda mute: mute.ends_at)
    return Standing(muted_by=last.by, muted_until=last.ends_at)


def _merged(groups: Iterable[ListedGroup]) -> list[ListedGroup]:
    """Peers list the same groups. An alert is muted only where all of them mute it: one that does not will tell it."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Listed]] = {}
    labels: dict[tuple[str, tuple[tuple[str, str], ...]], Mapping[str, str]] = {}
    for group in groups:
        key = (group.receiver, tuple(sorted(group.labels.items())))
        labels[key] = group.labels
        alerts = found.setdefault(key, {})
        for alert in group.alerts:
            known = alerts.get(alert.fingerprint)
            if known is None or known.muted:
                alerts[alert.fingerprint] = alert
    return [ListedGroup(key[0], labels[key], tuple(alerts.values())) for key, alerts in found.items()]


def _told(group: ListedGroup, alerts: Sequence[Listed]) -> bytes:
    """The whole group as a webhook would tell it now, so that it finds the incident of any of its alerts."""
    key = LISTED_KEY + msgspec.json.encode([group.receiver, sorted(group.labels.items())]).decode()
    entries = [
        firing(
            alert.fingerprint,
            alert.labels,
            alert.starts_at,
            annotations=alert.annotations,
            generator_url=alert.generator_url,
        )
        for alert in alerts
    ]
    return webhook(key, entries, receiver=group.receiver, group_labels=group.labels)


def _ended(gone: Sequence[Held], now: datetime) -> list[Body]:
    """One body for each source: its alerts find their incidents by themselves."""
    by_source: dict[str, list[Held]] = {}
    for each in gone:
        by_source.setdefault(each.source, []).append(each)
    return [
        Body(
            source,
            webhook(
                f"{LISTED_KEY}ended",
                [resolved(each.fingerprint, each.labels, each.starts_at, now) for each in alerts],
            ),
        )
        for source, alerts in sorted(by_source.items())
    ]

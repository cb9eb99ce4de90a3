"""What a webhook makes of an incident: alerts fire, repeat, resolve, and fire again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.alerts import MAX_NAME, Notification, Severity
from chatops.core.audit import ALERTMANAGER, Entry, EntryType
from chatops.core.incidents.effects import Decision, Effect, Look
from chatops.core.incidents.episodes import Change, merge
from chatops.core.incidents.values import Episode, Incident, Status
from chatops.core.maintenance import Window, expected
from chatops.core.titles import title_of

HAND_CLOSED_GRACE = timedelta(minutes=15)
"""Closed by a person while alerts fire: repeats stay quiet this long, as a fix needs time to show; then it reopens."""


def alerts_received(
    incident: Incident, notification: Notification, *, home: bool, now: datetime, windows: Sequence[Window] = ()
) -> Decision:
    """Merge a notification. `home` is False when only the alerts already known here concern this incident."""
    episodes = {episode.alert.fingerprint: episode for episode in incident.episodes}
    changes: Counter[Change] = Counter()
    for alert in notification.alerts:
        known = episodes.get(alert.fingerprint)
        if known is None and not home:
            continue
        episodes[alert.fingerprint], change = merge(known, alert, now=now)
        changes[change] += 1
    if home:
        told = replace(
            incident,
            episodes=tuple(episodes.values()),
            receiver=notification.receiver,
            group_labels=notification.group_labels,
            truncated=notification.truncated,
            skipped=len(notification.skipped),
        )
    else:
        told = replace(incident, episodes=tuple(episodes.values()))
    if told.firing or incident.revision == 0:
        told = described(told)
    if incident.revision == 0 or _reopens(incident, told, changes, now):
        maintenance = expected(windows, told.cluster, told.namespace, now)
        told = told if maintenance == told.maintenance else replace(told, maintenance=maintenance)
    return concluded(incident, told, changes, now)


def alerts_gone(incident: Incident, fingerprints: frozenset[str], *, now: datetime) -> Decision:
    """These alerts ended without a word: Alertmanager says nothing of what it silences, and lists them no longer."""
    episodes = tuple(
        replace(episode, ends_at=max(now, episode.starts_at))
        if episode.firing and episode.alert.fingerprint in fingerprints
        else episode
        for episode in incident.episodes
    )
    ended = sum(before.firing and not after.firing for before, after in zip(incident.episodes, episodes, strict=True))
    return concluded(incident, replace(incident, episodes=episodes), Counter({Change.RESOLVED: ended}), now)


def described(incident: Incident) -> Incident:
    """Title, severity and place follow the alert that speaks for the incident; once none fires, they stay."""
    lead = incident.lead
    labels = {**incident.group_labels, **(lead.labels if lead else {})}
    severity = Severity.of(labels.get("severity", ""))
    return replace(
        incident,
        title=title_of(labels.get("alertname", "")),
        severity=severity,
        cluster=labels.get("cluster", "")[:MAX_NAME],
        namespace=(labels.get("exported_namespace") or labels.get("namespace", ""))[:MAX_NAME],
    )


def concluded(before: Incident, after: Incident, changes: Counter[Change], now: datetime) -> Decision:
    """What follows from the alerts as they are `after` those changes: whether it opens, goes on or ends."""
    entries: list[Entry] = []
    effects: list[Effect] = []

    def record(type: EntryType, **detail: str) -> None:
        entries.append(Entry(type, ALERTMANAGER, now, incident_id=after.id, detail=detail))

    counted = {str(change): str(count) for change, count in sorted(changes.items())}
    if changes[Change.LATE]:
        record(EntryType.LATE_DUPLICATE, alerts=str(changes[Change.LATE]))
    if before.revision == 0:
        record(EntryType.OPENED, alert=after.title, severity=after.severity, alerts=str(len(after.firing)))
        effects.append(Look())
    elif _reopens(before, after, changes, now):
        after = replace(
            after,
            status=Status.ACTIVE,
            closed_at=None,
            closed_by=None,
            reason="",
            taken_by=None,
            taken_at=None,
            merged_into=None,
            reopened=before.reopened + 1,
        )
        record(EntryType.REOPENED, **counted)
        effects.append(Look())
    elif changes[Change.FIRED] or changes[Change.REFIRED] or changes[Change.RESOLVED]:
        record(EntryType.ALERTS_CHANGED, **counted)
        if after.open and (changes[Change.FIRED] or changes[Change.REFIRED]):
            effects.append(Look())
    if before.revision and before.severity is not after.severity and after.firing:
        record(EntryType.SEVERITY_CHANGED, before=before.severity, after=after.severity)
    if after.open and not after.firing and not after.truncated and _news(before, changes):
        after = replace(after, status=Status.RESOLVED, closed_at=now, closed_by=None)
        record(EntryType.ALERTS_RESOLVED)
    if _visible(after) != _visible(before) or before.revision == 0:
        after = replace(after, revision=before.revision + 1)
    return Decision(after, tuple(entries), tuple(effects))


def _news(before: Incident, changes: Counter[Change]) -> bool:
    """Whether an end was told, and not only repeated: what a person reopened stays open over a repeat."""
    told = changes[Change.FIRED] or changes[Change.REFIRED] or changes[Change.RESOLVED]
    return bool(told or before.revision == 0 or before.firing or before.truncated)


def _reopens(before: Incident, after: Incident, changes: Counter[Change], now: datetime) -> bool:
    if before.open:
        return False
    if changes[Change.FIRED] or changes[Change.REFIRED]:
        return True
    if before.status is Status.REJECTED or not (after.firing or after.truncated) or before.closed_at is None:
        return False
    # By its distance: a clock that was set back must not keep it quiet for longer.
    return before.closed_by is None or abs(now - before.closed_at) >= HAND_CLOSED_GRACE


def _visible(incident: Incident) -> tuple[object, ...]:
    """What a card shows of the alerts; a late duplicate or another order is not a reason to edit a message."""
    return (
        incident.status,
        incident.title,
        incident.severity,
        incident.cluster,
        incident.truncated,
        incident.skipped,
        _ended(incident),
        sorted((e.alert.fingerprint, e.firing, e.starts_at, _told(e)) for e in incident.episodes),
    )


def _ended(incident: Incident) -> datetime | None:
    """To the second: HA peers tell the same end some milliseconds apart."""
    ends = [episode.ends_at for episode in incident.episodes if episode.ends_at]
    return None if incident.firing or not ends else max(ends).replace(microsecond=0)


def _told(episode: Episode) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(episode.alert.annotations.items()))

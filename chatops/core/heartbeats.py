"""Alerts that always fire, Watchdog and its like: while they come, alerts come too. One that stops is an incident.

How often one comes is nobody's setting: it is learned from how it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatops.core.alerts import CLUSTER, Alert, Severity, own_fingerprint
from chatops.core.bodies import Body, firing, resolved, webhook

ALERTNAME = "MonitoringSilent"
WATCHDOG = "watchdog"
"""The label of our own alert that names the one that stopped."""

KEPT = 4
"""Gaps between beats that are remembered; the longest of them counts."""
SHORTEST = timedelta(seconds=30)
"""What comes sooner is a peer's duplicate or a sender's repeat: peers wait 15 s for each other."""
ENOUGH = 2
"""Gaps before its rhythm is known."""
SLACK = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One such alert of one source, as far as it was heard. `labels` are its own."""

    source: str
    fingerprint: str
    labels: Mapping[str, str]
    last_at: datetime
    gaps: tuple[float, ...] = ()
    """Seconds between its last beats, the newest last."""
    ended: bool = False
    """Alertmanager itself said that it fires no more."""
    silent_since: datetime | None = None
    """Since when its silence is an incident."""

    @property
    def patience(self) -> timedelta | None:
        """How long it may be silent: twice its longest gap. None before its rhythm is known."""
        return timedelta(seconds=2 * max(self.gaps)) + SLACK if len(self.gaps) >= ENOUGH else None


def beaten(known: Heartbeat | None, source: str, alert: Alert, at: datetime) -> Heartbeat | None:
    """The heartbeat after it came, or was told to have ended, at `at`. None for the end of one that never came."""
    if known is None:
        return Heartbeat(source, alert.fingerprint, alert.labels, at) if alert.firing else None
    if not alert.firing:
        return replace(known, ended=True)
    gap = at - known.last_at
    # A gap in which it was silent, or had ended, says nothing of how often it comes.
    counts = gap >= SHORTEST and known.silent_since is None and not known.ended
    gaps = (*known.gaps, gap.total_seconds())[-KEPT:] if counts else known.gaps
    return replace(known, labels=alert.labels, last_at=max(at, known.last_at), gaps=gaps, ended=False)


def silent(heartbeat: Heartbeat, *, listening_since: datetime, now: datetime) -> bool:
    """Whether it should have come by now. What came while nobody listened was not heard."""
    if heartbeat.ended:
        return True
    patience = heartbeat.patience
    return patience is not None and now - max(heartbeat.last_at, listening_since) > patience


def alarm(heartbeat: Heartbeat, now: datetime, *, over: bool) -> Body:
    """Our own alert about its silence, to be accepted like any other; `over`: it is heard again."""
    mark = own_fingerprint(f"{heartbeat.source}\0{heartbeat.fingerprint}")
    labels = {
        "alertname": ALERTNAME,
        "severity": Severity.CRITICAL.value,
        WATCHDOG: heartbeat.labels.get("alertname", ""),
        **{name: heartbeat.labels[name] for name in (CLUSTER, "prometheus") if name in heartbeat.labels},
    }
    since = heartbeat.silent_since or now
    alert = resolved(mark, labels, since, now) if over else firing(mark, labels, since)
    return Body(heartbeat.source, webhook(f"heartbeat: {mark}", [alert]))

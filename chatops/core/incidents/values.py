"""An incident: one alert group's life, from its first alert to its end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chatops.core.actions import ActionRun
from chatops.core.alerts import Alert, Severity
from chatops.core.audit import Subject
from chatops.core.incidents.targets import Target
from chatops.core.maintenance import Maintenance
from chatops.core.silences import Silence
from chatops.core.standing import HEARD, Standing
from chatops.core.surveys import Survey

REOPEN_WINDOW = timedelta(minutes=30)
"""The same group firing again within this time after its end is the same incident (UX section 4, lifecycle)."""


class Status(StrEnum):
    """active; resolved: the alerts ended, or a person said so; rejected: a person said it is not an incident."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert from firing to resolved. `starts_at` is the earliest start ever told; `ends_at` None while it fires."""

    alert: Alert
    starts_at: datetime
    ends_at: datetime | None = None
    late_at: datetime | None = None
    """When a firing came that looked older than the recorded end (a late duplicate); a second one reopens."""

    @property
    def firing(self) -> bool:
        return self.ends_at is None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who presses buttons: Telegram's user id and the name others know them by."""

    id: int
    name: str

    @property
    def subject(self) -> Subject:
        return Subject.person(self.id, self.name)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person says of it once it is over: it was real, or noise."""

    by: Person
    real: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far an incident that nobody takes has been carried.

    `since`: since when it waits for somebody to take it, None while it does not. `step`: 0 nothing was said yet, 1 its
    chats were reminded, from 2 on somebody was called, the last time `target`, at `at`. `stopped`: `since`, as it was
    when the alerts ended. `uncounted`: how long they did not fire since `at`, while they were flapping.
    """

    since: datetime | None = None
    step: int = 0
    at: datetime | None = None
    target: Target | None = None
    stopped: datetime | None = None
    uncounted: timedelta = timedelta(0)

    @property
    def waits_since(self) -> datetime | None:
        """From when the time until the next step is counted; None while it does not wait."""
        return self.since and (self.at + self.uncounted if self.at else self.since)


CALM = Escalation()


@dataclass(frozen=True, slots=True)
class Flapping:
    """When alerts ended within the last hour.

    `shown_at`: it is flapping, and its card was last let change then; None where it is not. `owes`: something has
    changed since that the card does not show. `closed`: as it was last let change, the card said that it is over.
    """

    ends: tuple[datetime, ...] = ()
    shown_at: datetime | None = None
    owes: bool = False
    closed: bool = False


STEADY = Flapping()


@dataclass(frozen=True, slots=True)
class Incident:
    """One open alert group's life. A new `revision` means that its card reads differently."""

    id: int
    opened_at: datetime
    source: str = ""
    receiver: str = ""
    status: Status = Status.ACTIVE
    revision: int = 0
    severity: Severity = Severity.NONE
    title: str = ""
    cluster: str = ""
    namespace: str = ""
    group_labels: dict[str, str] = field(default_factory=dict)
    episodes: tuple[Episode, ...] = ()
    truncated: int = 0
    skipped: int = 0
    taken_by: Person | None = None
    taken_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """When it first had somebody, kept for ever: what the time to take is counted by."""
    handed_at: datetime | None = None
    """When it was last handed over to who has it now; None where they took it themselves."""
    handed_by: str = ""
    closed_at: datetime | None = None
    closed_by: Person | None = None
    reason: str = ""
    """Why it was rejected."""
    reopened: int = 0
    survey: Survey | None = None
    run: ActionRun | None = None
    """The latest action: the card shows it while it runs and its outcome after."""
    silence: Silence | None = None
    """The latest silence, also when it has ended."""
    escalated_at: datetime | None = None
    """When help was last asked for."""
    standing: Standing = HEARD
    verdicts: tuple[Verdict, ...] = ()
    """One per person at most, the newest last."""
    escalation: Escalation = CALM
    flapping: Flapping = STEADY
    maintenance: Maintenance | None = None
    """The window it began inside, until that is over."""
    merged_into: int | None = None
    """The incident that its alerts belong to from then on; it is rejected, and is counted nowhere."""

    @property
    def open(self) -> bool:
        return self.status is Status.ACTIVE

    @property
    def firing(self) -> tuple[Episode, ...]:
        return tuple(episode for episode in self.episodes if episode.firing)

    @property
    def started_at(self) -> datetime:
        """When the trouble began: the earliest start of the alerts that fire, or of all once none does."""
        return min((e.starts_at for e in self.firing or self.episodes), default=self.opened_at)

    @property
    def began_at(self) -> datetime:
        """The earliest start of any of its alerts, and never after it was opened."""
        return min((e.starts_at for e in self.episodes), default=self.opened_at)

    @property
    def ended_at(self) -> datetime | None:
        """When the last alert ended, or when a person said that it is over; None while it is open."""
        ends = [episode.ends_at for episode in self.episodes if episode.ends_at]
        if self.closed_at is None or self.closed_by is not None or self.firing or not ends:
            return self.closed_at
        return max(ends)

    @property
    def lead(self) -> Alert | None:
        """The alert that speaks for the incident: firing before resolved, worst severity, then the oldest."""
        episodes = self.firing or self.episodes
        if not episodes:
            return None
        return min(episodes, key=lambda e: (Severity.of(e.alert.labels.get("severity", "")).rank, e.starts_at)).alert

    @property
    def current_survey(self) -> Survey | None:
        """The survey, unless an action has changed the cluster since it was taken."""
        survey, run = self.survey, self.run
        outdated = survey and run and run.finished_at and survey.taken_at < run.finished_at
        return None if outdated else survey

    def episode(self, fingerprint: str) -> Episode | None:
        return next((e for e in self.episodes if e.alert.fingerprint == fingerprint), None)

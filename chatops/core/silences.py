"""Silences: what Alertmanager is told to keep quiet about, for how long, at whose word. Knows no incident."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

LENGTHS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=4))
"""What is offered; each ends by itself."""

UNTIL_RESOLVED = timedelta(hours=24)
"""The longest a silence "until resolved" lasts: one that nobody lifts must not hide an alert for ever."""

EXTENSION = timedelta(hours=1)
"""What one press adds to a silence that is about to end."""

WARNING = timedelta(minutes=10)
"""So long before its end a silence is told of, where its alerts still fire."""

MORNING = 10
"""The hour at which whoever slept is at work again."""

_PLAIN_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
"""Label names that every Alertmanager takes without quotes; UTF-8 names are quoted (Alertmanager 0.27 on)."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Alerts whose label `name` has this very value. Regular expressions are never used."""

    name: str
    value: str

    def takes(self, labels: Mapping[str, str]) -> bool:
        return labels.get(self.name, "") == self.value

    @property
    def text(self) -> str:
        r"""As Alertmanager's own filters are written: `namespace="shop"`, with \\, \" and \n escaped."""
        name = self.name if _PLAIN_NAME.fullmatch(self.name) else f'"{_escaped(self.name)}"'
        return f'{name}="{_escaped(self.value)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Scope(StrEnum):
    """How much of an incident is silenced: what its group holds, its alert in the namespace, or that on one object."""

    GROUP = "group"
    ALERT = "alert"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the scopes that can be chosen, and what Alertmanager would match for it."""

    scope: Scope
    matchers: tuple[Matcher, ...]


def written(matchers: tuple[Matcher, ...]) -> str:
    """As a button keeps what was seen: what is silenced is this, whatever the incident holds by the time of a press."""
    return json.dumps([[matcher.name, matcher.value] for matcher in matchers])


def read(text: str) -> tuple[Matcher, ...]:
    """What `written` wrote; nothing where it is none of it."""
    try:
        return tuple(Matcher(str(name), str(value)) for name, value in json.loads(text))
    except (ValueError, TypeError):
        return ()


def next_morning(now: datetime, zone: tzinfo = UTC) -> datetime:
    """The next 10:00 in the zone that is further away than the longest length: it would say nothing else before."""
    here = now.astimezone(zone)
    day = here.date()
    while True:
        morning = datetime(day.year, day.month, day.day, MORNING, tzinfo=zone).astimezone(UTC)
        if morning - now > LENGTHS[-1]:
            return morning
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence of an incident, from the press to its end.

    `key` is ours, chosen before it is asked for: Alertmanager's comment carries it, so that a lost answer can be
    looked up. `id` is Alertmanager's own, empty until it answered.
    """

    key: str
    matchers: tuple[Matcher, ...]
    by_id: int
    by_name: str
    created_at: datetime
    ends_at: datetime
    until_resolved: bool = False
    id: str = ""
    instance: int = 0
    """Which of the configured Alertmanagers made it."""
    lifting: bool = False
    """It was asked to be lifted and is not known to be."""
    lifted_by_id: int | None = None
    """Who asked; None when the bot itself did."""
    lifted_by_name: str = ""
    ended_at: datetime | None = None
    problem: str = ""
    """A failures.Reason value when it could not be made, or not be lifted."""
    detail: str = ""
    warned: bool = False
    """That it is about to end, and its alerts fire, was said."""
    extending_to: datetime | None = None
    """It was asked to end then, later than it does, and is not known to."""
    extended_by_id: int | None = None
    extended_by_name: str = ""
    """Who asked for that, until it is done."""

    @property
    def pending(self) -> bool:
        """Asked for, and not known to be there."""
        return not self.id and self.ended_at is None

    @property
    def standing(self) -> bool:
        """There, as far as we know."""
        return bool(self.id) and self.ended_at is None

    @property
    def unextended(self) -> bool:
        """Whether `problem` is why it could not be extended, and not why it could not be lifted."""
        return bool(self.problem) and self.lifted_by_id is None and self.extended_by_id is not None

    def takes(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.takes(labels) for matcher in self.matchers)


@dataclass(frozen=True, slots=True)
class StandingSilence:
    """One that an Alertmanager has now, whoever made it. `matchers` are as its own filters are written.

    `cluster` and `namespace` are where it hides alerts: empty where its matchers leave that open.
    """

    id: str
    instance: int
    matchers: tuple[str, ...]
    by: str
    comment: str
    starts_at: datetime
    ends_at: datetime
    cluster: str = ""
    namespace: str = ""
    pending: bool = False
    """It begins later."""


@dataclass(frozen=True, slots=True)
class StandingSilences:
    """What all Alertmanagers have, those that end first before the others; peers' silences once.

    `silent` are the names of those that did not answer, `left_out` is how many there are beside these.
    """

    silences: tuple[StandingSilence, ...]
    silent: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class SilenceDraft:
    """What Alertmanager is asked to make."""

    key: str
    matchers: tuple[Matcher, ...]
    ends_at: datetime
    created_by: str
    comment: str
    ours: frozenset[str] = frozenset()
    """Fingerprints of the alerts it is meant for: it is made where they are listed."""


@dataclass(frozen=True, slots=True)
class SilencePlace:
    """Where a silence is: Alertmanager's id for it and which Alertmanager; an empty id where there is none."""

    id: str = ""
    instance: int = 0
    ends_at: datetime | None = field(default=None, compare=False)
    """When it ends, where that was asked: the place is the same."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What matchers take at this moment. `names` are the alerts that are not the incident's own, a few of them."""

    matchers: tuple[Matcher, ...]
    ours: int
    others: int
    names: tuple[str, ...] = ()
    silenced: int = 0
    """How many of all of them a silence or an inhibition hides already."""
    scope: Scope = Scope.GROUP
    fingerprints: tuple[str, ...] = ()
    """Of those that are not the incident's own: by them it is told which incidents these are."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What each choice takes, in the order they were asked for: of one look at one moment."""

    choices: tuple[Matched, ...]


@dataclass(frozen=True, slots=True)
class SilenceWatch:
    """A look at a silence that stands: a silenced alert sends no webhook, not even that it resolved."""

    active: bool
    firing: frozenset[str] | None = None
    """Fingerprints of all alerts its matchers take that fire now.

    None when Alertmanager has not run long enough to know: it keeps no alerts over a restart.
    """

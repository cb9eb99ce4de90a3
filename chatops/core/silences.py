"""Silences: what Alertmanager is told to keep quiet about, for how long, at whose word. Knows no incident."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LENGTHS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=4))
"""What is offered; each ends by itself."""

UNTIL_RESOLVED = timedelta(hours=24)
"""The longest a silence "until resolved" lasts: one that nobody lifts must not hide an alert for ever."""

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

    @property
    def pending(self) -> bool:
        """Asked for, and not known to be there."""
        return not self.id and self.ended_at is None

    @property
    def standing(self) -> bool:
        """There, as far as we know."""
        return bool(self.id) and self.ended_at is None


@dataclass(frozen=True, slots=True)
class SilenceDraft:
    """What Alertmanager is asked to make."""

    key: str
    matchers: tuple[Matcher, ...]
    ends_at: datetime
    created_by: str
    comment: str


@dataclass(frozen=True, slots=True)
class SilencePlace:
    """Where a silence is: Alertmanager's id for it and which Alertmanager; an empty id where there is none."""

    id: str = ""
    instance: int = 0


@dataclass(frozen=True, slots=True)
class Matched:
    """What matchers take at this moment. `names` are the alerts that are not the incident's own, a few of them."""

    matchers: tuple[Matcher, ...]
    ours: int
    others: int
    names: tuple[str, ...] = ()
    silenced: int = 0
    """How many of all of them a silence or an inhibition hides already."""


@dataclass(frozen=True, slots=True)
class SilenceWatch:
    """A look at a silence that stands: a silenced alert sends no webhook, not even that it resolved."""

    active: bool
    firing: frozenset[str] | None = None
    """Fingerprints of all alerts its matchers take that fire now.

    None when Alertmanager has not run long enough to know: it keeps no alerts over a restart.
    """

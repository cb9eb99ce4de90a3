"""How an incident stands with Alertmanager: what the roll call found of its alerts, beside that they fire."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """All empty: Alertmanager lists its alerts and tells of them."""

    muted_by: str = ""
    """Who set the silence that hides all its alerts, as Alertmanager has it."""
    muted_until: datetime | None = None
    inhibited: bool = False
    """Other alerts hide all of its own, as the configuration says."""
    stale_since: datetime | None = None
    """Since when Alertmanager lists none of its alerts, although none was ever said to have ended."""


HEARD = Standing()

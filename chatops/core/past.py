"""Past incidents like one: what was tried on them, and whether they ended soon after. Read from what is stored."""

from dataclasses import dataclass
from datetime import timedelta

from chatops.core.actions import ActionRun, ActionState
from chatops.core.incidents.values import Incident, Status
from chatops.core.remedies.experience import HELPED_WITHIN


@dataclass(frozen=True, slots=True)
class PastIncident:
    """One of them, with every action that was run on it, oldest first."""

    incident: Incident
    runs: tuple[ActionRun, ...] = ()

    def resolved_after(self, run: ActionRun) -> timedelta | None:
        """How long after a successful run it resolved; None when it did not, or not soon enough to be its doing."""
        incident = self.incident
        if run.state is not ActionState.SUCCEEDED or run.finished_at is None or incident.closed_at is None:
            return None
        if incident.status is not Status.RESOLVED:
            return None
        waited = incident.closed_at - run.finished_at
        return waited if timedelta() <= waited <= HELPED_WITHIN else None

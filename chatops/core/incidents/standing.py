"""What the roll call found of an incident's alerts: hidden by other hands than ours, or not known any more."""

from dataclasses import replace
from datetime import datetime

from chatops.core.audit import ALERTMANAGER, Entry, EntryType
from chatops.core.incidents.effects import Decision
from chatops.core.incidents.events import Stands
from chatops.core.incidents.values import Incident
from chatops.core.moments import stamp
from chatops.core.standing import HEARD, Standing


def stands(incident: Incident, event: Stands, *, now: datetime) -> Decision:
    """A silence of ours is told of by itself, and an incident that is over by nothing of this."""
    silence = incident.silence
    ours = silence is not None and silence.standing and event.standing.muted_until is not None
    standing = HEARD if ours or not incident.open else event.standing
    if standing == incident.standing:
        return Decision(incident)
    detail = {name: value for name, value in _said(standing).items() if value}
    entry = Entry(EntryType.STANDING, ALERTMANAGER, now, incident_id=incident.id, detail=detail)
    return Decision(replace(incident, standing=standing, revision=incident.revision + 1), (entry,))


def _said(standing: Standing) -> dict[str, str]:
    if standing.stale_since:
        return {"as": "stale", "since": stamp(standing.stale_since)}
    if standing.muted_until:
        return {"as": "muted", "by": standing.muted_by, "until": stamp(standing.muted_until)}
    return {"as": "inhibited" if standing.inhibited else "heard"}

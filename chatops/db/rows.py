"""An incident's own row: its changing columns."""

from typing import Any

from chatops.core.incidents.values import CALM, STEADY, Incident
from chatops.core.standing import HEARD
from chatops.db.columns import clean, naive, naive_or_none, to_json


def columns_of(incident: Incident) -> dict[str, Any]:
    """The changing columns. The source is how the incident is found: it stays as routed."""
    taken, closed = incident.taken_by, incident.closed_by
    return {
        "receiver": clean(incident.receiver),
        "status": incident.status.value,
        "revision": incident.revision,
        "severity": incident.severity.value,
        "list_rank": incident.severity.rank * 2 + (taken is not None),
        "title": clean(incident.title),
        "cluster": clean(incident.cluster),
        "namespace": clean(incident.namespace),
        "group_labels": to_json(incident.group_labels),
        "truncated": incident.truncated,
        "skipped": incident.skipped,
        "opened_at": naive(incident.opened_at),
        "closed_at": naive_or_none(incident.closed_at),
        "closed_by_id": closed.id if closed else None,
        "closed_by_name": clean(closed.name) if closed else "",
        "taken_by_id": taken.id if taken else None,
        "taken_by_name": clean(taken.name) if taken else "",
        "taken_at": naive_or_none(incident.taken_at),
        "acknowledged_at": naive_or_none(incident.acknowledged_at),
        "handed_at": naive_or_none(incident.handed_at),
        "handed_by": clean(incident.handed_by),
        "reason": clean(incident.reason),
        "reopened": incident.reopened,
        "survey": to_json(incident.survey),
        "run_id": incident.run.id if incident.run else "",
        "escalated_at": naive_or_none(incident.escalated_at),
        "standing": "" if incident.standing == HEARD else to_json(incident.standing),
        "escalation": "" if incident.escalation == CALM else to_json(incident.escalation),
        "waits_since": naive_or_none(incident.escalation.waits_since),
        "flapping": "" if incident.flapping == STEADY else to_json(incident.flapping),
        "maintenance": "" if incident.maintenance is None else to_json(incident.maintenance),
        "merged_into": incident.merged_into,
        "verdicts": to_json(incident.verdicts) if incident.verdicts else "",
        "said_real": sum(each.real for each in incident.verdicts),
        "said_noise": sum(not each.real for each in incident.verdicts),
    }

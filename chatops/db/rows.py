"""An incident's own row: its changing columns, and the incident that a row and what belongs to it say."""

from collections.abc import Sequence
from typing import Any

from chatops.core.alerts import Severity
from chatops.core.incidents.values import CALM, STEADY, Escalation, Flapping, Incident, Person, Status, Verdict
from chatops.core.maintenance import Maintenance
from chatops.core.standing import HEARD, Standing
from chatops.db.columns import aware, aware_or_none, clean, from_json, naive, naive_or_none, strings_of, to_json
from chatops.db.entities import Tables
from chatops.db.episodes import episodes_of
from chatops.db.runs import runs_of
from chatops.db.silences import silences_of
from chatops.db.surveys import survey_of


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


def incidents_of(tables: Tables, wanted: list[int]) -> tuple[Incident, ...]:
    """Within a session: those of these ids, in their order."""
    rows = {row.id: row for row in tables.Incident.select(lambda row: row.id in wanted)}
    return loaded(tables, [rows[each] for each in wanted if each in rows])


def loaded(tables: Tables, rows: Sequence[Any]) -> tuple[Incident, ...]:
    """Within a session: what these rows and all that belongs to them say."""
    episodes = episodes_of(tables, [row.id for row in rows])
    runs = runs_of(tables, [row.run_id for row in rows if row.run_id])
    silences = silences_of(tables, [row.id for row in rows])
    return tuple(
        Incident(
            id=row.id,
            opened_at=aware(row.opened_at),
            source=row.source,
            receiver=row.receiver,
            status=Status(row.status),
            revision=row.revision,
            severity=Severity(row.severity),
            title=row.title,
            cluster=row.cluster,
            namespace=row.namespace,
            group_labels=strings_of(row.group_labels),
            episodes=episodes.get(row.id, ()),
            truncated=row.truncated,
            skipped=row.skipped,
            taken_by=_person(row.taken_by_id, row.taken_by_name),
            taken_at=aware_or_none(row.taken_at),
            acknowledged_at=aware_or_none(row.acknowledged_at),
            handed_at=aware_or_none(row.handed_at),
            handed_by=row.handed_by,
            closed_at=aware_or_none(row.closed_at),
            closed_by=_person(row.closed_by_id, row.closed_by_name),
            reason=row.reason,
            reopened=row.reopened,
            survey=survey_of(row.survey),
            run=runs.get(row.run_id),
            silence=silences.get(row.id),
            escalated_at=aware_or_none(row.escalated_at),
            standing=from_json(row.standing, Standing) or HEARD,
            verdicts=from_json(row.verdicts, tuple[Verdict, ...]) or (),
            escalation=from_json(row.escalation, Escalation) or CALM,
            flapping=from_json(row.flapping, Flapping) or STEADY,
            maintenance=from_json(row.maintenance, Maintenance),
            merged_into=row.merged_into,
        )
        for row in rows
    )


def _person(id: int | None, name: str) -> Person | None:
    return None if id is None else Person(id, name)

"""Surveys as they are kept with their incidents, and which incidents still want one."""

import msgspec

from chatops.core.incidents.values import Status
from chatops.core.surveys import Survey
from chatops.db.columns import from_json
from chatops.db.entities import Tables
from chatops.db.querying import select
from chatops.db.storms import held

ACTIVE = Status.ACTIVE.value


def survey_of(text: str) -> Survey | None:
    """None where another version of the service wrote what this one cannot read: the cluster is simply asked again."""
    try:
        return from_json(text, Survey)
    except msgspec.MsgspecError:
        return None


def unseen_incidents(tables: Tables) -> tuple[int, ...]:
    """Ids of the active incidents whose objects nobody has looked at, or could not and may next time.

    Not those that stand in a digest alone: their objects are looked at once somebody opens them.
    """
    incidents = tables.Incident
    rows = list(select((row.id, row.survey) for row in incidents if row.status == ACTIVE and row.revision > 0))
    unopened = held(tables)
    surveys = [(number, survey_of(text)) for number, text in rows if number not in unopened]
    return tuple(sorted(number for number, survey in surveys if survey is None or survey.retry))

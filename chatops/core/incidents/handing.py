"""Who has an incident, told from one to the next: handed over, and first had by somebody."""

from dataclasses import replace
from datetime import datetime

from chatops.core.audit import EntryType
from chatops.core.incidents.closing import closed_already, line_of
from chatops.core.incidents.effects import Answer, Decision, TellHolder
from chatops.core.incidents.events import Press
from chatops.core.incidents.values import Incident, Person


def hand_over(incident: Incident, press: Press, to: Person, now: datetime) -> Decision:
    """Give it to somebody, whoever had it before. Not only its holder may; to oneself is to take it."""
    if not incident.open:
        return closed_already(incident, press)
    if incident.taken_by and incident.taken_by.id == to.id:
        return Decision(incident, effects=(Answer(press, "already_theirs", {"name": to.name}),))
    previous, own = incident.taken_by.name if incident.taken_by else "", to.id == press.by.id
    given = replace(
        incident,
        taken_by=to,
        taken_at=now,
        handed_at=None if own else now,
        handed_by="" if own else press.by.name,
        revision=incident.revision + 1,
    )
    detail = {"to": to.name, "user": str(to.id), **({"from": previous} if previous else {})}
    entry = line_of(EntryType.HANDED_OVER, incident, press, now, detail)
    told = () if own else (TellHolder(to, press.by),)
    return Decision(given, (entry,), (Answer(press, "handed_over", {"name": to.name}), *told))


def held(before: Incident, decision: Decision, *, now: datetime) -> Decision:
    """The decision with the moment when the incident first had somebody, however they came to it.

    Who took it themselves, and who has it no more, was not handed it.
    """
    after = decision.incident
    if after.taken_by == before.taken_by:
        return decision
    if after.taken_by is not None and after.acknowledged_at is None:
        after = replace(after, acknowledged_at=now)
    if after.handed_at is not None and after.handed_at == before.handed_at:
        after = replace(after, handed_at=None, handed_by="")
    return replace(decision, incident=after)

"""Buttons for what concerns the incident itself and not the cluster: silence, help, its past, its graph."""

from collections.abc import Sequence

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.outside import Outside
from chatops.core.screens import handing, hindsight, merging, silence
from chatops.core.texts import Tongue


def rows(
    incident: Incident, tongue: Tongue, outside: Outside, *, alike: int, others: bool = False
) -> list[Sequence[Button | None]]:
    """`alike`: how many incidents like it there were lately; `others`: whether another is open.

    What cannot be done is left out.
    """
    quiet = silence.button(incident, tongue, possible=outside.alertmanager)
    past = look("similar", incident, tongue) if alike else None
    if incident.merged_into is not None:
        return [[quiet, hindsight.postmortem(incident, tongue)], [merging.leads_to(incident.merged_into, tongue)]]
    if not incident.open:
        return [[quiet, past], *hindsight.rows(incident, tongue)]
    graph = look("metric_graph", incident, tongue) if outside.prometheus and has_expression(incident) else None
    same = merging.button(incident, tongue) if others else None
    ending = silence.ending_row(incident, tongue, possible=outside.alertmanager)
    return [ending, [quiet, escalate(incident, tongue)], [handing.button(incident, tongue), graph], [past, same]]


def escalate(incident: Incident, tongue: Tongue) -> Button:
    action = ACTIONS["escalate"]
    return Button(f"{action.icon} {tongue.plain(action.title)}", Verb.ESCALATE, incident_id=incident.id)


def look(action_id: str, incident: Incident, tongue: Tongue) -> Button:
    """A report that is not about an object of the cluster."""
    action = ACTIONS[action_id]
    text = f"{action.icon} {tongue.plain(action.title)}"
    return Button(text, Verb.REPORT, {"report": action_id}, incident_id=incident.id)


def has_expression(incident: Incident) -> bool:
    """Whether the alert that speaks for the incident names the expression that it comes from."""
    lead = incident.lead
    return lead is not None and "g0.expr=" in lead.generator_url

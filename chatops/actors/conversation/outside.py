"""Screens that Alertmanager or Prometheus is asked for: with what work, and what to show when they do not answer."""

from chatops.actors.conversation.views import Reader
from chatops.actors.upstream_messages import CountMatched, DrawGraph, ReadOutside, UpstreamWork
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.graphs import GraphAsk, Theme, fired_spans
from chatops.core.incidents import Incident
from chatops.core.incidents.silencing import matchers_of
from chatops.core.outside import Outside
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from chatops.core.screens import graph, report
from chatops.core.screens.base import Screen
from chatops.core.screens.outside import trouble
from chatops.core.texts import Tongue

NOTHING_IN_PARTICULAR = ObjectRef("", "")
"""What a report is about that is about no object."""


def concerns(position: Position, outside: Outside) -> bool:
    """Whether the screen is one of theirs, as far as they are configured."""
    match position.screen:
        case Verb.SILENCE:
            return outside.alertmanager
        case Verb.REPORT | Verb.REPORT_FILE:
            return outside.offers(position.args.get("report", ""))
        case _:
            return False


def needed(position: Position, incident: Incident | None, tongue: Tongue, theme: Theme) -> UpstreamWork | None:
    """What the screen needs of them; None where the incident has nothing to ask for. Only for what `concerns` them."""
    lead = incident.lead if incident else None
    if is_graph(position):
        return graph_of(incident, tongue, theme)
    if position.screen is not Verb.SILENCE:
        url = lead.generator_url if lead else ""
        return ReadOutside(position.args["report"], position.ref or NOTHING_IN_PARTICULAR, url)
    matchers = matchers_of(incident) if incident else ()
    if incident is None or not matchers:
        return None
    return CountMatched(matchers, frozenset(episode.alert.fingerprint for episode in incident.episodes))


def is_graph(position: Position) -> bool:
    """Whether it is a picture of its own: the message it is asked from stays as it is."""
    return position.screen is Verb.REPORT and position.args.get("report") == "metric_graph"


def graph_of(incident: Incident | None, tongue: Tongue, theme: Theme) -> DrawGraph:
    lead = incident.lead if incident else None
    title = lead.name if lead else ""
    ask = GraphAsk(title, fired_spans(incident) if incident else (), tongue.language, theme)
    return DrawGraph(NOTHING_IN_PARTICULAR, lead.generator_url if lead else "", ask)


def told_by_picture(result: Report, tongue: Tongue, incident_id: int | None) -> tuple[str, str]:
    """What is said below the picture, and what is said where no picture can be sent."""
    instead = report.report(result, tongue, incident_id=incident_id, params={})
    return str(graph.caption(result, tongue, incident_id=incident_id)), instead.html


def failed(position: Position, reason: str, detail: str, reader: Reader) -> Screen:
    name = "Prometheus" if position.args.get("report") in ("metric_graph", "target_health") else "Alertmanager"
    again = Button("🔄", position.screen, position.args, position.ref, position.incident_id)
    return trouble(name, reason, detail, reader.tongue, incident_id=position.incident_id, again=again)

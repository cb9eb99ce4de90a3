"""Screens that Alertmanager or Prometheus is asked for: with what work, and what to show when they do not answer."""

from datetime import datetime

from chatops.actors.conversation.reader import Reader
from chatops.actors.upstream_messages import CountMatched, DrawGraph, ListSilences, ReadOutside, UpstreamWork
from chatops.core.access import Right, incident_place, may, may_decide, may_see, place_of
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position, number
from chatops.core.graphs import GraphAsk, Theme, fired_spans
from chatops.core.incidents import Incident
from chatops.core.incidents.scopes import choices_of
from chatops.core.outside import Outside
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from chatops.core.screens import graph, report, silences
from chatops.core.screens.base import Screen
from chatops.core.screens.outside import trouble
from chatops.core.screens.silence_picker import Weighed, picker
from chatops.core.screens.silences import Outcome, Row
from chatops.core.silences import Counted, Scope, StandingSilences
from chatops.core.texts import Tongue
from chatops.db.store import Store

NOTHING_IN_PARTICULAR = ObjectRef("", "")
"""What a report is about that is about no object."""


def concerns(position: Position, outside: Outside) -> bool:
    """Whether the screen is one of theirs, as far as they are configured."""
    match position.screen:
        case Verb.SILENCE | Verb.SILENCES | Verb.SILENCE_ONE:
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
    if position.screen in (Verb.SILENCES, Verb.SILENCE_ONE):
        return ListSilences()
    if position.screen is not Verb.SILENCE:
        url = lead.generator_url if lead else ""
        return ReadOutside(position.args["report"], position.ref or NOTHING_IN_PARTICULAR, url)
    choices = choices_of(incident) if incident else ()
    if incident is None or not choices:
        return None
    return CountMatched(choices, frozenset(episode.alert.fingerprint for episode in incident.episodes))


def picked(position: Position, counted: Counted, reader: Reader, store: Store, now: datetime) -> Screen | None:
    """The silence picker: of the incidents that would be hidden too, those are named that the reader may see."""
    if position.incident_id is None or not counted.choices:
        return None
    weighed = []
    for matched in counted.choices:
        whose = store.incidents.firing(matched.fingerprints) if matched.fingerprints else ()
        seen = tuple(each.id for each in whose if each.id != position.incident_id and may_see(reader.user, each))
        weighed.append(Weighed(matched, seen))
    scopes = [matched.scope for matched in counted.choices]
    usual = Scope.GROUP if Scope.GROUP in scopes else scopes[-1]
    asked = position.args.get("scope", "")
    chosen = Scope(asked) if asked in scopes else usual
    return picker(weighed, chosen, reader.tongue, incident_id=position.incident_id, now=now)


def listed(position: Position, found: StandingSilences, reader: Reader, store: Store) -> Screen | None:
    """All silences the reader may see, or the one that was chosen."""
    made = store.incidents.silencing([each.id for each in found.silences])
    rows = [Row(each, made.get(each.id)) for each in found.silences]
    seen = [row for row in rows if _may(row, Right.READ, reader)]
    args = position.args
    if position.screen is Verb.SILENCE_ONE:
        row = next((each for each in seen if each.silence.id == args.get("id")), None)
        if row is None:
            return silences.gone(reader.tongue)
        return silences.one(row, reader.tongue, by=reader.user, acts=_may(row, Right.ACT, reader))
    outcome = Outcome(args.get("said", ""), args.get("problem", ""), args.get("detail", ""))
    silent, left_out = found.silent, found.left_out if may_decide(reader.user) else 0
    page = number(args.get("page"))
    return silences.listing(seen, reader.tongue, page=page, silent=silent, outcome=outcome, left_out=left_out)


def _may(row: Row, right: Right, reader: Reader) -> bool:
    """An incident's silence is as open as the incident; any other lies where its matchers do."""
    place = incident_place(row.incident) if row.incident else place_of(silences.ref_of(row.silence))
    return may(reader.user, right, cluster=place.cluster, namespace=place.namespace).allowed


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

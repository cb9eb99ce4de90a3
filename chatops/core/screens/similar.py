"""Past incidents of the same kind: when, how long, what was done and whether that was what ended them."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from chatops.core.actions import ACTIONS, ActionRun, ActionState
from chatops.core.incidents.values import Incident, Status
from chatops.core.past import PastIncident
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.screens.base import Screen
from chatops.core.screens.report import report
from chatops.core.screens.wording import WORDS, filling
from chatops.core.texts import Tongue

MARKS = {
    ActionState.SUCCEEDED: Health.GOOD,
    ActionState.FAILED: Health.BAD,
    ActionState.INTERRUPTED: Health.UNKNOWN,
}


def similar(incident: Incident, past: Sequence[PastIncident], tongue: Tongue) -> Screen:
    """`past` are the newest first; nothing of the cluster is asked, all of it is the bot's own memory."""
    helped = sum(any(each.resolved_after(run) for run in each.runs) for each in past)
    notes = [Note("none_like_it")] if not past else []
    if helped:
        notes.append(Note("helped_before", str(helped)))
    told = Report(
        "similar",
        ObjectRef("", ""),
        sections=tuple(Section(_head(each, tongue), tuple(_lines(each, tongue))) for each in past),
        notes=tuple(notes),
    )
    return report(told, tongue, incident_id=incident.id, params={})


def _head(each: PastIncident, tongue: Tongue) -> str:
    """`#91 · 2026-11-20 08:12 UTC · 18 min · @anna`."""
    incident = each.incident
    parts = [f"#{incident.id}", f"{incident.opened_at:%Y-%m-%d %H:%M} UTC"]
    if incident.closed_at:
        parts.append(_plain(tongue.span(incident.closed_at - incident.opened_at)))
    else:
        parts.append(tongue.plain("still open"))
    if incident.taken_by:
        parts.append(incident.taken_by.name)
    return " · ".join(parts)


def _lines(each: PastIncident, tongue: Tongue) -> Iterator[Line]:
    incident = each.incident
    if incident.merged_into is not None:
        yield Line(tongue.plain("merged into #{number}", number=incident.merged_into))
    elif incident.status is Status.REJECTED:
        yield Line(tongue.plain("rejected: {reason}", reason=incident.reason))
    noise = sum(not verdict.real for verdict in incident.verdicts)
    if noise:
        yield Line(_plain(tongue.plural("👎 {n} person called it noise", "👎 {n} people called it noise", noise)))
    for run in each.runs:
        yield Line(_ran(each, run, tongue), MARKS.get(run.state))
    if not each.runs and incident.status is Status.RESOLVED:
        by_hand = incident.closed_by is not None
        yield Line(tongue.plain("resolved by hand") if by_hand else tongue.plain("resolved by itself"))


def _ran(each: PastIncident, run: ActionRun, tongue: Tongue) -> str:
    action = ACTIONS.get(run.plan.action)
    words = WORDS.get(run.plan.action)
    wording = (words.label if words else "") or (action.title if action else run.plan.action)
    did = tongue.plain(wording, **filling(run.plan.params, name=run.plan.ref.name))
    waited = each.resolved_after(run)
    if waited is not None:
        return tongue.plain("{did}: resolved {span} later", did=did, span=_plain(tongue.span(waited)))
    match run.state:
        case ActionState.SUCCEEDED:
            return tongue.plain("{did}: done, and it did not resolve soon after", did=did)
        case ActionState.FAILED:
            return tongue.plain("{did}: failed", did=did)
        case _:
            return did


def _plain(markup: Markup) -> str:
    return markup.unescape()

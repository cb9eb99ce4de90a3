"""/incidents and /history: what is open, and what was."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident, Status
from chatops.core.screens.base import PAGE_SIZE, SEVERITY_ICONS, Screen, code, in_rows, page_row, pages_of, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, joined, one_line

ALL = "all"
"""Argument of a position: all that the reader may read, also what the routes of the chat do not take."""


def open_incidents(
    shown: Sequence[Incident],
    tongue: Tongue,
    *,
    total: int,
    page: int,
    last: datetime | None,
    elsewhere: int = 0,
    is_all: bool = False,
) -> Screen:
    """`last`: when the newest closed incident ended, for the quiet screen. `elsewhere`: how many are open that the
    routes of the chat do not take; `is_all`: those were asked for as well.
    """
    args = {ALL: "1"} if is_all else {}
    beyond = Button("🌐 " + tongue.plain("All open") + f" · {total + elsewhere}", Verb.INCIDENTS, {ALL: "1"})
    others = [beyond if elsewhere else None]
    if elsewhere and not total:
        quiet = tongue.say("🟢 <b>All quiet here.</b>")
        told = tongue.plural(
            "{n} incident is open that this chat's routes do not take.",
            "{n} incidents are open that this chat's routes do not take.",
            elsewhere,
        )
        return screen([joined([quiet, told], " ")], [others, [_history(tongue), _report(tongue), _again()]])
    if not total:
        quiet = tongue.say("🟢 <b>All quiet.</b>")
        ended = (
            tongue.say("Last incident ended {ago}.", ago=tongue.ago(last)) if last else tongue.say("No incident yet.")
        )
        return screen([joined([quiet, ended], " ")], [[_history(tongue), _report(tongue), _again()]])
    head = tongue.plural("🔥 <b>{n} open</b>", "🔥 <b>{n} open</b>", total)
    return screen(
        [head, "", *(_open_line(incident, tongue) for incident in shown)],
        [
            *in_rows([_open_button(incident) for incident in shown], 4),
            page_row(Verb.INCIDENTS, page, pages_of(total), Button("", args=args)),
            others,
            [_history(tongue), _report(tongue), _again(args)],
        ],
    )


def history(shown: Sequence[Incident], tongue: Tongue, *, total: int, page: int) -> Screen:
    lines = [_closed_line(incident, tongue) for incident in shown] or [tongue.say("No incident has ended yet.")]
    back = Button(tongue.plain("« Incidents"), Verb.INCIDENTS)
    return screen(
        [tongue.plural("🗂 <b>{n} ended</b>", "🗂 <b>{n} ended</b>", total), "", *lines],
        [
            *in_rows([Button(f"#{i.id}", Verb.CARD, {"new": "1"}, incident_id=i.id) for i in shown], 4),
            page_row(Verb.HISTORY, page, pages_of(total), Button("")),
            [back],
        ],
    )


def page_bounds(page: int) -> tuple[int, int]:
    """Offset and limit of a page of incidents."""
    return max(page, 0) * PAGE_SIZE, PAGE_SIZE


def _open_line(incident: Incident, tongue: Tongue) -> Markup:
    who = incident.taken_by.name if incident.taken_by else tongue.plain("nobody")
    place = incident.cluster or incident.namespace
    told = joined([tongue.ago(incident.started_at), who, one_line(place, 40)])
    icon, number = SEVERITY_ICONS[incident.severity], code(f"#{incident.id}")
    return Markup("{} {} {} — {}").format(icon, number, one_line(headline(incident, tongue), 80), told)


def _closed_line(incident: Incident, tongue: Tongue) -> Markup:
    icon = "⚪" if incident.status is Status.REJECTED else "🟢"
    ended = incident.closed_at or incident.opened_at
    merged = incident.merged_into and tongue.say("merged into #{number}", number=incident.merged_into)
    told = joined([tongue.ago(ended), tongue.span(ended - incident.started_at), merged or ""])
    return Markup("{} {} {} — {}").format(icon, code(f"#{incident.id}"), one_line(headline(incident, tongue), 80), told)


def _open_button(incident: Incident) -> Button:
    return Button(
        f"{SEVERITY_ICONS[incident.severity]} #{incident.id}", Verb.CARD, {"new": "1"}, incident_id=incident.id
    )


def _history(tongue: Tongue) -> Button:
    return Button("🗂 " + tongue.plain("History"), Verb.HISTORY)


def _report(tongue: Tongue) -> Button:
    return Button("📊 " + tongue.plain("Report"), Verb.STATISTICS)


def _again(args: dict[str, str] | None = None) -> Button:
    return Button("🔄", Verb.INCIDENTS, args or {})

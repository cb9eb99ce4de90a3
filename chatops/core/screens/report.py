"""A report on the phone: what was looked at, the facts, the sections that fit, and where to go from there."""

from collections.abc import Iterator

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.reports import Line, Note, Report
from chatops.core.resources import ObjectRef
from chatops.core.screens.base import HEALTH_ICONS, Screen, bold, crumbs, in_rows, label, screen, short_name
from chatops.core.screens.reading import back_from
from chatops.core.texts import Tongue, mark, one_line

MOST_LINES = 12
"""Lines of one section; the rest is in the file."""

NOTES: dict[str, str] = {
    "configs_differ": mark("⚠️ They do not run the same configuration."),
    "past_hours": mark("The past {detail} hours, a sign for every 10 minutes; · is no value."),
    "fires_when": mark("The alert fires when it is {detail}."),
    "no_series": mark("Prometheus has no values for it."),
    "series_left_out": mark("Not shown, with lower values: {detail}."),
    "no_targets": mark("Prometheus scrapes nothing that belongs to it."),
    "none_like_it": mark("None like it before."),
    "helped_before": mark("Resolved within 15 minutes of an action: {detail}."),
    "no_metrics": mark("No metrics: this cluster has no metrics-server."),
}
"""Sentences for what a report has to say beside its lines, by the codes the reports use."""


def report(told: Report, tongue: Tongue, *, incident_id: int | None, params: dict[str, str]) -> Screen:
    """`params` are those it was asked with, for asking again."""
    ref, action = told.ref, ACTIONS[told.action]
    where = [short_name(ref)] if ref.name else []
    head = Markup("{} {}").format(HEALTH_ICONS[told.health], crumbs(incident_id, *where, tongue.plain(action.title)))
    lines: list[Markup | str | None] = [head, ""]
    lines += [Markup("{}: {}").format(one_line(name, 40), one_line(value, 300)) for name, value in told.facts]
    lines += [_note(note, tongue) for note in told.notes]
    for section in told.sections:
        lines += ["", bold(_title(section.title, tongue)), *_section(section.lines, tongue)]
    args = {**params, "report": told.action}
    file = Button("📎 " + tongue.plain("Full text"), Verb.REPORT_FILE, args, ref, incident_id)
    return screen(
        lines,
        [
            *in_rows([_to(each, incident_id) for each in told.related[:6]], 2),
            [file if told.full_text else None],
            [back_from(ref, tongue, incident_id), Button("🔄", Verb.REPORT, args, ref, incident_id)],
        ],
    )


def _title(title: str, tongue: Tongue) -> str:
    """Ours is translated; a stranger's name with braces in it is no message with places to fill."""
    return title if "{" in title or "}" in title else tongue.plain(title)


def _section(lines: tuple[Line, ...], tongue: Tongue) -> Iterator[Markup]:
    for line in lines[:MOST_LINES]:
        text = one_line(line.text, 240)
        yield Markup("{} {}").format(HEALTH_ICONS[line.health], text) if line.health else Markup("{}").format(text)
    if len(lines) > MOST_LINES:
        yield tongue.plural("… and {n} more", "… and {n} more", len(lines) - MOST_LINES)


def _note(note: Note, tongue: Tongue) -> Markup:
    sentence = NOTES.get(note.code)
    return tongue.say(sentence, detail=one_line(note.detail, 300)) if sentence else Markup("{}").format(note.detail)


def _to(ref: ObjectRef, incident_id: int | None) -> Button:
    return Button(label(f"🔎 {short_name(ref)}"), door_of(ref), ref=ref, incident_id=incident_id)


def door_of(ref: ObjectRef) -> Verb:
    """The screen on which an object of this kind is looked at first."""
    match ref.kind:
        case "Pod":
            return Verb.POD
        case "Deployment" | "StatefulSet" | "DaemonSet":
            return Verb.PODS
        case _:
            return Verb.MORE

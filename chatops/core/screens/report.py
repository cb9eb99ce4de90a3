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
    "fits_without": mark("In sum everything would still fit without {detail}."),
    "health_denied": mark("The bot may not read {detail}: it lacks the right to get that path."),
    "heartbeat_late": mark("The node's heartbeat is late: its kubelet may be down or cut off."),
    "kube_system_denied": mark("The bot may not see the pods of kube-system."),
    "stats_unreachable": mark("The node's kubelet does not answer: {detail}"),
    "managed_control_plane": mark("The control plane runs outside this cluster, so none of its pods are here."),
    "metadata_denied": mark("Where it says forbidden, the bot may not even see when the object was changed."),
    "metrics_denied": mark("No metrics: the bot may not read metrics.k8s.io."),
    "no_config_errors": mark("No line that looks like an error in the last 200 of each container."),
    "no_endpoints": mark("The service has no endpoints: nothing matches its selector, or nothing has an address."),
    "no_fit_without": mark("Without {detail} the requests would not fit even in sum."),
    "no_impact": mark("Every workload here has a healthy replica on another node."),
    "no_metrics": mark("No metrics: metrics-server is missing here or does not answer."),
    "no_nodes": mark("No node takes pods."),
    "no_pending_csr": mark("No certificate request waits for a decision."),
    "no_pods": mark("There are no pods to look at."),
    "no_prometheus": mark("Seen without Prometheus: why a scrape failed is not known here."),
    "no_revisions": mark("No revision is kept."),
    "not_measured": mark("Nothing is measured yet: metrics-server needs up to a minute after a start."),
    "revision_unrecorded": mark("The controller has not recorded the newest revision yet."),
    "stats_absent": mark("This cluster does not let the kubelet's statistics be read."),
    "stats_denied": mark("The bot may not read the kubelet's statistics: it lacks get on nodes/proxy."),
}
"""Sentences for what a report has to say beside its lines, by the codes the reports use."""

TITLES = frozenset(
    {
        mark("Add-ons"),
        mark("Conditions"),
        mark("Configuration"),
        mark("Containers"),
        mark("Control plane"),
        mark("Endpoints"),
        mark("Ephemeral storage"),
        mark("Events"),
        mark("Failing checks"),
        mark("Full volumes"),
        mark("Largest namespaces"),
        mark("No healthy replica elsewhere"),
        mark("Nobody recreates"),
        mark("Nodes"),
        mark("Pending"),
        mark("Pods"),
        mark("Revisions"),
    }
)
"""Titles of sections that are words and not an object's name, marked here for the catalogue."""


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
    """A message has no places here; with a brace it is the name of an object."""
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

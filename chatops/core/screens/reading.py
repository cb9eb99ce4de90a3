"""What is read of an object: description, events. The worst and the newest stay when room is short."""

from markupsafe import Markup

from chatops.core import diagnostics
from chatops.core.actions.repertoire import EVERY_KIND
from chatops.core.buttons import Button, Verb
from chatops.core.resources import WORKLOADS, Description, EventLine, ObjectRef
from chatops.core.screens.actions import by_hand
from chatops.core.screens.base import HEALTH_ICONS, Part, Screen, back_to_card, bold, code, crumbs, screen, short_name
from chatops.core.screens.fact_names import fact_line
from chatops.core.screens.rich import Section
from chatops.core.texts import Tongue, joined, one_line

_VERBS = {
    "pods": Verb.PODS,
    "logs": Verb.LOGS,
    "logs_previous": Verb.LOGS,
    "describe": Verb.DESCRIBE,
    "events": Verb.EVENTS,
    "yaml": Verb.YAML_FILE,
    diagnostics.ACTION: Verb.DIAGNOSE,
}


def reading_of(action_id: str) -> tuple[Verb, dict[str, str]]:
    """The screen that a reading action opens, and the arguments that name it."""
    verb = _VERBS.get(action_id)
    if verb is None:
        return Verb.REPORT, {"report": action_id}
    return verb, {"previous": "1"} if action_id == "logs_previous" else {}


MOST_EVENTS = 15
FIRST_EVENTS = 5
"""In a description where they do not unfold."""


def describe(told: Description, tongue: Tongue, *, incident_id: int | None) -> Screen:
    ref = told.ref
    lines: list[Part] = [
        Markup("{} {}").format(HEALTH_ICONS[told.health], crumbs(incident_id, f"{short_name(ref)}")),
        code(ref.path),
        "",
    ]
    lines += [fact_line(name, value, tongue, ref) for name, value in told.facts]
    if told.conditions:
        conditions = tuple(
            Markup("{} {}").format("🟢" if good else "🔴", joined([one_line(type, 60), one_line(reason, 120)], " — "))
            for good, type, reason in told.conditions
        )
        lines.append(Section(tongue.say("Conditions"), conditions, len(conditions), is_open=True))
    if told.events:
        listed = tuple(_event(event, tongue) for event in told.events[:MOST_EVENTS])
        lines.append(Section(tongue.say("Events"), listed, FIRST_EVENTS))
    return screen(
        lines,
        [
            [
                Button("📎 " + tongue.plain("Full text"), Verb.DESCRIBE_FILE, ref=ref, incident_id=incident_id),
                Button("🧾 " + tongue.plain("YAML"), Verb.YAML_FILE, ref=ref, incident_id=incident_id),
                by_hand("describe", ref),
            ],
            [back_from(ref, tongue, incident_id), Button("🔄", Verb.DESCRIBE, ref=ref, incident_id=incident_id)],
        ],
    )


def events(ref: ObjectRef, found: tuple[EventLine, ...], tongue: Tongue, *, incident_id: int | None) -> Screen:
    head = crumbs(incident_id, short_name(ref), tongue.plain("Events"))
    lines: list[Markup | str | None] = [head, ""]
    lines += [_event(event, tongue) for event in found[:MOST_EVENTS]] or [
        tongue.say("No events: Kubernetes keeps them for an hour.")
    ]
    if len(found) > MOST_EVENTS:
        lines.append(tongue.plural("… and {n} more", "… and {n} more", len(found) - MOST_EVENTS))
    return screen(
        lines,
        [
            [by_hand("events", ref)],
            [back_from(ref, tongue, incident_id), Button("🔄", Verb.EVENTS, ref=ref, incident_id=incident_id)],
        ],
    )


def _event(event: EventLine, tongue: Tongue) -> Markup:
    often = f"×{event.count} " if event.count > 1 else ""
    told = Markup("{} {}{} {}").format(
        "⚠️" if event.warning else "•", often, bold(event.reason, 60), one_line(event.message, 220)
    )
    about = one_line(event.about, 80) + (f" +{event.objects - 1}" if event.objects > 1 else "")
    return joined([told, joined([about, tongue.ago(event.last_at) if event.last_at else ""])], " — ")


def back_from(ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button:
    """To the object's own screen; of what is no object of the API, to the card."""
    if ref.kind == "Pod":
        return Button(tongue.plain("« Pod"), Verb.POD, ref=ref, incident_id=incident_id)
    if ref.kind in WORKLOADS:
        return Button(tongue.plain("« Pods"), Verb.PODS, ref=ref, incident_id=incident_id)
    if ref.kind in EVERY_KIND:
        return Button(f"« {ref.short_kind}", Verb.MORE, ref=ref, incident_id=incident_id)
    return back_to_card(tongue, incident_id)

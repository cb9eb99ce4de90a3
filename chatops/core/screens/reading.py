"""What is read of an object: logs, description, events. The newest and the worst stay when room is short."""

from markupsafe import Markup

from chatops.core.actions.repertoire import EVERY_KIND
from chatops.core.buttons import Button, Verb
from chatops.core.resources import WORKLOADS, Description, EventLine, LogText, ObjectRef
from chatops.core.screens.actions import by_hand
from chatops.core.screens.base import HEALTH_ICONS, Screen, back_to_card, bold, code, crumbs, screen, short_name
from chatops.core.texts import Tongue, joined, one_line

_VERBS = {
    "pods": Verb.PODS,
    "logs": Verb.LOGS,
    "logs_previous": Verb.LOGS,
    "describe": Verb.DESCRIBE,
    "events": Verb.EVENTS,
    "yaml": Verb.YAML_FILE,
}


def reading_of(action_id: str) -> tuple[Verb, dict[str, str]]:
    """The screen that a reading action opens, and the arguments that name it."""
    verb = _VERBS.get(action_id)
    if verb is None:
        return Verb.REPORT, {"report": action_id}
    return verb, {"previous": "1"} if action_id == "logs_previous" else {}


LOG_ROOM = 3_300
"""Characters of log on the screen: what Telegram's 4,096 leave beside the head."""
MORE_LINES = 200
MOST_EVENTS = 15


def logs(text: LogText, tongue: Tongue, *, incident_id: int | None, tail: int) -> Screen:
    kept, cut = newest_that_fit(text.lines, LOG_ROOM)
    title = joined(
        [
            one_line(text.pod.name, 120),
            one_line(text.container, 120),
            tongue.plain("previous") if text.previous and not text.fell_back else "",
        ]
    )
    args = {"container": text.container, **({"previous": "1"} if text.previous else {})}
    lines: list[Markup | str | None] = [
        Markup("📄 <b>{}</b>").format(title),
        tongue.plural("last {n} line, newest at the bottom", "last {n} lines, newest at the bottom", len(kept))
        if kept
        else None,
        tongue.say("No previous container: these are the current logs.") if text.fell_back else None,
        tongue.plural("{n} older line cut: take the file", "{n} older lines cut: take the file", cut) if cut else None,
        Markup("<pre>{}</pre>").format("\n".join(kept)) if kept else tongue.say("The log is empty."),
    ]
    more = None
    if tail < MORE_LINES:
        words = tongue.plain("{n} lines", n=MORE_LINES)
        more = Button(f"⬆️ {words}", Verb.LOGS, {**args, "tail": str(MORE_LINES)}, text.pod, incident_id)
    return screen(
        lines,
        [
            [more, Button("📎 " + tongue.plain("As file"), Verb.LOG_FILE, args, text.pod, incident_id)],
            [by_hand("logs", text.pod, _logs_params(text, tail))],
            [
                Button(tongue.plain("« Pod"), Verb.POD, ref=text.pod, incident_id=incident_id),
                Button("🔄", Verb.LOGS, {**args, "tail": str(tail)}, text.pod, incident_id),
            ],
        ],
    )


def newest_that_fit(lines: tuple[str, ...], room: int) -> tuple[list[str], int]:
    """Whole lines from the end that fit into `room` UTF-16 units, and how many were left out.

    A single line longer than the room keeps its end.
    """
    kept: list[str] = []
    used = 0
    for line in reversed(lines):
        size = len(line.encode("utf-16-le")) // 2 + 1
        if used + size > room:
            if not kept:
                kept.append("…" + line[-(room // 2) :])
            break
        kept.append(line)
        used += size
    return kept[::-1], len(lines) - len(kept)


def describe(told: Description, tongue: Tongue, *, incident_id: int | None) -> Screen:
    ref = told.ref
    lines: list[Markup | str | None] = [
        Markup("{} {}").format(HEALTH_ICONS[told.health], crumbs(incident_id, f"{short_name(ref)}")),
        code(ref.path),
        "",
    ]
    lines += [Markup("{}: {}").format(one_line(name, 40), one_line(value, 300)) for name, value in told.facts]
    if told.conditions:
        lines += ["", bold(tongue.plain("Conditions"))]
        lines += [
            Markup("{} {}").format("🟢" if good else "🔴", joined([one_line(type, 60), one_line(reason, 120)], " — "))
            for good, type, reason in told.conditions
        ]
    if told.events:
        lines += ["", bold(tongue.plain("Events"))]
        lines += [_event(event, tongue) for event in told.events[:5]]
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
    return joined(
        [told, joined([one_line(event.about, 80), tongue.ago(event.last_at) if event.last_at else ""])], " — "
    )


def back_from(ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button:
    """To the object's own screen; of what is no object of the API, to the card."""
    if ref.kind == "Pod":
        return Button(tongue.plain("« Pod"), Verb.POD, ref=ref, incident_id=incident_id)
    if ref.kind in WORKLOADS:
        return Button(tongue.plain("« Pods"), Verb.PODS, ref=ref, incident_id=incident_id)
    if ref.kind in EVERY_KIND:
        return Button(f"« {ref.short_kind}", Verb.MORE, ref=ref, incident_id=incident_id)
    return back_to_card(tongue, incident_id)


def _logs_params(text: LogText, tail: int) -> dict[str, str]:
    earlier = {"previous": "1"} if text.previous and not text.fell_back else {}
    return {"container": text.container, "tail": str(tail), **earlier}

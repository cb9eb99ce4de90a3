"""Diagnostics in a container: which command, and what it said."""

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.diagnostics import ACTION, DIAGNOSTICS, Diagnostic, fitting
from chatops.core.reports import Note, Report
from chatops.core.resources import ContainerView, PodView
from chatops.core.screens.base import HEALTH_ICONS, Screen, code, crumbs, in_rows, screen
from chatops.core.screens.containers import pick_container
from chatops.core.screens.fact_names import fact_line
from chatops.core.screens.logs import newest_that_fit
from chatops.core.texts import Tongue, joined, mark, one_line

ROOM = 3_000
"""Characters of output on the screen."""

NOTES = {
    "no_program": mark("This container has no {detail}: its image does not bring it along."),
    "not_permitted": mark("This container may not run {detail}."),
    "not_running": mark("The container {detail} is not running: nothing can be run in it."),
    "no_container": mark("The pod has no container {detail}."),
    "timed_out": mark("⏳ It did not end within {detail} s; this is what it said until then."),
    "cut": mark("✂️ It said more than {detail} KiB; the rest was not read."),
    "no_output": mark("It said nothing."),
}
"""What there is to say about a command that was run, or could not be."""


def choose(pod: PodView, tongue: Tongue, *, incident_id: int | None, container: str, page: int = 0) -> Screen:
    """The commands that fit the container; the containers first, where several run and none was chosen."""
    title = tongue.plain(ACTIONS[ACTION].title)
    where = crumbs(incident_id, pod.ref.name, title)
    running = [each for each in pod.containers if each.state == "running"]
    chosen = next((each for each in running if each.name == container), running[0] if len(running) == 1 else None)
    back = Button(tongue.plain("« Pod"), Verb.POD, ref=pod.ref, incident_id=incident_id)
    if not running:
        return screen([where, "", tongue.say("No container of this pod is running.")], [[back]])
    if chosen is None:
        return pick_container(pod, running, where, tongue, incident_id, Verb.DIAGNOSE, Verb.DIAGNOSE, {}, page)
    commands = fitting(chosen.name, chosen.image)
    return screen(
        [
            crumbs(incident_id, pod.ref.name, chosen.name, title),
            "",
            tongue.say("Each button runs one command in the container, once, and shows what it says:"),
            *(_named(each, tongue) for each in commands),
        ],
        [*in_rows([_run(each, pod, chosen, tongue, incident_id) for each in commands], 2), [back]],
    )


def output(told: Report, tongue: Tongue, *, incident_id: int | None, params: dict[str, str]) -> Screen:
    """`params` are those it was asked with: which container, which command."""
    container, command = params.get("container", ""), DIAGNOSTICS.get(params.get("command", ""))
    args = {**params, "report": ACTION}
    said = [line.text for section in told.sections for line in section.lines]
    # The first lines say what the columns are: of more than fit, the last ones are left out.
    kept, cut = newest_that_fit(said[::-1], ROOM)
    lines: list[Markup | str | None] = [
        Markup("{} {}").format(HEALTH_ICONS[told.health], crumbs(incident_id, told.ref.name, container)),
        _named(command, tongue) if command else None,
        joined(fact_line(name, value, tongue) for name, value in told.facts),
        *(_note(note, tongue) for note in told.notes),
        Markup("<pre>{}</pre>").format("\n".join(kept[::-1])) if kept else None,
        tongue.plural("{n} more line: take the file", "{n} more lines: take the file", cut) if cut else None,
    ]
    file = Button("📎 " + tongue.plain("Full text"), Verb.REPORT_FILE, args, told.ref, incident_id)
    another = {"container": container} if container else {}
    return screen(
        [line for line in lines if line],
        [
            [
                Button("🧪 " + tongue.plain("Another"), Verb.DIAGNOSE, another, told.ref, incident_id),
                file if told.full_text else None,
            ],
            [
                Button(tongue.plain("« Pod"), Verb.POD, ref=told.ref, incident_id=incident_id),
                Button("🔄", Verb.REPORT, args, told.ref, incident_id),
            ],
        ],
    )


def _named(command: Diagnostic, tongue: Tongue) -> Markup:
    return Markup("{} — {}").format(tongue.plain(command.title), code(command.words, 200))


def _run(
    command: Diagnostic, pod: PodView, container: ContainerView, tongue: Tongue, incident_id: int | None
) -> Button:
    args = {"report": ACTION, "container": container.name, "command": command.id}
    return Button(tongue.plain(command.title), Verb.REPORT, args, pod.ref, incident_id)


def _note(note: Note, tongue: Tongue) -> Markup:
    sentence = NOTES.get(note.code)
    return tongue.say(sentence, detail=one_line(note.detail, 200)) if sentence else Markup("{}").format(note.detail)

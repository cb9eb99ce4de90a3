"""Drill-down, first levels: the objects of an incident, and the pods of one."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import Health, ObjectRef, PodView, WorkloadView
from chatops.core.screens.actions import more, workload_actions
from chatops.core.screens.base import (
    HEALTH_ICONS,
    PAGE_SIZE,
    Part,
    Screen,
    back_to_card,
    bold,
    code,
    crumbs,
    in_rows,
    label,
    page_row,
    pages_of,
    screen,
    short_name,
    short_path,
)
from chatops.core.screens.facts import problem_words
from chatops.core.screens.rich import Listed
from chatops.core.texts import Tongue, joined, one_line

Line = tuple[Health, Markup, Markup, Button]
"""How it is, a line with its name, what the line says beside the name, and its button."""


def resources(incident: Incident, tongue: Tongue, *, page: int = 0) -> Screen:
    """Worst first, one full-width button each; the kind stands first, so that long names are cut at the end."""
    survey = incident.survey
    head = joined(
        [crumbs(incident.id, tongue.plain("Resources")), code(incident.cluster) if incident.cluster else ""], "  "
    )
    here = Button("", Verb.RESOURCES, incident_id=incident.id)
    foot = [back_to_card(tongue, incident.id), Button("🔄", Verb.RESOURCES, {"fresh": "1"}, incident_id=incident.id)]
    if survey is None:
        return screen([head, "", tongue.say("🔎 Looking at the cluster…")], [foot])
    if survey.problem:
        problem = tongue.say("⚠️ Kubernetes: {problem}", problem=one_line(problem_words(survey, tongue), 300))
        return screen([head, "", problem], [foot])
    found = [_workload_line(w, tongue, incident.id) for w in survey.workloads]
    found += [_pod_line(p, incident.id) for p in survey.pods]
    found += [_other_line(view, incident.id) for view in survey.others]
    found.sort(key=lambda line: line[0].rank)
    missing = [code(short_path(ref)) for ref in survey.missing[:PAGE_SIZE]]
    gone = [tongue.say("👻 {object} no longer exists", object=name) for name in missing]
    if not found and not gone:
        gone = [tongue.say("The alert names no object that the cluster knows.")]
    pages = pages_of(len(found))
    page = min(max(page, 0), pages - 1)
    shown = found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    rows = [[button] for *_, button in shown]
    return screen(
        [head, "", *(_listed(*line) for line in shown), *gone],
        [*rows, page_row(Verb.RESOURCES, page, pages, here), foot],
    )


def _listed(health: Health, text: Markup, told: Markup, button: Button) -> Listed:
    assert button.ref
    return Listed(text, button, f"{HEALTH_ICONS[health]} {button.ref.kind} {button.ref.path}", (told,))


def pods(workload: WorkloadView, tongue: Tongue, *, incident_id: int | None, page: int = 0) -> Screen:
    """The pods of a workload, with what is done to it most."""
    ref = workload.ref
    ready = _ready(workload, tongue)
    back = Button(tongue.plain("« Resources"), Verb.RESOURCES, incident_id=incident_id)
    acts = workload_actions(workload, tongue, incident_id)
    return _pods(ref, workload.pods, ready, acts, back, tongue, incident_id, page)


def pods_of(
    ref: ObjectRef, found: Sequence[PodView], tongue: Tongue, *, incident_id: int | None, page: int = 0
) -> Screen:
    """The pods of an object that is no workload: a ReplicaSet, a node."""
    working = sum(pod.health is Health.GOOD for pod in found)
    ready = tongue.say("{ready}/{desired} ready", ready=working, desired=len(found))
    back = Button(f"« {ref.short_kind}", Verb.MORE, ref=ref, incident_id=incident_id)
    return _pods(ref, found, ready, [], back, tongue, incident_id, page)


def _pods(
    ref: ObjectRef,
    found: Sequence[PodView],
    ready: Markup,
    acts: list[list[Button]],
    back: Button,
    tongue: Tongue,
    incident_id: int | None,
    page: int,
) -> Screen:
    """kubectl's columns cut to the phone. What the names have in common is said once; buttons carry the rest."""
    listed = sorted(found, key=lambda p: (p.health.rank, -p.restarts, p.ref.name))
    prefix = common_prefix([pod.ref.name for pod in listed])
    pages = pages_of(len(listed))
    page = min(max(page, 0), pages - 1)
    shown = listed[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    lines: list[Part] = [
        joined([crumbs(incident_id, short_name(ref), tongue.plain("Pods")), ready], "  "),
        code(ref.path) if ref.namespace else None,
        "",
    ]
    buttons = [_pod_button(pod, prefix, {"above": ref.name, "above_kind": ref.kind}, incident_id) for pod in shown]
    lines += [_pod_row(pod, prefix, button) for pod, button in zip(shown, buttons, strict=True)]
    if not shown:
        lines.append(tongue.say("No pods."))
    if prefix:
        lines += ["", tongue.say("common prefix: {prefix}", prefix=code(prefix))]
    here = Button("", Verb.PODS, ref=ref, incident_id=incident_id)
    return screen(
        lines,
        [
            *in_rows(buttons, 2),
            page_row(Verb.PODS, page, pages, here),
            *acts,
            [
                Button("📄 " + tongue.plain("Logs"), Verb.LOGS, ref=ref, incident_id=incident_id) if listed else None,
                Button("🔎 " + tongue.plain("Describe"), Verb.DESCRIBE, ref=ref, incident_id=incident_id),
                Button("🗓 " + tongue.plain("Events"), Verb.EVENTS, ref=ref, incident_id=incident_id),
            ],
            [back, more(ref, tongue, incident_id), Button("🔄", Verb.PODS, {"page": str(page)}, ref, incident_id)],
        ],
    )


def _ready(workload: WorkloadView, tongue: Tongue) -> Markup:
    """How many are ready, and that there are more pods than those kept, which are the worst."""
    ready = tongue.say("{ready}/{desired} ready", ready=workload.ready, desired=workload.desired)
    unseen = workload.pods_in_all - len(workload.pods)
    worst = tongue.plural("the {n} worst", "the {n} worst", len(workload.pods)) if unseen > 0 else ""
    return joined([ready, worst])


def common_prefix(names: Sequence[str]) -> str:
    """What two or more pod names share up to a dash (`checkout-6d9f7c5b8d`); empty when that says nothing."""
    if len(names) < 2:
        return ""
    low, high = min(names), max(names)
    length = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:length].rpartition("-")[0]


def _short(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lstrip("-") if prefix else name


def _pod_button(pod: PodView, prefix: str, above: dict[str, str], incident_id: int | None) -> Button:
    name = label(_short(pod.ref.name, prefix), 30)
    return Button(f"{HEALTH_ICONS[pod.health]} {name}", Verb.POD, above, pod.ref, incident_id)


def _pod_row(pod: PodView, prefix: str, button: Button) -> Listed:
    name = ("…-" if prefix else "") + _short(pod.ref.name, prefix)
    cells = tuple(map(escape, (one_line(pod.status, 40), f"{pod.restarts}↻", one_line(pod.node, 30))))
    line = Markup("{} {}  {}").format(HEALTH_ICONS[pod.health], code(name, 63), joined(cells))
    return Listed(line, button, f"{HEALTH_ICONS[pod.health]} {_short(pod.ref.name, prefix)}", cells)


def _workload_line(workload: WorkloadView, tongue: Tongue, incident_id: int) -> Line:
    ref = workload.ref
    told = joined(
        [
            tongue.say("{ready}/{desired} ready", ready=workload.ready, desired=workload.desired),
            tongue.say("rev {revision}", revision=workload.rollout.revision) if workload.rollout else "",
            tongue.say("paused") if workload.rollout and workload.rollout.paused else "",
        ]
    )
    text = Markup("{} {}  {}").format(HEALTH_ICONS[workload.health], bold(f"{ref.kind} {ref.path}"), told)
    button = Button(_button_text(workload.health, ref), Verb.PODS, ref=ref, incident_id=incident_id)
    return workload.health, text, told, button


def _pod_line(pod: PodView, incident_id: int) -> Line:
    told = joined([one_line(pod.status, 40), f"{pod.restarts}↻"])
    text = Markup("{} {}  {}").format(HEALTH_ICONS[pod.health], bold(f"Pod {pod.ref.path}"), told)
    button = Button(_button_text(pod.health, pod.ref), Verb.POD, ref=pod.ref, incident_id=incident_id)
    return pod.health, text, told, button


def _other_line(view: ObjectView, incident_id: int) -> Line:
    ref = view.ref
    told = escape(one_line(view.trait(Trait.SUMMARY), 120))
    text = Markup("{} {}  {}").format(HEALTH_ICONS[view.health], bold(f"{ref.kind} {ref.path}"), told)
    button = Button(_button_text(view.health, ref), Verb.MORE, ref=ref, incident_id=incident_id)
    return view.health, text.rstrip(), told, button


def _button_text(health: Health, ref: ObjectRef) -> str:
    return label(f"{HEALTH_ICONS[health]} {short_name(ref)}")

"""Choosing the parameter of an action: where the object stands, and a few steps from there. Nothing is typed."""

from markupsafe import Markup

from chatops.core import cautions
from chatops.core.actions import ACTIONS
from chatops.core.applicable import View
from chatops.core.buttons import Button, Verb
from chatops.core.choices import Choice, choices
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import Rollout, WorkloadView
from chatops.core.screens.actions import autoscaler_of
from chatops.core.screens.base import Screen, bold, code, crumbs, in_rows, label, screen, short_name
from chatops.core.screens.confirm import CAUTIONS
from chatops.core.screens.facts import short_images
from chatops.core.screens.reading import reading_of
from chatops.core.texts import Tongue, joined, one_line

NARROW, WIDE = 4, 2
"""Buttons in a row: of bare numbers, and of amounts or names."""

MOST_CHOICES = 90
"""Containers of one pod template, which Kubernetes does not bound."""

MOST_IMAGES = 6

SCALING = ("scale_up", "scale_down")


def picker(
    view: View, action_id: str, tongue: Tongue, *, incident_id: int | None, chosen: dict[str, str]
) -> Screen | None:
    """`chosen` holds what was picked before (the container). None for an action that has nothing to choose."""
    action, ref = ACTIONS.get(action_id), view.ref
    if action is None or not action.changes:
        return None
    found = choices(action_id, view, chosen)
    lines: list[Markup | str | None] = [
        crumbs(incident_id, short_name(ref), tongue.plain(action.title)),
        joined([code(ref.path) if ref.namespace else "", code(ref.cluster) if ref.cluster else ""]) or None,
        "",
        _about(view, action_id, found.offered, tongue),
        tongue.say("Now: {value}", value=bold(found.now, 60)) if found.now else None,
        _autoscaler(view, action_id, tongue),
        *(_images(view.rollout) if action_id == "rollout_undo" and isinstance(view, WorkloadView) else ()),
        _question(found.offered, tongue),
    ]
    width = NARROW if all(choice.text.isdecimal() for choice in found.offered) else WIDE
    buttons = [_button(choice, view, action_id, incident_id) for choice in found.offered[:MOST_CHOICES]]
    cancel = Button("✖️ " + tongue.plain("Cancel"), Verb.MORE, ref=ref, incident_id=incident_id)
    return screen(lines, [*in_rows(buttons, width), [_instead(view, action_id, tongue, incident_id)], [cancel]])


def _about(view: View, action_id: str, offered: tuple[Choice, ...], tongue: Tongue) -> Markup | None:
    """Which part of the object is meant, where it has several."""
    if action_id == "raise_quota" and isinstance(view, ObjectView):
        resource, used = view.trait(Trait.RESOURCE), view.trait(Trait.USED)
        told = tongue.say("Fullest line: {resource}", resource=code(resource)) if resource else ""
        return joined([told, tongue.say("used {value}", value=one_line(used, 60)) if used else ""]) or None
    names = {choice.params.get("container", "") for choice in offered}
    if len(names) == 1 and "" not in names and not any(choice.partial for choice in offered):
        return tongue.say("Container {name}", name=code(names.pop()))
    return None


def _autoscaler(view: View, action_id: str, tongue: Tongue) -> Markup | None:
    if action_id not in SCALING or not isinstance(view, WorkloadView) or not view.autoscaler:
        return None
    return tongue.say(CAUTIONS[cautions.AUTOSCALER], detail=one_line(view.autoscaler, 200))


def _images(rollout: Rollout | None) -> list[Markup]:
    """What a rollback would bring back."""
    told = []
    for change in rollout.changes[:MOST_IMAGES] if rollout else ():
        now, then = short_images(change.after, change.before)
        told.append(Markup("{}: {} → {}").format(one_line(change.container, 60), now, bold(then)))
    return told


def _question(offered: tuple[Choice, ...], tongue: Tongue) -> Markup:
    if not offered:
        return tongue.say("There is nothing to choose from here.")
    if any(choice.partial for choice in offered):
        return tongue.say("Which container?")
    return tongue.say("Nothing happens yet: the next screen asks to confirm.")


def _button(choice: Choice, view: View, action_id: str, incident_id: int | None) -> Button:
    verb, icon = (Verb.PICK, "🗃 ") if choice.partial else (Verb.CHOOSE, "")
    return Button(label(f"{icon}{choice.text}"), verb, {"action": action_id, **choice.params}, view.ref, incident_id)


def _instead(view: View, action_id: str, tongue: Tongue, incident_id: int | None) -> Button | None:
    """What helps to choose, or is the better choice."""
    if action_id == "rollout_undo":
        action = ACTIONS["rollout_history"]
        verb, args = reading_of(action.id)
        return Button(f"{action.icon} {tongue.plain(action.title)}", verb, args, view.ref, incident_id)
    owner = autoscaler_of(view) if action_id in SCALING and isinstance(view, WorkloadView) else None
    return Button(label(f"📐 {short_name(owner)}"), Verb.MORE, ref=owner, incident_id=incident_id) if owner else None

"""An object's own screen: what it is, what it hangs on, and everything that can be done to it, looking first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from chatops.core import cautions, texts
from chatops.core.actions import ACTIONS, Action
from chatops.core.actions.repertoire import CLUSTER, EVERY_KIND
from chatops.core.applicable import View, applicable
from chatops.core.buttons import Button, Verb
from chatops.core.focus import focus
from chatops.core.incidents.values import Incident
from chatops.core.objects import ObjectView, TieRole, Trait
from chatops.core.resources import ObjectRef, PodView, WorkloadView
from chatops.core.screens.actions import autoscaler_of, begin, more
from chatops.core.screens.base import (
    HEALTH_ICONS,
    Screen,
    back_to_card,
    code,
    crumbs,
    in_rows,
    label,
    screen,
    short_name,
)
from chatops.core.screens.confirm import CAUTIONS
from chatops.core.screens.reading import back_from, reading_of
from chatops.core.screens.report import door_of
from chatops.core.screens.traits import trait_words
from chatops.core.texts import LANGUAGES, Tongue, joined, mark, one_line

MOST_TIES = 6
"""Each is a line and a button."""

PAIR_WIDTH = 16
"""Characters of a label that may stand beside another one."""

GENERAL = ("describe", "events", "yaml")
"""What every object has; it stands after what tells more of this kind."""

ROLES = {
    TieRole.TARGET: mark("Target"),
    TieRole.OWNER: mark("Owner"),
    TieRole.CLAIM: mark("Claim"),
    TieRole.CERTIFICATE: mark("Certificate"),
    TieRole.MOUNTS: mark("Mounted by"),
    TieRole.POD: mark("Pod"),
    TieRole.HEAVIEST: mark("Heaviest pod"),
    TieRole.STUCK: mark("Stuck pod"),
    TieRole.FAILED_JOB: mark("Failed job"),
    TieRole.CORDONED: mark("Cordoned node"),
    TieRole.PENDING_CSR: mark("Waiting CSR"),
    TieRole.IDLE_AUTOSCALER: mark("Idle autoscaler"),
    TieRole.SOURCE: mark("Source"),
}


class Tied(NamedTuple):
    """Another object on the screen. `role` is a message id."""

    role: str
    ref: ObjectRef
    detail: str = ""


def object_screen(view: View, tongue: Tongue, *, incident_id: int | None, now: datetime) -> Screen:
    """`now` is for what depends on how long something takes already."""
    ref, ties = view.ref, _ties(view)
    there = applicable(view, now)
    lines: list[Markup | str | None] = [
        Markup("{} {}").format(
            HEALTH_ICONS[view.health], crumbs(incident_id, short_name(ref), tongue.plain("Actions"))
        ),
        joined([code(ref.path) if ref.namespace else "", code(ref.cluster) if ref.cluster else ""]) or None,
        "",
        *_told(view, tongue),
        *(_tie(tie, tongue) for tie in ties[:MOST_TIES]),
        tongue.plural("… and {n} more", "… and {n} more", len(ties) - MOST_TIES) if len(ties) > MOST_TIES else None,
        _denied(view, tongue),
    ]
    reads = [action for action in there if not action.changes]
    rows: list[list[Button]] = [
        *(list(row) for row in in_rows([_to(tie.ref, incident_id) for tie in ties[:MOST_TIES] if _known(tie.ref)], 2)),
        *_pairs([action for action in reads if action.id not in GENERAL], ref, tongue, incident_id),
        [_button(action, ref, tongue, incident_id) for action in reads if action.id in GENERAL],
        *_pairs([action for action in there if action.changes], ref, tongue, incident_id),
    ]
    return screen(lines, [*rows, _foot(ref, tongue, incident_id)])


def more_button(incident: Incident, tongue: Tongue) -> Button | None:
    """From the card to the actions of the object it is about; None before anything was seen."""
    ref = focus(incident)
    return more(ref, tongue, incident.id) if ref else None


# What it says


def _told(view: View, tongue: Tongue) -> Iterator[Markup | None]:
    match view:
        case WorkloadView():
            rollout = view.rollout
            yield joined(
                [
                    tongue.say("{ready}/{desired} ready", ready=view.ready, desired=view.desired),
                    tongue.say("rev {revision}", revision=rollout.revision) if rollout else "",
                    tongue.say("paused") if rollout and rollout.paused else "",
                ]
            )
            if view.on_delete:
                yield _caution(cautions.ON_DELETE, "", tongue)
        case PodView():
            restarts = tongue.plural("{n} restart", "{n} restarts", view.restarts)
            ready = tongue.say("{ready}/{total} ready", ready=view.ready, total=view.total)
            yield joined([one_line(view.status, 60), ready, restarts])
            if view.owner is None:
                yield _caution(cautions.OWNERLESS, "", tongue)
        case ObjectView():
            summary = view.trait(Trait.SUMMARY)
            yield Markup("{}").format(one_line(summary, 300)) if summary else None
            yield joined(trait_words(view, tongue)) or None
    if not isinstance(view, PodView) and view.managed_by:
        yield _caution(cautions.MANAGED_BY, view.managed_by, tongue)


def _caution(code: str, detail: str, tongue: Tongue) -> Markup:
    return tongue.say(CAUTIONS[code], detail=one_line(detail, 200))


def _tie(tied: Tied, tongue: Tongue) -> Markup:
    told = Markup("{}: {}").format(tongue.plain(tied.role), code(short_name(tied.ref)))
    return joined([told, one_line(tied.detail, 120)], " — ")


def _denied(view: View, tongue: Tongue) -> Markup | None:
    """Why a button that one would look for is not there."""
    missing = [tongue.plain(ACTIONS[id].title) for id in view.denied if id in ACTIONS and ACTIONS[id].changes]
    return tongue.say("⛔ Not allowed to the bot here: {actions}", actions=", ".join(missing)) if missing else None


# What it offers


def _ties(view: View) -> tuple[Tied, ...]:
    if isinstance(view, ObjectView):
        return tuple(Tied(ROLES[tie.role], tie.ref, tie.detail) for tie in view.ties)
    if isinstance(view, PodView):
        return (Tied(ROLES[TieRole.OWNER], view.owner),) if view.owner else ()
    owner = autoscaler_of(view)
    return (Tied(mark("Autoscaler"), owner, view.autoscaler.partition(" ")[2]),) if owner else ()


def _pairs(actions: list[Action], ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Iterator[list[Button]]:
    """Two in a row; one whose title is too long in any language has a row of its own."""
    row: list[Button] = []
    for action in actions:
        button = _button(action, ref, tongue, incident_id)
        if _wide(action):
            yield row
            yield [button]
            row = []
        elif row:
            yield [*row, button]
            row = []
        else:
            row = [button]
    yield row


def _wide(action: Action) -> bool:
    room = PAIR_WIDTH - len("…")
    return any(len(texts.tongue(language).plain(action.title)) > room for language in LANGUAGES)


def _button(action: Action, ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button:
    if action.changes:
        return begin(action, ref, tongue, incident_id)
    verb, args = reading_of(action.id)
    return Button(f"{action.icon} {tongue.plain(action.title)}", verb, args, ref, incident_id)


def _known(ref: ObjectRef) -> bool:
    return ref.kind in EVERY_KIND or ref.kind in CLUSTER


def _to(ref: ObjectRef, incident_id: int | None) -> Button:
    return Button(label(f"🔎 {short_name(ref)}"), door_of(ref), ref=ref, incident_id=incident_id)


def _foot(ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> list[Button | None]:
    again = Button("🔄", Verb.MORE, ref=ref, incident_id=incident_id)
    return [_up(ref, tongue, incident_id), back_to_card(tongue, incident_id), again]


def _up(ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button | None:
    """To the object's screen among its incident's, where it has one."""
    if ref.kind == "Pod" or door_of(ref) is Verb.PODS:
        return back_from(ref, tongue, incident_id)
    return (
        Button(tongue.plain("« Resources"), Verb.RESOURCES, incident_id=incident_id)
        if incident_id is not None
        else None
    )

"""What can be done, would be done, is done: offers, previews and runs as the API tells them."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chatops.core.actions import ACTIONS, Action, ActionRun, ActionState, Danger, Preview
from chatops.core.incidents.values import Incident, Person
from chatops.core.kubectl import command
from chatops.core.remedies import Suggestion
from chatops.core.resources import ObjectRef
from chatops.core.safeguards import Safeguard, danger_of, word_of
from chatops.core.screens.confirm import LIFETIMES, caution_text, question_text, why_lines
from chatops.core.screens.run import run_lines
from chatops.core.screens.wording import filling, label_of
from chatops.core.shapes.plain import Moment, plain
from chatops.core.texts import Tongue, one_line


class Offer(Struct, frozen=True):
    """An action on an object. `params` hold what its title promises; `helped` is `9/10`, of that many times tried."""

    action: str
    title: str
    icon: str
    danger: Danger
    changes: bool
    ref: ObjectRef
    params: dict[str, str]
    why: str = ""
    helped: str = ""
    now: str = ""
    """Where the object stands, for an action of which something has to be chosen."""


class Change(Struct, frozen=True):
    what: str
    before: str
    after: str


class Previewed(Struct, frozen=True):
    """`confirm` does it once, until `expires_at`; it is null where `refusal` says why not, or a second person must.

    `word`, where it is not empty, has to be sent with it.
    """

    confirm: str | None
    guard: Safeguard
    word: str
    question: str
    changes: tuple[Change, ...]
    cautions: tuple[str, ...]
    refusal: str
    expires_at: Moment
    kubectl: str
    danger: Danger


class Run(Struct, frozen=True):
    """An action that was confirmed. `lines` say how it goes, or how it ended and what to do next."""

    id: str
    action: str
    title: str
    ref: ObjectRef
    state: ActionState
    by: Person
    started_at: Moment
    finished_at: Moment | None
    done: int | None
    total: int | None
    lines: tuple[str, ...]


def suggestion(suggested: Suggestion, tongue: Tongue) -> Offer:
    action = ACTIONS[suggested.action]
    words = filling(suggested.params, name=suggested.ref.name)
    title = tongue.plain(label_of(action.id, suggested.params) or action.title, **words)
    why = " ".join(map(plain, why_lines(suggested.reasons, tongue)[:1]))
    return _offer(action, title, suggested.ref, suggested.params, tongue, why=why, helped=suggested.helped)


def offer(action: Action, ref: ObjectRef, tongue: Tongue, params: Mapping[str, str], *, text: str, now: str) -> Offer:
    """One that nobody suggests. `text` names what was chosen, where something had to be; `now` is where it stands."""
    title = tongue.plain(action.title)
    return _offer(action, f"{title}: {text}" if text else title, ref, params, tongue, now=now)


def _offer(
    action: Action,
    title: str,
    ref: ObjectRef,
    params: Mapping[str, str],
    tongue: Tongue,
    *,
    why: str = "",
    helped: str = "",
    now: str = "",
) -> Offer:
    shown = one_line(title, 120)
    return Offer(action.id, shown, action.icon, action.danger, action.changes, ref, dict(params), why, helped, now)


def previewed(preview: Preview, guard: Safeguard, tongue: Tongue, *, confirm: str | None, at: datetime) -> Previewed:
    plan = preview.plan
    return Previewed(
        confirm=confirm,
        guard=guard,
        word=word_of(plan.ref) if guard is Safeguard.WORD else "",
        question=one_line(question_text(plan, tongue), 300),
        changes=tuple(
            Change(one_line(c.what, 80), one_line(c.before, 200), one_line(c.after, 200)) for c in preview.changes
        ),
        cautions=tuple(plain(caution_text(each, tongue)) for each in preview.cautions),
        refusal=plain(caution_text(preview.refusal, tongue)) if preview.refusal else "",
        expires_at=at + LIFETIMES[guard],
        kubectl=command(plan.action, plan.ref, plan.params),
        danger=danger_of(preview),
    )


def run_of(run: ActionRun, incident: Incident, tongue: Tongue, now: datetime) -> Run:
    lines = (plain(line) for line in run_lines(run, incident, tongue, now=now))
    progress = run.progress
    return Run(
        id=run.id,
        action=run.plan.action,
        title=tongue.plain(ACTIONS[run.plan.action].title),
        ref=run.plan.ref,
        state=run.state,
        by=Person(run.by_id, run.by_name),
        started_at=run.requested_at,
        finished_at=run.finished_at,
        done=progress.done if progress else None,
        total=progress.total if progress else None,
        lines=tuple(line for line in lines if line),
    )


class Offers(Struct, frozen=True):
    """What can be done to an object, as it was just seen."""

    ref: ObjectRef
    offers: tuple[Offer, ...]

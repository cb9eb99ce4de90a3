"""An action on the card: how far it is, how it ended, and the way back."""

from datetime import datetime

from markupsafe import Markup

from chatops.core.actions import ACTIONS, ActionRun, ActionState
from chatops.core.buttons import Button, Verb
from chatops.core.failures import Reason
from chatops.core.incidents import acting
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import Row, code
from chatops.core.screens.wording import WORDS, filling
from chatops.core.texts import Tongue, joined, mark, one_line

BAR_LENGTH = 5

TARGETS = ("revision", "replicas", "max", "min", "memory", "cpu", "value")
"""Parameters of which one tells where an undo leads."""

PROBLEMS = {
    Reason.FORBIDDEN: mark("The bot has no right to do this (RBAC): {detail}"),
    Reason.UNAUTHORIZED: mark("The cluster does not know the bot: its credentials were refused. Nothing was changed."),
    Reason.CONFLICT: mark("The object was changed by someone else meanwhile. Nothing was done; look again."),
    Reason.REPLACED: mark("The object was replaced by another of the same name. Nothing was done; look again."),
    Reason.NOT_SERVED: mark("This cluster does not serve the API for it: {detail}. Nothing was done."),
    Reason.NOT_FOUND: mark("The object no longer exists. Nothing was done."),
    Reason.UNREACHABLE: mark("The cluster cannot be reached. Nothing was done; try again when it answers."),
    Reason.TIMEOUT: mark("The cluster did not answer in time: {detail}"),
    Reason.THROTTLED: mark("The cluster asks to wait: {detail}"),
    Reason.BUDGET: mark("A disruption budget does not allow it now: {detail}. Nothing was done."),
    Reason.UNKNOWN_OUTCOME: mark(
        "The change was sent and the answer was lost: it may have happened. Check the resources before repeating it."
    ),
    Reason.TOO_SOON: mark("The same was done to this object a moment ago. Nothing was done; look again first."),
    Reason.REFUSED: mark("Kubernetes refused it: {detail}"),
}
"""What went wrong, and what state things are in, in words that kubectl users know."""


def problem_text(reason: str, detail: str, tongue: Tongue) -> Markup:
    known = PROBLEMS.get(Reason(reason)) if reason in set(Reason) else None
    if known:
        return tongue.say(known, detail=one_line(detail, 400))
    return tongue.say("Kubernetes: {detail}", detail=one_line(detail or reason, 400))


def not_done_text(problem: str, detail: str, tongue: Tongue) -> Markup:
    """Why a run failed: at the door (`problem`), or later, while it was followed."""
    if detail == acting.OVERDUE and not problem:
        return tongue.say("Not there after {span}, and not followed any longer.", span=tongue.span(acting.FOLLOW_LIMIT))
    return problem_text(problem, detail, tongue)


def run_lines(run: ActionRun, incident: Incident, tongue: Tongue, *, now: datetime) -> list[Markup | str | None]:
    action = ACTIONS[run.plan.action]
    said = WORDS[action.id]
    words = filling(run.plan.params, object=code(run.plan.ref.path), name=run.plan.ref.name)
    by = tongue.say("by {name} {time}", name=run.by_name, time=tongue.clock(run.requested_at))
    match run.state:
        case ActionState.REQUESTED | ActionState.PERFORMED:
            doing = Markup("{} <b>{}</b>").format(action.icon, tongue.say(said.doing, **words))
            return [doing, _bar(run, tongue), by]
        case ActionState.SUCCEEDED:
            done = Markup("✅ <b>{}</b>").format(tongue.say(said.done, **words))
            took = tongue.say("in {span}", span=tongue.span((run.finished_at or now) - run.requested_at))
            return [done, joined([_count(run, tongue), took, by]), _what_next(incident, tongue)]
        case ActionState.FAILED:
            failed = Markup("❌ <b>{}</b>").format(tongue.say(said.not_done, **words))
            return [failed, not_done_text(run.problem, run.detail, tongue), *_left(run, tongue), by]
        case ActionState.INTERRUPTED:
            stopped = Markup("❔ <b>{}</b>").format(tongue.say(said.doing, **words))
            return [stopped, *_interrupted(run, tongue), by]


def _interrupted(run: ActionRun, tongue: Tongue) -> list[Markup | str | None]:
    """Of a stepwise action also how far it came: what was done stays done."""
    left = _left(run, tongue)
    match run.detail:
        case acting.STOPPED:
            return [tongue.say("Stopped by hand. Nothing further is begun."), *left]
        case acting.FOUND if left:
            return [tongue.say("Interrupted between two steps. Nothing further is begun."), *left]
        case acting.FOUND:
            return [
                tongue.say("Interrupted, and looked up since: the change is in the cluster. Its end was not followed.")
            ]
        case acting.ABSENT:
            return [tongue.say("Interrupted, and looked up since: it did not happen. Choose again if it is needed.")]
        case _:
            return [
                tongue.say("Interrupted: the answer was lost, and it may have happened. It is not repeated."),
                tongue.say("Check the resources, then choose again if it is still needed."),
                *left,
            ]


def _left(run: ActionRun, tongue: Tongue) -> list[Markup | str | None]:
    """The state a stepwise action left things in."""
    if not ACTIONS[run.plan.action].stepwise:
        return []
    came = joined([_count(run, tongue), one_line(run.progress.detail, 200) if run.progress else ""])
    cordoned = tongue.say("The node stays cordoned.") if run.plan.action == "drain" and run.undo else None
    return [came or None, cordoned]


def run_rows(incident: Incident, tongue: Tongue) -> list[Row]:
    """Undo where there is one; a failed action can be chosen again, with a new look and a new confirm."""
    run = incident.run
    if run is None:
        return []
    stepwise = ACTIONS[run.plan.action].stepwise
    if run.state.running:
        stop = Button("⏹ " + tongue.plain("Stop"), Verb.STOP, incident_id=incident.id, style="danger")
        return [(stop,)] if stepwise else []
    rows: list[Row] = []
    ended_early = run.state is ActionState.FAILED or (stepwise and run.state is ActionState.INTERRUPTED)
    if ended_early:
        args = {"action": run.plan.action, **run.plan.chosen}
        text = tongue.plain("Go on") if run.undo and stepwise else tongue.plain("Try again")
        rows.append((Button(f"🔁 {text}", Verb.CHOOSE, args, run.plan.ref, incident.id),))
    if run.undo and (run.state is ActionState.SUCCEEDED or (stepwise and ended_early)):
        args = {"action": run.undo.action, "why": "undo", **run.undo.params}
        text = "⏪ " + tongue.plain("Undo") + _target(run)
        rows.append((Button(text, Verb.CHOOSE, args, run.undo.ref, incident.id, style="danger"),))
    return rows


def _target(run: ActionRun) -> str:
    assert run.undo
    target = next((run.undo.params[name] for name in TARGETS if run.undo.params.get(name)), "")
    return f" → {target}" if target else ""


def _bar(run: ActionRun, tongue: Tongue) -> Markup:
    if run.progress is None or not run.progress.total:
        return tongue.say("▱▱▱▱▱ asking the cluster…") if run.progress is None else Markup("▱" * BAR_LENGTH)
    filled = min(BAR_LENGTH, run.progress.done * BAR_LENGTH // run.progress.total)
    return joined(
        [
            Markup("{}  {}").format("▰" * filled + "▱" * (BAR_LENGTH - filled), _count(run, tongue)),
            one_line(run.progress.detail, 120),
        ]
    )


def _count(run: ActionRun, tongue: Tongue) -> Markup | str:
    progress = run.progress
    if progress is None or not progress.total:
        return ""
    counted = WORDS[run.plan.action].count
    return tongue.say(counted, done=progress.done, total=progress.total) if counted else ""


def _what_next(incident: Incident, tongue: Tongue) -> Markup | None:
    if incident.open and incident.firing:
        return tongue.say("The alert still fires; Alertmanager clears it a few minutes after the cause is gone.")
    return None

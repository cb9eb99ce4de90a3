"""An action on the cluster as the incident sees it: requested once, performed once, followed to its outcome."""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.actions import ACTIONS, ActionRun, ActionState, Plan, Progress
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.incidents.effects import Answer, Decision, Follow, Look, LookUp, Perform
from chatops.core.incidents.events import ActionEnded, ActionPerformed, ActionProgressed, LookedUp, Press, RunAction
from chatops.core.incidents.values import Incident

FOLLOW_LIMIT = timedelta(minutes=15)
"""A change that has not arrived by then is called failed: Kubernetes' own deadline for a rollout is 10
minutes, and a StatefulSet has none.
"""

FOUND = "found"
ABSENT = "absent"
"""What an interrupted run's detail says once it was looked up; until then it is empty."""

STOPPED = "stopped"
"""What an interrupted run's detail says when a person stopped it."""

OVERDUE = "overdue"
"""What a failed run's detail says when it had not arrived at FOLLOW_LIMIT."""


def run_action(incident: Incident, event: RunAction, *, now: datetime) -> Decision:
    """Write the request down with everything needed to perform it; only then is it performed."""
    press = event.press
    if incident.run and incident.run.id == event.run_id:
        return Decision(incident, effects=(Answer(press, "already_confirmed"),))
    if incident.run and incident.run.state.running:
        return Decision(incident, effects=(Answer(press, "busy", {"name": incident.run.by_name}),))
    asked_by = event.asked_by or press.by
    run = ActionRun(
        id=event.run_id,
        plan=event.plan,
        by_id=asked_by.id,
        by_name=asked_by.name,
        requested_at=now,
        state=ActionState.REQUESTED,
        chat_id=press.chat_id,
        message_id=press.message_id,
    )
    acting = replace(incident, run=run, revision=incident.revision + 1)
    if incident.open and incident.taken_by is None:
        acting = replace(acting, taken_by=asked_by, taken_at=now)
    detail = {**_chosen(run.plan), "before_version": run.plan.resource_version}
    if event.asked_by:
        detail["asked_by"] = f"{event.asked_by.name} ({event.asked_by.id})"
    entry = _entry(EntryType.ACTION_REQUESTED, acting, run, now, press=press, detail=detail)
    return Decision(acting, (entry,), (Answer(press, "started"), Perform(run)))


def stop_action(incident: Incident, press: Press, *, now: datetime) -> Decision:
    """End a stepwise action between two steps. It keeps what it has done, and its undo."""
    run = incident.run
    if run is None or not run.state.running or not ACTIONS[run.plan.action].stepwise:
        return Decision(incident, effects=(Answer(press, "nothing_to_stop"),))
    stopped = replace(run, state=ActionState.INTERRUPTED, detail=STOPPED, finished_at=now)
    detail = {"done": _done(run), **_versions(stopped)}
    entry = _entry(EntryType.ACTION_STOPPED, incident, stopped, now, press=press, detail=detail)
    return Decision(_with(incident, stopped), (entry,), (Answer(press, "stopped"), Look()))


def action_moved(
    incident: Incident, event: ActionPerformed | ActionProgressed | ActionEnded, *, now: datetime
) -> Decision:
    """What became of the running action. News of any other run is stale and changes nothing."""
    run = incident.run
    if run is None or run.id != event.run_id or not run.state.running:
        return Decision(incident)
    match event:
        case ActionPerformed() if run.state is ActionState.PERFORMED:
            return Decision(incident)
        case ActionPerformed(undo=undo, resource_version=after):
            moved = replace(run, state=ActionState.PERFORMED, undo=undo, after_version=after)
            detail = _versions(moved)
            entry = _entry(EntryType.ACTION_PERFORMED, incident, moved, now, detail=detail)
            return Decision(_with(incident, moved), (entry,), (Follow(moved),))
        case ActionProgressed(progress=progress) if not _over(progress, run, now):
            moved = replace(run, progress=progress)
            shown = incident if run.progress == progress else _with(incident, moved)
            return Decision(shown, effects=(Follow(moved),))
        case ActionProgressed(progress=progress):
            state = ActionState.SUCCEEDED if progress.finished else ActionState.FAILED
            detail_text = "" if progress.finished else progress.failed or OVERDUE
            moved = replace(run, state=state, progress=progress, detail=detail_text, finished_at=now)
        case ActionEnded(state=state, problem=problem, detail=detail_text):
            # An interrupted run's detail is for what looking it up tells.
            kept = "" if state is ActionState.INTERRUPTED else detail_text
            moved = replace(run, state=state, problem=problem, detail=kept, finished_at=now)
    outcome = {
        "outcome": str(moved.state),
        "seconds": str(max(0, round((now - run.requested_at).total_seconds()))),
        "problem": moved.problem,
        "detail": detail_text,
        "done": _done(moved),
        **_versions(moved),
    }
    entry = _entry(
        EntryType.ACTION_FINISHED,
        incident,
        moved,
        now,
        detail={name: value for name, value in outcome.items() if value},
    )
    effects = (Look(), LookUp(moved)) if moved.state is ActionState.INTERRUPTED else (Look(),)
    return Decision(_with(incident, moved), (entry,), effects)


def looked_up(incident: Incident, event: LookedUp, *, now: datetime) -> Decision:
    """An interrupted run stays interrupted; what the cluster told of it since is added."""
    run = incident.run
    if run is None or run.id != event.run_id or run.state is not ActionState.INTERRUPTED or run.detail:
        return Decision(incident)
    found = replace(run, detail=FOUND if event.happened else ABSENT)
    entry = _entry(EntryType.ACTION_LOOKED_UP, incident, found, now, detail={"found": found.detail, **_versions(found)})
    return Decision(_with(incident, found), (entry,))


def _chosen(plan: Plan) -> dict[str, str]:
    """The plan's parameters without the action id, which is the run's own."""
    return {name: value for name, value in plan.params.items() if name != "action_id"}


def _versions(run: ActionRun) -> dict[str, str]:
    """The object's resourceVersion as it was seen and right after the change; empty where the cluster told none."""
    return {"before_version": run.plan.resource_version, "after_version": run.after_version}


def _done(run: ActionRun) -> str:
    """How far many steps have come."""
    stepwise = ACTIONS[run.plan.action].stepwise
    return f"{run.progress.done}/{run.progress.total}" if run.progress and stepwise else ""


def _over(progress: Progress, run: ActionRun, now: datetime) -> bool:
    return progress.finished or bool(progress.failed) or now - run.requested_at > FOLLOW_LIMIT


def _with(incident: Incident, run: ActionRun) -> Incident:
    return replace(incident, run=run, revision=incident.revision + 1)


def _entry(
    type: EntryType,
    incident: Incident,
    run: ActionRun,
    now: datetime,
    *,
    press: Press | None = None,
    detail: dict[str, str],
) -> Entry:
    return Entry(
        type,
        press.by.subject if press else SYSTEM,
        now,
        incident_id=incident.id,
        object=run.plan.ref,
        chat_id=(press or run).chat_id or None,
        message_id=(press or run).message_id or None,
        detail={"action": run.plan.action, "run": run.id, **detail},
    )

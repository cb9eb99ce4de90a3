"""Actions on the cluster as rows: one per confirmed action, from request to outcome."""

from typing import Any

from chatops.core.actions import ActionRun, ActionState, Plan, Progress
from chatops.db.columns import aware, aware_or_none, clean, from_json, naive, naive_or_none, to_json
from chatops.db.entities import Tables


def write_run(tables: Tables, incident_id: int, run: ActionRun) -> None:
    """Store the run as it is, over what was stored of it before."""
    columns = _columns(run)
    row = tables.Action.get(id=run.id)
    if row is None:
        tables.Action(id=run.id, incident_id=incident_id, **columns)
    else:
        row.set(**columns)


def is_known(tables: Tables, run_id: str) -> bool:
    return tables.Action.get(id=run_id) is not None


def runs_of(tables: Tables, run_ids: list[str]) -> dict[str, ActionRun]:
    """The runs of these ids, as many as exist."""
    return {row.id: _run(row) for row in tables.Action.select(lambda row: row.id in run_ids)} if run_ids else {}


def runs_on(tables: Tables, incident_ids: list[int]) -> dict[int, tuple[ActionRun, ...]]:
    """Every run on these incidents, oldest first, by incident."""
    found: dict[int, tuple[ActionRun, ...]] = {}
    if incident_ids:
        rows = tables.Action.select(lambda row: row.incident_id in incident_ids)
        for row in sorted(rows, key=lambda row: (row.requested_at, row.id)):
            found[row.incident_id] = (*found.get(row.incident_id, ()), _run(row))
    return found


def _columns(run: ActionRun) -> dict[str, Any]:
    return {
        "action": clean(run.plan.action),
        "state": run.state.value,
        "by_id": run.by_id,
        "by_name": clean(run.by_name),
        "chat_id": run.chat_id,
        "message_id": run.message_id,
        "requested_at": naive(run.requested_at),
        "finished_at": naive_or_none(run.finished_at),
        "problem": clean(run.problem),
        "detail": clean(run.detail),
        "plan": to_json(run.plan),
        "undo": to_json(run.undo),
        "after_version": clean(run.after_version),
        "progress": to_json(run.progress),
    }


def _run(row: Any) -> ActionRun:
    plan = from_json(row.plan, Plan)
    assert plan is not None, "the plan column is never empty"
    return ActionRun(
        id=row.id,
        plan=plan,
        by_id=row.by_id,
        by_name=row.by_name,
        requested_at=aware(row.requested_at),
        state=ActionState(row.state),
        chat_id=row.chat_id,
        message_id=row.message_id,
        progress=from_json(row.progress, Progress),
        finished_at=aware_or_none(row.finished_at),
        problem=row.problem,
        detail=row.detail,
        undo=from_json(row.undo, Plan),
        after_version=row.after_version,
    )

"""The actions by their ids: which module previews, performs, follows and looks up each. It knows nothing of how."""

from datetime import datetime

from chatops.cluster import deletion, progress, restart, scale, undo
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import ACTIONS, Caution, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

_NEEDED = {
    "rollout_restart": "restarted_at",
    "rollout_undo": "revision",
    "scale_up": "replicas",
    "scale_down": "replicas",
    "delete_pod": "",
}
"""The parameter without which a plan of each action means nothing."""


def preview(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
    """Read the object anew and try the change without effect. What it cannot be is the preview's refusal.

    Permanent(REPLACED) when `ref.uid` is no longer the object's, Permanent(NOT_FOUND) when it is gone.
    """
    known = ACTIONS.get(action)
    if known is None or not known.changes or ref.kind not in known.kinds:
        return Preview(Plan(action, ref, params=params), refusal=Caution(cautions.NOT_APPLICABLE, ref.kind))
    match action:
        case "rollout_restart":
            return restart.preview(reader, ref, params, now)
        case "rollout_undo":
            return undo.preview(reader, ref, params)
        case "scale_up" | "scale_down":
            return scale.preview(reader, action, ref, params)
        case "delete_pod":
            return deletion.preview(reader, ref, params)
        case _:
            return Preview(Plan(action, ref, params=params), refusal=Caution(cautions.NOT_APPLICABLE, ref.kind))


def perform(reader: Reader, plan: Plan) -> Performed:
    """Make the change, once.

    Permanent(CONFLICT) when the object is not what was previewed, Permanent(UNKNOWN_OUTCOME) when the answer was lost:
    then `happened` tells, and nothing is repeated.
    """
    _whole(plan)
    match plan.action:
        case "rollout_restart":
            return restart.perform(reader, plan)
        case "rollout_undo":
            return undo.perform(reader, plan)
        case "scale_up" | "scale_down":
            return scale.perform(reader, plan)
        case "delete_pod":
            return deletion.perform(reader, plan)
        case _:
            raise _unknown(plan)


def follow(reader: Reader, plan: Plan) -> Progress:
    """How far the performed plan has come."""
    _whole(plan)
    match plan.action:
        case "rollout_restart" | "rollout_undo":
            return progress.follow_rollout(reader, plan)
        case "scale_up" | "scale_down":
            return progress.follow_scale(reader, plan)
        case "delete_pod":
            return progress.follow_deletion(reader, plan)
        case _:
            raise _unknown(plan)


def happened(reader: Reader, plan: Plan) -> bool:
    """Whether the plan's change is in the cluster, for an outcome that is unknown."""
    _whole(plan)
    match plan.action:
        case "rollout_restart":
            return restart.happened(reader, plan)
        case "rollout_undo":
            return undo.happened(reader, plan)
        case "scale_up" | "scale_down":
            return scale.happened(reader, plan)
        case "delete_pod":
            return deletion.happened(reader, plan)
        case _:
            raise _unknown(plan)


def _whole(plan: Plan) -> None:
    """Raise Permanent(REFUSED) for a plan that no preview can have made."""
    if plan.action not in _NEEDED:
        raise _unknown(plan)
    needed = _NEEDED[plan.action]
    value = plan.params.get(needed, "") if needed else "-"
    if not value or (needed == "replicas" and not (value.isascii() and value.isdigit() and len(value) < 10)):
        raise Permanent(Reason.REFUSED, f"a plan for {plan.action} without a proper {needed}")


def _unknown(plan: Plan) -> Permanent:
    return Permanent(Reason.REFUSED, f"{plan.action} is not an action on the cluster")

"""Buttons for what can be done to an object from its own screen. What cannot work is left out."""

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.resources import ObjectRef, PodView, WorkloadView
from chatops.core.texts import Tongue


def choose(action_id: str, ref: ObjectRef, tongue: Tongue, incident_id: int | None, **params: str) -> Button:
    """The first click of an action; the second one confirms."""
    action = ACTIONS[action_id]
    style = "danger" if action_id in ("rollout_undo", "delete_pod") else ""
    text = f"{action.icon} {tongue.plain(action.title)}"
    return Button(text, Verb.CHOOSE, {"action": action_id, **params}, ref, incident_id, style=style)


def workload_actions(workload: WorkloadView, tongue: Tongue, incident_id: int | None) -> list[list[Button]]:
    ref, rollout = workload.ref, workload.rollout
    paused = bool(rollout and rollout.paused)
    turning, sizing = [], []
    if rollout and rollout.previous is not None and not paused:
        turning.append(choose("rollout_undo", ref, tongue, incident_id, revision=str(rollout.previous)))
    if not paused and not workload.on_delete:
        turning.append(choose("rollout_restart", ref, tongue, incident_id))
    if ref.kind in ACTIONS["scale_up"].kinds:
        sizing.append(choose("scale_up", ref, tongue, incident_id, replicas=str(workload.desired + 1)))
        if workload.desired > 0:
            sizing.append(choose("scale_down", ref, tongue, incident_id, replicas=str(workload.desired - 1)))
    return [turning, sizing]


def pod_actions(pod: PodView, tongue: Tongue, incident_id: int | None) -> list[Button]:
    return [] if pod.status == "Terminating" else [choose("delete_pod", pod.ref, tongue, incident_id)]

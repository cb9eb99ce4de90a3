"""Buttons for what can be done to an object from a screen. What cannot work is left out."""

from chatops.core import kubectl
from chatops.core.actions import ACTIONS, Action, Danger
from chatops.core.applicable import applicable
from chatops.core.buttons import Button, Verb
from chatops.core.choices import picked
from chatops.core.resources import ObjectRef, PodView, WorkloadView
from chatops.core.texts import Tongue

KUBECTL_LIMIT = 256
"""UTF-16 units that Telegram lets a button copy."""


def choose(action_id: str, ref: ObjectRef, tongue: Tongue, incident_id: int | None, **params: str) -> Button:
    """The first click of an action; the second one confirms."""
    action = ACTIONS[action_id]
    style = "danger" if action_id in ("rollout_undo", "delete_pod") else ""
    text = f"{action.icon} {tongue.plain(action.title)}"
    return Button(text, Verb.CHOOSE, {"action": action_id, **params}, ref, incident_id, style=style)


def begin(action: Action, ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button:
    """The first click of a change, of which nothing is chosen yet: to its parameter, or straight to the confirm."""
    style = "danger" if action.danger in (Danger.DISRUPT, Danger.DESTROY) else ""
    text = f"{action.icon} {tongue.plain(action.title)}"
    verb = Verb.PICK if picked(action.id) else Verb.CHOOSE
    return Button(text + ("…" if verb is Verb.PICK else ""), verb, {"action": action.id}, ref, incident_id, style=style)


def more(ref: ObjectRef, tongue: Tongue, incident_id: int | None) -> Button:
    """To everything that can be done to the object."""
    return Button("⋯ " + tongue.plain("More"), Verb.MORE, ref=ref, incident_id=incident_id)


def by_hand(action_id: str, ref: ObjectRef, params: dict[str, str] | None = None) -> Button | None:
    """Hands the command over to a laptop; None where there is none, or Telegram would refuse its length."""
    command = kubectl.command(action_id, ref, params)
    fits = len(command.encode("utf-16-le")) // 2 <= KUBECTL_LIMIT
    return Button("📋 kubectl", copy=command) if command and fits else None


def workload_actions(workload: WorkloadView, tongue: Tongue, incident_id: int | None) -> list[list[Button]]:
    """The few that a workload's own screen has room for; the rest is behind More."""
    ref, rollout, desired = workload.ref, workload.rollout, workload.desired
    steps = {
        "rollout_undo": {"revision": str(rollout.previous) if rollout else ""},
        "rollout_restart": {},
        "scale_up": {"replicas": str(desired + 1)},
        "scale_down": {"replicas": str(desired - 1)},
    }
    there = {action.id for action in applicable(workload)}
    turning, sizing = ("rollout_undo", "rollout_restart"), ("scale_up", "scale_down")
    return [
        [choose(id, ref, tongue, incident_id, **steps[id]) for id in row if id in there] for row in (turning, sizing)
    ]


def pod_actions(pod: PodView, tongue: Tongue, incident_id: int | None) -> list[Button]:
    there = {action.id for action in applicable(pod)}
    return [choose("delete_pod", pod.ref, tongue, incident_id)] if "delete_pod" in there else []


def autoscaler_of(workload: WorkloadView) -> ObjectRef | None:
    """What decides its replica count, to be looked at instead of scaling by hand; the view has it as `name min-max`."""
    name = workload.autoscaler.partition(" ")[0]
    ref = workload.ref
    return ObjectRef("HorizontalPodAutoscaler", name, ref.namespace, cluster=ref.cluster) if name else None

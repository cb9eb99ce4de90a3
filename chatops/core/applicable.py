"""Which actions apply to an object as it was seen: what its state rules out, and what the bot may not do, is left out.

It ranks nothing: what is sensible first is for `remedies` to say. An action stays in when nothing seen speaks against
it; whether it would do is tried when it is chosen.
"""

from collections.abc import Callable
from datetime import datetime

from chatops.core.actions import ACTIONS, Action
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import PodView, WorkloadView

View = ObjectView | WorkloadView | PodView

LOST = "Unknown"
"""The status of a pod whose node no longer tells how it is."""


def applicable(view: View, now: datetime | None = None) -> tuple[Action, ...]:
    """In the order of the repertoire: what can be read first, then what can be changed.

    `now` tells whether the grace period of a pod that is being deleted has passed; without it, none has.
    """
    kind = view.ref.kind
    return tuple(
        action
        for action in ACTIONS.values()
        if kind in action.kinds and action.id not in view.denied and _works(action.id, view, now)
    )


def _works(action: str, view: View, now: datetime | None) -> bool:
    match view:
        case WorkloadView():
            return action not in _FOR_WORKLOADS or _FOR_WORKLOADS[action](view)
        case PodView():
            return action not in _FOR_PODS or _FOR_PODS[action](view, now)
        case ObjectView():
            return action not in _FOR_OBJECTS or _FOR_OBJECTS[action](view)


# Workloads


def _rolls(workload: WorkloadView) -> bool:
    """Whether a change of its template starts anything."""
    return not (workload.rollout and workload.rollout.paused)


def _can_go_back(workload: WorkloadView) -> bool:
    return _rolls(workload) and workload.rollout is not None and workload.rollout.previous is not None


def _sized_by_hand(workload: WorkloadView) -> bool:
    return not workload.autoscaler


_FOR_WORKLOADS: dict[str, Callable[[WorkloadView], bool]] = {
    "rollout_restart": lambda w: _rolls(w) and not w.on_delete,
    "rollout_undo": _can_go_back,
    "rollout_pause": _rolls,
    "rollout_resume": lambda w: not _rolls(w),
    "scale_up": _sized_by_hand,
    "scale_down": lambda w: _sized_by_hand(w) and w.desired > 0,
    "raise_memory_limit": lambda w: _rolls(w) and any(each.memory for each in w.limits),
    "raise_cpu_limit": lambda w: _rolls(w) and any(each.cpu for each in w.limits),
}


# Pods


def mirror(pod: PodView) -> bool:
    """A static pod's image in the API: the kubelet runs the pod on, whatever becomes of it."""
    return pod.owner is not None and pod.owner.kind == "Node"


def leaving(pod: PodView) -> bool:
    """It is being deleted already."""
    return pod.deleting_since is not None or pod.status == "Terminating"


def _stuck(pod: PodView, now: datetime | None) -> bool:
    """It should be gone and is not, or its node cannot say: nothing but force ends that."""
    overdue = pod.deleting_since is not None and now is not None and pod.deleting_since < now
    return overdue or pod.status in (LOST, "NodeLost")


_FOR_PODS: dict[str, Callable[[PodView, datetime | None], bool]] = {
    "delete_pod": lambda pod, now: not mirror(pod) and not leaving(pod),
    "evict_pod": lambda pod, now: not mirror(pod) and not leaving(pod),
    "force_delete_pod": lambda pod, now: not mirror(pod) and _stuck(pod, now),
    "logs_previous": lambda pod, now: any(c.restarts or c.last_exit for c in pod.containers),
}


# Other objects


def _is(trait: Trait) -> Callable[[ObjectView], bool]:
    """Whether the trait is there and says something else than no."""
    return lambda view: view.trait(trait) not in ("", "0", "no", "False")


def _not(trait: Trait) -> Callable[[ObjectView], bool]:
    says = _is(trait)
    return lambda view: not says(view)


_suspended = _is(Trait.SUSPENDED)
_control_plane = _is(Trait.CONTROL_PLANE)


def _node_gone(view: ObjectView) -> bool:
    """The condition was read and is not True: a machine that answers is never deleted from here."""
    return view.trait(Trait.READY) in ("False", "Unknown") and not _control_plane(view)


def _can_grow(view: ObjectView) -> bool:
    """Kubernetes resizes bound claims only."""
    bound = view.trait(Trait.PHASE) in ("", "Bound")
    return bound and bool(view.trait(Trait.SIZE)) and _is(Trait.EXPANDABLE)(view)


_FOR_OBJECTS: dict[str, Callable[[ObjectView], bool]] = {
    "cleanup_pods": lambda view: view.count(Trait.FAILED_PODS) > 0,
    "cordon": _not(Trait.UNSCHEDULABLE),
    "uncordon": _is(Trait.UNSCHEDULABLE),
    "drain": lambda view: not _control_plane(view),
    "delete_node": _node_gone,
    "hpa_raise_max": lambda view: view.count(Trait.MAX) > 0,
    "hpa_lower_min": lambda view: view.count(Trait.MIN) > 1,
    "job_rerun": _not(Trait.ACTIVE),
    "cronjob_suspend": lambda view: not _suspended(view),
    "cronjob_resume": _suspended,
    "pvc_expand": _can_grow,
    "raise_quota": lambda view: bool(view.trait(Trait.RESOURCE) and view.trait(Trait.HARD)),
    "approve_csr": lambda view: view.trait(Trait.PHASE) in ("", "Pending"),
    "gitops_sync": lambda view: not _suspended(view),
}

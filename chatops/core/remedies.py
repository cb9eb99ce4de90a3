"""Which actions an incident suggests: candidates from what the objects are, order from what state they are in."""

from dataclasses import dataclass, field
from datetime import timedelta

from chatops.core.actions import ActionState
from chatops.core.incidents.values import Incident
from chatops.core.resources import Health, ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey

MOST_REMEDIES = 3

FRESH_ROLLOUT = timedelta(hours=1)
"""A rollout at most this much older than the first alert is suspected first: most crash loops begin with one."""

OWN_ROLLOUT_SLACK = timedelta(minutes=1)
"""Kubernetes writes whole seconds and its clock is not ours."""

STUCK = ("Pending", "Unknown", "ContainerCreating", "NodeLost")

LEAVING = ("Terminating", "Completed")
"""On their way out by themselves: deleting them again changes nothing."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggested action. `why` names a sentence of the screens; `params` already hold what the label promises."""

    action: str
    ref: ObjectRef
    why: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the card offers: remediations, most probable first, and the best thing to read."""

    remedies: tuple[Suggestion, ...] = ()
    reading: Suggestion | None = None


def suggest(incident: Incident) -> Suggestions:
    """Nothing is suggested before the cluster was seen: a suggestion that cannot work is worse than none."""
    survey = incident.current_survey
    if survey is None or survey.problem:
        return Suggestions()
    pod = survey.worst_pod
    workload = _workload_of(pod, survey) or survey.worst_workload
    ranked: list[tuple[int, Suggestion]] = []
    if workload:
        ranked += _for_workload(workload, incident)
    if pod:
        ranked += _for_pod(pod)
    ranked.sort(key=lambda pair: -pair[0])
    return Suggestions(tuple(s for _, s in ranked[:MOST_REMEDIES]), _reading(pod, workload, survey))


def _workload_of(pod: PodView | None, survey: Survey) -> WorkloadView | None:
    return next((w for w in survey.workloads if pod in w.pods), None)


def _for_workload(workload: WorkloadView, incident: Incident) -> list[tuple[int, Suggestion]]:
    found: list[tuple[int, Suggestion]] = []
    ref, rollout = workload.ref, workload.rollout
    paused = bool(rollout and rollout.paused)
    if rollout and rollout.previous is not None and not paused and not _rolled_out_here(workload, incident):
        fresh = rollout.since is not None and rollout.since >= incident.started_at - FRESH_ROLLOUT
        params = {"revision": str(rollout.previous)}
        if fresh or workload.health is Health.BAD:
            why = "fresh_rollout" if fresh else "previous_revision"
            found.append((90 if fresh else 40, Suggestion("rollout_undo", ref, why, params)))
    if not paused and not workload.on_delete:
        found.append((50, Suggestion("rollout_restart", ref, "restart_clears")))
    if not workload.autoscaler and ref.kind != "DaemonSet" and workload.desired:
        healthy = workload.health is Health.GOOD
        more = {"replicas": str(workload.desired + 1)}
        found.append((45 if healthy else 20, Suggestion("scale_up", ref, "more_replicas", more)))
    return found


def _rolled_out_here(workload: WorkloadView, incident: Incident) -> bool:
    """Whether the newest revision is this incident's own rollback or restart: going back leads to what was broken.

    It is offered as the undo of that action, not suggested as a remedy. A rollback brings an old ReplicaSet back, so
    its age tells nothing.
    """
    run, rollout = incident.run, workload.rollout
    if run is None or rollout is None or not run.plan.ref.same_place(workload.ref):
        return False
    if run.plan.action == "rollout_undo" and (run.undo or run.state is not ActionState.FAILED):
        return True
    return rollout.since is not None and rollout.since >= run.requested_at - OWN_ROLLOUT_SLACK


def _for_pod(pod: PodView) -> list[tuple[int, Suggestion]]:
    """A pod that nobody recreates is never suggested for deletion, only offered on its own screen.

    A node owns the mirror of a static pod, which the kubelet runs on whatever becomes of the mirror.
    """
    if pod.owner is None or pod.owner.kind == "Node" or pod.health is Health.GOOD or pod.status in LEAVING:
        return []
    stuck = pod.status in STUCK or pod.status.startswith("Init:")
    return [(70 if stuck else 60, Suggestion("delete_pod", pod.ref, "recreates_pod"))]


def _reading(pod: PodView | None, workload: WorkloadView | None, survey: Survey) -> Suggestion | None:
    if pod:
        failing = pod.failing
        if failing and (failing.last_exit or failing.restarts):
            return Suggestion("logs_previous", pod.ref, "last_words", {"container": failing.name})
        if failing and failing.state == "waiting":
            return Suggestion("describe", pod.ref, "why_waiting")
        if pod.status == "Pending":
            return Suggestion("events", pod.ref, "why_pending")
        return Suggestion("logs", pod.ref, "read_logs", {"container": failing.name} if failing else {})
    if workload:
        return Suggestion("describe", workload.ref, "look_closer")
    if survey.others:
        return Suggestion("describe", survey.others[0].ref, "look_closer")
    return None

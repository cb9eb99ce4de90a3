"""Candidates for a workload: from its rollout, how its pods ended, and what steers its size."""

from collections.abc import Iterator
from datetime import timedelta

from chatops.core.actions import ActionState
from chatops.core.incidents.acting import ABSENT
from chatops.core.incidents.values import Incident
from chatops.core.quantities import grow_whole
from chatops.core.remedies.values import Candidate, candidate, grown
from chatops.core.resources import ContainerLimits, Health, ObjectRef, PodView, WorkloadView
from chatops.core.topics import Topic

FRESH_ROLLOUT = timedelta(hours=1)
"""A rollout at most this much older than the first alert is suspected first: most crash loops begin with one."""

OWN_ROLLOUT_SLACK = timedelta(minutes=1)
"""Kubernetes writes whole seconds and its clock is not ours."""

OOM = "OOMKilled"


def for_workload(workload: WorkloadView, incident: Incident, topics: frozenset[Topic]) -> Iterator[Candidate]:
    """In no order. What its state rules out is left out elsewhere (`applicable`)."""
    yield from _rollout(workload, incident, topics)
    yield candidate(50, "rollout_restart", workload.ref, "restart_clears")
    yield from _limits(workload, topics)
    yield from _size(workload, topics)


def _rollout(workload: WorkloadView, incident: Incident, topics: frozenset[Topic]) -> Iterator[Candidate]:
    ref, rollout = workload.ref, workload.rollout
    if rollout is None:
        return
    if rollout.paused:
        yield candidate(80, "rollout_resume", ref, "paused")
        return
    fresh = rollout.since is not None and rollout.since >= incident.started_at - FRESH_ROLLOUT
    if rollout.previous is not None and not rolled_out_here(workload, incident):
        revision = str(rollout.previous)
        stuck = Topic.ROLLOUT in topics
        suspicious = workload.health is Health.BAD or Topic.LOAD in topics
        if fresh or stuck or suspicious:
            why = "fresh_rollout" if fresh else "previous_revision"
            yield candidate(90 if fresh else 60 if stuck else 40, "rollout_undo", ref, why, revision=revision)
    if workload.updated < workload.desired and workload.health is not Health.GOOD:
        yield candidate(35, "rollout_pause", ref, "rolling_out")


def rolled_out_here(workload: WorkloadView, incident: Incident) -> bool:
    """Whether the newest revision is this incident's own rollback or restart: going back leads to what was broken.

    It is offered as the undo of that action, not suggested as a remedy. A rollback brings an old ReplicaSet back, so
    its age tells nothing.
    """
    run, rollout = incident.run, workload.rollout
    if run is None or rollout is None or not run.plan.ref.same_place(workload.ref):
        return False
    if run.state is ActionState.INTERRUPTED and run.detail == ABSENT:
        return False
    if run.plan.action == "rollout_undo" and (run.undo or run.state is not ActionState.FAILED):
        return True
    return rollout.since is not None and rollout.since >= run.requested_at - OWN_ROLLOUT_SLACK


def _limits(workload: WorkloadView, topics: frozenset[Topic]) -> Iterator[Candidate]:
    killed = next((name for pod in workload.pods if (name := out_of_memory(pod))), "")
    starved = next((each for each in workload.limits if each.memory and each.name == killed), None)
    if starved:
        yield candidate(85, "raise_memory_limit", workload.ref, "out_of_memory", **_grown(starved, "memory"))
    elif Topic.MEMORY in topics and (largest := _limited(workload, "memory")):
        yield candidate(55, "raise_memory_limit", workload.ref, "about_memory", **_grown(largest, "memory"))
    if Topic.CPU in topics and (limited := _limited(workload, "cpu")):
        yield candidate(60, "raise_cpu_limit", workload.ref, "about_cpu", **_grown(limited, "cpu"))


def out_of_memory(pod: PodView) -> str:
    """The container that was last ended for taking too much memory; empty when none was."""
    for container in pod.containers:
        last = container.last_exit
        if container.reason == OOM or (last is not None and last.reason == OOM):
            return container.name
    return ""


def _limited(workload: WorkloadView, what: str) -> ContainerLimits | None:
    return next((each for each in workload.limits if getattr(each, what)), None)


def _grown(limits: ContainerLimits, what: str) -> dict[str, str]:
    return {"container": limits.name, **grown(getattr(limits, what), what)}


def _size(workload: WorkloadView, topics: frozenset[Topic]) -> Iterator[Candidate]:
    ref = workload.ref
    if workload.autoscaler:
        # Its count is the autoscaler's to choose: what helps is more room for that.
        scaler = ObjectRef(
            "HorizontalPodAutoscaler", workload.autoscaler.partition(" ")[0], ref.namespace, "", ref.cluster
        )
        highest = _capped_at(workload)
        if highest:
            # Replicas that fail make no room, however many there are.
            score = 30 if workload.health is Health.BAD and Topic.LOAD not in topics else 75
            more = grow_whole(str(highest))
            yield candidate(score, "hpa_raise_max", scaler, "at_maximum", told=workload.autoscaler, max=more)
        return
    if not workload.desired:
        return
    if Topic.IDLE in topics:
        if workload.desired > 1:
            yield candidate(60, "scale_down", ref, "fewer_replicas", replicas=str(workload.desired - 1))
        return
    healthy = workload.health is Health.GOOD
    loaded = Topic.LOAD in topics
    # Who runs one copy mostly can have only one: a controller, a database without replication.
    if workload.desired > 1 or (loaded and ref.kind == "Deployment"):
        score = 55 if healthy and loaded else 45 if healthy and ref.kind == "Deployment" else 20
        yield candidate(score, "scale_up", ref, "more_replicas", replicas=str(workload.desired + 1))
    if not healthy and any(pod.status == "Pending" for pod in workload.pods) and workload.desired > 1:
        yield candidate(25, "scale_down", ref, "no_room", replicas=str(workload.desired - 1))


def _capped_at(workload: WorkloadView) -> int:
    """The autoscaler's maximum where the count has come to it, else 0; `name 2-5` says the bounds."""
    highest = workload.autoscaler.rpartition("-")[2]
    return int(highest) if highest.isdecimal() and workload.desired >= int(highest) else 0

"""From a workload as the API tells it to a WorkloadView. Pure: what belongs to it comes in as arguments."""

from datetime import datetime

from chatops.cluster.answers import decode
from chatops.cluster.crowds import Crowd
from chatops.cluster.models import Workload, listed, mapped
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Template
from chatops.cluster.revisions import Revision, current_of, image_changes, previous_of, template_of
from chatops.cluster.template_parts import changed_parts
from chatops.core.resources import ContainerLimits, Health, ObjectRef, PodView, Rollout, WorkloadView


def workload_ref(workload: Workload, cluster: str) -> ObjectRef:
    """The reference to this incarnation of the workload."""
    meta = workload.metadata
    return ObjectRef(workload.kind, meta.name, meta.namespace, meta.uid, cluster)


def desired_of(workload: Workload) -> int:
    """How many pods there should be: an unset `replicas` means 1; a DaemonSet's count is the nodes it fits."""
    if workload.kind == "DaemonSet":
        return workload.status.desired_number_scheduled
    return 1 if workload.spec.replicas is None else workload.spec.replicas


def ready_of(workload: Workload) -> int:
    return workload.status.number_ready if workload.kind == "DaemonSet" else workload.status.ready_replicas


def updated_of(workload: Workload) -> int:
    """How many pods run the newest template."""
    status = workload.status
    return status.updated_number_scheduled if workload.kind == "DaemonSet" else status.updated_replicas


def is_on_delete(workload: Workload) -> bool:
    strategy = workload.spec.update_strategy
    return strategy is not None and strategy.type == "OnDelete"


def limits_of(workload: Workload) -> tuple[ContainerLimits, ...]:
    """What each container of the template may use."""
    containers = listed(decode(workload.spec.template, Template).spec.containers)
    limits = ((each.name, mapped(each.resources.limits) if each.resources else {}) for each in containers)
    return tuple(ContainerLimits(name, str(own.get("memory", "")), str(own.get("cpu", ""))) for name, own in limits)


def workload_view(
    workload: Workload, known: list[Revision], crowd: Crowd, autoscaler: str, cluster: str
) -> WorkloadView:
    """What is shown of a workload. Pods come worst first."""
    ready, desired = ready_of(workload), desired_of(workload)
    return WorkloadView(
        ref=workload_ref(workload, cluster),
        health=workload_health(workload, crowd.worst),
        ready=ready,
        desired=desired,
        updated=updated_of(workload),
        rollout=rollout_of(workload, known),
        pods=crowd.worst,
        managed_by=managed_by(workload.metadata),
        autoscaler=autoscaler,
        on_delete=is_on_delete(workload),
        limits=limits_of(workload),
        pod_count=crowd.count,
        failing_count=crowd.failing,
        failing_restarts=crowd.failing_restarts,
    )


def workload_health(workload: Workload, pods: tuple[PodView, ...]) -> Health:
    """BAD when pods are missing and one fails or none can be made, WARN when some are just not there yet.

    Of its pods the worst are enough.
    """
    ready, desired = ready_of(workload), desired_of(workload)
    failing = any(pod.health is Health.BAD for pod in pods)
    blocked = any(
        (condition.type == "ReplicaFailure" and condition.status == "True")
        or (condition.type == "Progressing" and condition.reason == "ProgressDeadlineExceeded")
        for condition in listed(workload.status.conditions)
    )
    if ready < desired:
        return Health.BAD if failing or blocked or (ready == 0 and _settled(workload)) else Health.WARN
    # Enough old pods may serve while the new ones crash: a rollout that cannot finish.
    return Health.WARN if failing or blocked else Health.GOOD


def _settled(workload: Workload) -> bool:
    """Whether its condition Available says no, for a workload that has no failing pod to show for it."""
    return any(c.type == "Available" and c.status == "False" for c in listed(workload.status.conditions)) and (
        workload.status.replicas == 0
    )


def rollout_of(workload: Workload, known: list[Revision]) -> Rollout | None:
    """Where the rollout stands; None when no revision is recorded (or they may not be read)."""
    if not known:
        return None
    template = template_of(workload)
    current = current_of(workload, known)
    previous = previous_of(current, known, template)
    newest = known[-1]
    return Rollout(
        revision=current.number if current else newest.number,
        since=_since(workload, current or newest, known),
        previous=previous.number if previous else None,
        changes=image_changes(previous.template, template) if previous else (),
        parts=changed_parts(previous.template, template) if previous else (),
        paused=workload.spec.paused,
    )


def _since(workload: Workload, current: Revision, known: list[Revision]) -> datetime | None:
    """When the current revision began: its object's creation.

    A rolled-back workload uses an old object under a fresh number, whose age says nothing; then the last step
    of the rollout is as near as the API lets one come.
    """
    ages = [revision.created_at for revision in known if revision.created_at is not None]
    if current.created_at is not None and current.created_at == max(ages):
        return current.created_at
    steps = [c.last_update_time for c in listed(workload.status.conditions) if c.type == "Progressing"]
    return next((step for step in steps if step is not None), max(ages, default=None))

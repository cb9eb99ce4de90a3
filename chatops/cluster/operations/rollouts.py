"""How far a workload's rollout has come, judged as `kubectl rollout status` judges. Pure: it reads nothing.

A Progress that `failed` is not `finished`: it will not arrive.
"""

from chatops.cluster.models import Workload, listed
from chatops.cluster.plain import safe_text
from chatops.cluster.workloads import desired_of, is_on_delete, ready_of, updated_of
from chatops.core.actions import Progress

_UNSEEN = "the controller has not seen the change yet"


def rollout_progress(workload: Workload) -> Progress:
    """Of a changed template: pods of the newest one that are available, of those wanted."""
    match workload.kind:
        case "Deployment":
            return _deployment(workload)
        case "StatefulSet":
            return _stateful_set(workload)
        case _:
            return _daemon_set(workload)


def scale_progress(workload: Workload, wanted: int) -> Progress:
    """Ready pods of the count asked for; somebody else's count in the meantime is a failure: it will not arrive."""
    count, ready = desired_of(workload), ready_of(workload)
    if count != wanted:
        return Progress(ready, wanted, failed=f"replicas is {count} by now, not {wanted}")
    if not _observed(workload):
        return Progress(0, wanted, _UNSEEN)
    arrived = ready == wanted == workload.status.replicas
    return Progress(min(ready, wanted), wanted, f"{ready} of {wanted} ready", finished=arrived)


def _observed(workload: Workload) -> bool:
    return workload.status.observed_generation >= workload.metadata.generation


def _deployment(workload: Workload) -> Progress:
    status, total = workload.status, desired_of(workload)
    if not _observed(workload):
        return Progress(0, total, _UNSEEN)
    done = min(status.updated_replicas, status.available_replicas)
    for condition in listed(status.conditions):
        if condition.type == "Progressing" and condition.reason == "ProgressDeadlineExceeded":
            return Progress(done, total, failed=f"{condition.reason}: {safe_text(condition.message)}".rstrip(": "))
    if status.updated_replicas < total:
        return Progress(done, total, f"{status.updated_replicas} of {total} updated")
    old = status.replicas - status.updated_replicas
    if old > 0:
        return Progress(done, total, f"{old} old pending termination")
    if status.available_replicas < status.updated_replicas:
        return Progress(done, total, f"{status.available_replicas} of {status.updated_replicas} available")
    return Progress(total, total, finished=True)


def _stateful_set(workload: Workload) -> Progress:
    status, total = workload.status, desired_of(workload)
    if not _observed(workload) or not status.observed_generation:
        return Progress(0, total, _UNSEEN)
    if is_on_delete(workload):
        return Progress(total, total, "pods change as they are deleted (OnDelete)", finished=True)
    done = min(updated_of(workload), status.ready_replicas)
    if status.ready_replicas < total:
        return Progress(done, total, f"{status.ready_replicas} of {total} ready")
    strategy = workload.spec.update_strategy
    partition = strategy.rolling_update.partition if strategy and strategy.rolling_update else None
    if partition:
        part = max(0, total - partition)
        arrived = status.updated_replicas >= part
        return Progress(min(done, part), part, f"{status.updated_replicas} of {part} updated", finished=arrived)
    if status.update_revision != status.current_revision:
        return Progress(done, total, f"{status.updated_replicas} of {total} updated")
    return Progress(total, total, finished=True)


def _daemon_set(workload: Workload) -> Progress:
    status, total = workload.status, workload.status.desired_number_scheduled
    if not _observed(workload):
        return Progress(0, total, _UNSEEN)
    if is_on_delete(workload):
        return Progress(total, total, "pods change as they are deleted (OnDelete)", finished=True)
    done = min(status.updated_number_scheduled, status.number_available)
    if status.updated_number_scheduled < total:
        return Progress(done, total, f"{status.updated_number_scheduled} of {total} updated")
    if status.number_available < total:
        return Progress(done, total, f"{status.number_available} of {total} available")
    return Progress(total, total, finished=True)

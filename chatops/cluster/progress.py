"""How far an action has come, judged as `kubectl rollout status` judges. It reads and changes nothing.

A Progress that `failed` is not `finished`: it will not arrive.
"""

from chatops.cluster.deletion import OWNER_KIND, OWNER_NAME
from chatops.cluster.models import Workload, listed
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, is_on_delete, ready_of, updated_of
from chatops.core.actions import Plan, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef

_UNSEEN = "the controller has not seen the change yet"


def follow_rollout(reader: Reader, plan: Plan) -> Progress:
    """Of a restart or a rollback: pods of the newest template that are available, of those wanted."""
    workload = reader.fetch(plan.ref, Workload)
    match workload.kind:
        case "Deployment":
            return _deployment(workload)
        case "StatefulSet":
            return _stateful_set(workload)
        case _:
            return _daemon_set(workload)


def follow_scale(reader: Reader, plan: Plan) -> Progress:
    """Ready pods of the count asked for; somebody else's count in the meantime is a failure: it will not arrive."""
    workload = reader.fetch(plan.ref, Workload)
    wanted, count, ready = int(plan.params["replicas"]), desired_of(workload), ready_of(workload)
    if count != wanted:
        return Progress(ready, wanted, failed=f"replicas is {count} by now, not {wanted}")
    if not _observed(workload):
        return Progress(0, wanted, _UNSEEN)
    arrived = ready == wanted == workload.status.replicas
    return Progress(min(ready, wanted), wanted, f"{ready} of {wanted} ready", finished=arrived)


def follow_deletion(reader: Reader, plan: Plan) -> Progress:
    """The pod gone and its replacement decided: ready, or failing in its turn. Without a workload: the pod gone.

    Other pods of the workload may be broken for reasons of their own; waiting for them would never end.
    """
    gone = _pod_gone(reader, plan.ref)
    name = plan.params.get(OWNER_NAME, "")
    if not name:
        return Progress(int(gone), 1, "" if gone else "terminating", finished=gone)
    owner = ObjectRef(plan.params[OWNER_KIND], name, plan.ref.namespace, cluster=plan.ref.cluster)
    try:
        workload = reader.fetch(owner, Workload)
    except Permanent as failure:
        if failure.reason is not Reason.NOT_FOUND:
            raise
        return Progress(int(gone), 1, f"{owner.kind} {owner.path} is gone too", finished=gone)
    ready, wanted = ready_of(workload), desired_of(workload)
    detail = f"{ready} of {wanted} ready" if gone else "terminating"
    arrived = gone and (ready >= wanted or _nothing_starts(reader, workload, wanted))
    return Progress(min(ready, wanted), wanted, detail, finished=arrived)


def _nothing_starts(reader: Reader, workload: Workload, wanted: int) -> bool:
    pods = [pod_view(pod, reader.name) for pod in reader.pods_of(workload)]
    return len(pods) >= wanted and all(pod.health in (Health.GOOD, Health.BAD) for pod in pods)


def _pod_gone(reader: Reader, ref: ObjectRef) -> bool:
    try:
        reader.fetch(ref, Pod)
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
            return True
        raise
    return False


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

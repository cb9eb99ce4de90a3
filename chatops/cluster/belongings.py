"""What hangs on an object, for reading it together: its pods, the jobs of a cron job, what an autoscaler scales.

It only finds; what is missing, or may not be listed, is left out.
"""

from collections.abc import Iterator

from chatops.cluster.models import Thing, Workload
from chatops.cluster.places import known
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.reader import Reader
from chatops.cluster.runs import runs_of
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.core.failures import Failure, Reason
from chatops.core.resources import WORKLOADS, ObjectRef

PODDED = (*WORKLOADS, "ReplicaSet", "Job")
"""Kinds that name their pods by a selector and own them."""

_OF_A_JOB = "job-name"
"""The label on every pod of a Job, in every version of Kubernetes."""


def pods_below(reader: Reader, ref: ObjectRef) -> list[Pod]:
    """The pods that a workload, a Job, or a CronJob's Jobs made. Raises what the object itself or the list raises."""
    if ref.kind == "CronJob":
        jobs = {job.uid for job in jobs_of(reader, ref)}
        pods = reader.every("Pod", Pod, ref.namespace, labels=_OF_A_JOB)
        return [pod for pod in pods if (owner := pod.metadata.controller) is not None and owner.uid in jobs]
    return reader.pods_of(reader.fetch(ref, Workload))


def jobs_of(reader: Reader, cron: ObjectRef) -> list[ObjectRef]:
    """The Jobs that a CronJob made."""
    return [reader.ref("Job", job.metadata) for job in runs_of(reader, reader.fetch(cron, Thing).metadata)]


def pods_mounting(reader: Reader, namespace: str, claim: str) -> list[Pod]:
    """The pods that mount a claim of this namespace, those that have ended among them."""
    return [pod for pod in reader.every("Pod", Pod, namespace) if pod.mounts(claim)]


def belongings(reader: Reader, ref: ObjectRef) -> list[ObjectRef]:
    """The object itself, and everything whose events tell of it too. Raises what looking at the object raises."""
    own = ObjectRef(ref.kind, ref.name, ref.namespace, ref.uid, reader.name)
    workload = None
    if ref.kind in PODDED:
        workload = reader.fetch(ref, Workload)
        own = reader.ref(ref.kind, workload.metadata)
    found = [own]
    try:
        for each in _others(reader, own, workload):
            found.append(each)
    except Failure as failure:
        # What hangs on it is a courtesy: the object's own events stay.
        if failure.reason not in (Reason.FORBIDDEN, Reason.NOT_FOUND, Reason.REPLACED):
            raise
    return found


def _others(reader: Reader, own: ObjectRef, workload: Workload | None) -> Iterator[ObjectRef]:
    if workload is not None:
        yield from (pod_ref(pod, reader.name) for pod in reader.pods_of(workload))
        if own.kind == "Deployment":
            yield from (reader.ref("ReplicaSet", meta) for meta in reader.replica_sets_of(workload))
    match own.kind:
        case "CronJob":
            yield from jobs_of(reader, own)
            yield from (pod_ref(pod, reader.name) for pod in pods_below(reader, own))
        case "PersistentVolumeClaim":
            yield from (pod_ref(pod, reader.name) for pod in pods_mounting(reader, own.namespace, own.name))
        case "HorizontalPodAutoscaler":
            target = reader.fetch(own, HorizontalPodAutoscaler).spec.scale_target_ref
            if known(target.kind) and target.kind in PODDED:
                yield from belongings(reader, ObjectRef(target.kind, target.name, own.namespace, "", reader.name))

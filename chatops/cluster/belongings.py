"""What hangs on an object, for reading it together: its pods, the jobs of a cron job, what an autoscaler scales.

It only finds; what is missing, or may not be listed, is left out.
"""

from collections.abc import Iterator

from chatops.cluster.models import Autoscaler, Model, Thing, Workload, empty, listed
from chatops.cluster.places import collection, known
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.core.failures import Failure, Reason
from chatops.core.resources import WORKLOADS, ObjectRef

PODDED = (*WORKLOADS, "ReplicaSet", "Job")
"""Kinds that name their pods by a selector and own them."""

_OF_A_JOB = "job-name"
"""The label on every pod of a Job, in every version of Kubernetes."""


class _ClaimSource(Model):
    claim_name: str = ""


class _Volume(Model):
    persistent_volume_claim: _ClaimSource | None = None


class _MountingSpec(Model):
    volumes: list[_Volume] | None = None


class _Mounting(Thing):
    """A pod, of which only its volumes matter."""

    spec: _MountingSpec = empty(_MountingSpec)


def pods_below(reader: Reader, ref: ObjectRef) -> list[Pod]:
    """The pods that a workload, a Job, or a CronJob's Jobs made. Raises what the object itself or the list raises."""
    if ref.kind == "CronJob":
        jobs = {job.uid for job in jobs_of(reader, ref)}
        pods = reader.connection.list(collection("Pod", ref.namespace), Pod, {"labelSelector": _OF_A_JOB})
        return [pod for pod in pods if (owner := pod.metadata.controller) is not None and owner.uid in jobs]
    return reader.pods_of(reader.fetch(ref, Workload))


def jobs_of(reader: Reader, cron: ObjectRef) -> list[ObjectRef]:
    """The Jobs that a CronJob made."""
    uid = reader.fetch(cron, Thing).metadata.uid
    jobs = reader.connection.list(collection("Job", cron.namespace), Thing)
    return [
        ObjectRef("Job", job.metadata.name, cron.namespace, job.metadata.uid, reader.name)
        for job in jobs
        if any(owner.uid == uid for owner in listed(job.metadata.owner_references))
    ]


def belongings(reader: Reader, ref: ObjectRef) -> list[ObjectRef]:
    """The object itself, and everything whose events tell of it too. Raises what looking at the object raises."""
    own = ObjectRef(ref.kind, ref.name, ref.namespace, ref.uid, reader.name)
    workload = None
    if ref.kind in PODDED:
        workload = reader.fetch(ref, Workload)
        own = ObjectRef(ref.kind, ref.name, ref.namespace, workload.metadata.uid, reader.name)
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
            yield from _replica_sets(reader, own, workload)
    match own.kind:
        case "CronJob":
            yield from jobs_of(reader, own)
            yield from (pod_ref(pod, reader.name) for pod in pods_below(reader, own))
        case "PersistentVolumeClaim":
            for pod in reader.connection.list(collection("Pod", own.namespace), _Mounting):
                claims = (volume.persistent_volume_claim for volume in listed(pod.spec.volumes))
                if any(claim is not None and claim.claim_name == own.name for claim in claims):
                    yield ObjectRef("Pod", pod.metadata.name, own.namespace, pod.metadata.uid, reader.name)
        case "HorizontalPodAutoscaler":
            target = reader.fetch(own, Autoscaler).spec.scale_target_ref
            if known(target.kind) and target.kind in PODDED:
                yield from belongings(reader, ObjectRef(target.kind, target.name, own.namespace, "", reader.name))


def _replica_sets(reader: Reader, own: ObjectRef, workload: Workload) -> list[ObjectRef]:
    selector = selector_text(workload.spec.selector)
    if selector is None:
        return []
    sets = reader.connection.list(collection("ReplicaSet", own.namespace), Thing, {"labelSelector": selector})
    return [
        ObjectRef("ReplicaSet", rs.metadata.name, own.namespace, rs.metadata.uid, reader.name)
        for rs in sets
        if any(owner.uid == own.uid for owner in listed(rs.metadata.owner_references))
    ]

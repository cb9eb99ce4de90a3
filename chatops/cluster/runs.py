"""What a CronJob has started and what a Job has started: its Jobs, its pods. It only finds, and judges nothing."""

from chatops.cluster.batch_models import Job
from chatops.cluster.models import Meta, listed
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text


def runs_of(reader: Reader, cron: Meta) -> list[Job]:
    """The Jobs it started that are still there, the newest first. A Job has no field of its owner to select by."""
    jobs = reader.every("Job", Job, cron.namespace)
    own = [job for job in jobs if any(owner.uid == cron.uid for owner in listed(job.metadata.owner_references))]
    return sorted(own, key=lambda job: job.began, reverse=True)


def pods_of_job(reader: Reader, job: Job) -> list[Pod]:
    """The pods of the Job's tries that are still there, the newest first."""
    meta = job.metadata
    pods = reader.every("Pod", Pod, meta.namespace, labels=selector_text(job.spec.selector) or f"job-name={meta.name}")
    own = [pod for pod in pods if (owner := pod.metadata.controller) is not None and owner.uid == meta.uid]
    return sorted(own, key=lambda pod: pod.metadata.born, reverse=True)

"""Jobs and CronJobs: what became of the runs."""

from datetime import datetime

from chatops.cluster.asides import aside
from chatops.cluster.models import Condition, Model, Owner, Selector, Thing, empty, listed
from chatops.cluster.objects.views import by_type, status_of, traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef

_MOST_PODS = 10


class JobSpec(Model):
    completions: int | None = None
    suspend: bool = False
    selector: Selector = empty(Selector)


class JobStatus(Model):
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    conditions: list[Condition] | None = None


class JobModel(Thing):
    spec: JobSpec = empty(JobSpec)
    status: JobStatus = empty(JobStatus)

    def has(self, condition: str) -> bool:
        return status_of(by_type(self.status.conditions), condition) == "True"


class CronJobSpec(Model):
    schedule: str = ""
    suspend: bool = False


class CronJobStatus(Model):
    active: list[Owner] | None = None
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJobModel(Thing):
    spec: CronJobSpec = empty(CronJobSpec)
    status: CronJobStatus = empty(CronJobStatus)


def see_job(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD once it gave up, WARN while pods fail or it is suspended."""
    job = reader.fetch(ref, JobModel)
    meta, status = job.metadata, job.status
    failed, complete = job.has("Failed"), job.has("Complete")
    health = Health.BAD if failed else Health.GOOD
    if not failed and not complete and (status.failed or job.spec.suspend):
        health = Health.WARN
    state = "Failed" if failed else "Complete" if complete else "Suspended" if job.spec.suspend else "Running"
    reason = by_type(status.conditions)["Failed"].reason if failed else ""
    owner = meta.controller
    made_by = ObjectRef(owner.kind, owner.name, meta.namespace, owner.uid, reader.name) if owner else None
    return ObjectView(
        reader.ref(ref.kind, meta),
        health,
        traits(
            failed=failed,
            complete=complete,
            active=status.active,
            suspended=job.spec.suspend,
            summary=words(
                state,
                safe_text(reason),
                f"{status.succeeded}/{1 if job.spec.completions is None else job.spec.completions}",
                f"{status.failed} failed" if status.failed else "",
            ),
        ),
        (*([Tie(TieRole.OWNER, made_by)] if made_by else []), *_pods(reader, job)),
        managed_by(meta),
    )


def _pods(reader: Reader, job: JobModel) -> list[Tie]:
    """The newest first: a Job keeps the pods of its failed tries."""
    selector = selector_text(job.spec.selector) or f"job-name={job.metadata.name}"
    pods: list[Pod] = aside(lambda: reader.every("Pod", Pod, job.metadata.namespace, labels=selector), [])
    own = [pod for pod in pods if (owner := pod.metadata.controller) is not None and owner.uid == job.metadata.uid]
    own.sort(key=lambda pod: _born(pod.metadata.creation_timestamp), reverse=True)
    return [Tie(TieRole.POD, reader.ref("Pod", pod.metadata), pod.status.phase) for pod in own[:_MOST_PODS]]


def see_cron_job(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD when its last finished run failed, WARN when it is suspended."""
    cron = reader.fetch(ref, CronJobModel)
    meta, spec, status = cron.metadata, cron.spec, cron.status
    jobs: list[JobModel] = aside(lambda: reader.every("Job", JobModel, meta.namespace), [])
    own = [job for job in jobs if any(owner.uid == meta.uid for owner in listed(job.metadata.owner_references))]
    own.sort(key=lambda job: _born(job.metadata.creation_timestamp), reverse=True)
    finished = [job for job in own if job.has("Failed") or job.has("Complete")]
    failed = next((job for job in own if job.has("Failed")), None)
    health = Health.WARN if spec.suspend else Health.GOOD
    if finished and finished[0].has("Failed"):
        health = Health.BAD
    last = status.last_schedule_time
    return ObjectView(
        reader.ref(ref.kind, meta),
        health,
        traits(
            suspended=spec.suspend,
            active=len(listed(status.active)),
            schedule=spec.schedule,
            summary=words(
                spec.schedule,
                "suspended" if spec.suspend else "",
                f"last {last:%Y-%m-%d %H:%M} UTC" if last else "",
                f"{failed.metadata.name} failed" if failed else "",
            ),
        ),
        (Tie(TieRole.FAILED_JOB, reader.ref("Job", failed.metadata)),) if failed else (),
        managed_by(meta),
    )


def _born(time: datetime | None) -> float:
    return time.timestamp() if time else 0.0

"""Jobs and CronJobs: what became of the runs."""

from chatops.cluster.asides import aside
from chatops.cluster.batch_models import CronJob, Job
from chatops.cluster.models import listed
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import owner_ref
from chatops.cluster.reader import Reader
from chatops.cluster.runs import pods_of_job, runs_of
from chatops.cluster.standings.jobs import cron_job_health, job_health
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import ObjectRef

_MOST_PODS = 10


def see_job(reader: Reader, ref: ObjectRef) -> ObjectView:
    """With the pods of its tries, the newest first: a Job keeps those that failed."""
    job = reader.fetch(ref, Job)
    meta, status, end = job.metadata, job.status, job.end
    state = end.type if end else "Suspended" if job.spec.suspend else "Running"
    owner = meta.controller
    pods: list[Pod] = aside(lambda: pods_of_job(reader, job), [])
    return ObjectView(
        reader.ref(ref.kind, meta),
        job_health(job),
        traits(
            failed=job.failed,
            complete=end is not None and not job.failed,
            active=status.active,
            suspended=job.spec.suspend,
            summary=words(
                state,
                safe_text(end.reason) if end and job.failed else "",
                f"{status.succeeded}/{1 if job.spec.completions is None else job.spec.completions}",
                f"{status.failed} failed" if status.failed else "",
            ),
        ),
        (
            *((Tie(TieRole.OWNER, owner_ref(owner, meta.namespace, reader.name)),) if owner else ()),
            *(Tie(TieRole.POD, reader.ref("Pod", pod.metadata), pod.status.phase) for pod in pods[:_MOST_PODS]),
        ),
        managed_by(meta),
    )


def see_cron_job(reader: Reader, ref: ObjectRef) -> ObjectView:
    """With the newest of its runs that failed."""
    cron = reader.fetch(ref, CronJob)
    meta, spec, status = cron.metadata, cron.spec, cron.status
    runs: list[Job] = aside(lambda: runs_of(reader, meta), [])
    failed = next((job for job in runs if job.failed), None)
    last = status.last_schedule_time
    return ObjectView(
        reader.ref(ref.kind, meta),
        cron_job_health(cron, runs),
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

"""How Jobs and CronJobs stand: finished or not, how, after how many tries. Pure."""

from collections.abc import Iterable

from chatops.cluster.ages import between
from chatops.cluster.batch_models import CronJob, Job
from chatops.cluster.conditions import holds
from chatops.cluster.standing import Standing, said
from chatops.core.resources import Health, worst

DEFAULT_BACKOFF_LIMIT = 6


def job_standing(job: Job) -> Standing:
    """GOOD while it runs without a failure and when it is complete, WARN after a failed try, BAD when it gave up."""
    spec, status = job.spec, job.status
    limit = DEFAULT_BACKOFF_LIMIT if spec.backoff_limit is None else spec.backoff_limit
    wanted = spec.completions if spec.completions is not None else 1
    deadline = spec.active_deadline_seconds
    facts = said(
        ("status", outcome(job)),
        ("message", job.end.message if job.end and job.failed else ""),
        ("succeeded", f"{status.succeeded}/{wanted}"),
        ("failed", f"{status.failed} (backoffLimit {limit})"),
        ("active", status.active or None),
        ("started", status.start_time),
        ("duration", duration(job)),
        ("deadline", f"{deadline}s" if deadline is not None else ""),
        ("created", job.metadata.creation_timestamp),
    )
    return Standing(job_health(job), facts, tuple(status.conditions or ()))


def outcome(job: Job) -> str:
    """`Complete`, `Failed BackoffLimitExceeded`, `Suspended`, `Running`: kubectl's STATUS, with the reason."""
    if job.end:
        return f"Failed {job.end.reason}".strip() if job.failed else "Complete"
    if holds(job.status.conditions, "Suspended"):
        return "Suspended"
    if job.metadata.deletion_timestamp is not None:
        return "Terminating"
    return "FailureTarget" if holds(job.status.conditions, "FailureTarget") else "Running"


def job_health(job: Job) -> Health:
    conditions = job.status.conditions
    if job.failed or holds(conditions, "FailureTarget"):
        return Health.BAD
    if job.end:
        return Health.GOOD
    if holds(conditions, "Suspended") or job.spec.suspend or job.status.failed:
        return Health.WARN
    return Health.GOOD if job.status.active else Health.UNKNOWN


def duration(job: Job) -> str:
    """From start to end; empty while it runs. A failed job has no completion time, its condition does."""
    end = job.end
    finish = job.status.completion_time or (end.last_transition_time if end is not None else None)
    return between(job.status.start_time, finish)


def cron_job_standing(cron: CronJob) -> Standing:
    """GOOD when its last run that was due has succeeded, WARN when it is suspended or that is not known yet."""
    spec, status = cron.spec, cron.status
    facts = said(
        ("schedule", f"{spec.schedule} ({spec.time_zone})" if spec.time_zone else spec.schedule),
        ("suspended", bool(spec.suspend)),
        ("last schedule", status.last_schedule_time or "never"),
        ("last success", status.last_successful_time or "never"),
        ("active", len(status.active or ()) or None),
        ("concurrency", spec.concurrency_policy),
        ("created", cron.metadata.creation_timestamp),
    )
    return Standing(_health_by_times(cron), facts)


def cron_job_health(cron: CronJob, runs: Iterable[Job]) -> Health:
    """The last of its runs that ended decides, newest first; where none is left, the times that the CronJob keeps."""
    last = next((job for job in runs if job.end is not None), None)
    if last is None:
        return _health_by_times(cron)
    return worst([job_health(last), Health.WARN if cron.spec.suspend else Health.GOOD])


def _health_by_times(cron: CronJob) -> Health:
    status = cron.status
    if cron.spec.suspend:
        return Health.WARN
    if status.last_schedule_time is None:
        return Health.UNKNOWN
    if status.last_successful_time is not None and status.last_successful_time >= status.last_schedule_time:
        return Health.GOOD
    return Health.UNKNOWN if status.active else Health.WARN

"""cronjob_status: when a CronJob runs, whether it may, and how its last runs came out."""

from datetime import UTC, datetime

from chatops.cluster.ages import ago
from chatops.cluster.batch_models import CronJob, Job
from chatops.cluster.conditions import holds
from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import section, seen, without
from chatops.cluster.standing import said
from chatops.cluster.standings.jobs import cron_job_standing, duration, ended, job_health, outcome
from chatops.core.reports import Line, Report
from chatops.core.resources import Health, ObjectRef

MOST_RUNS = 6

_EVER = datetime.min.replace(tzinfo=UTC)


def cronjob_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    cron = reader.fetch(ref, CronJob)
    standing = cron_job_standing(cron)
    beside = Beside()
    nothing: list[Job] = []
    runs = beside.read("list jobs", lambda: runs_of(reader, cron), nothing)
    if cron.spec.suspend:
        beside.note("cronjob_suspended")
    if not runs and not beside.refused:
        beside.note("cronjob_no_runs")
    failed = [job for job in runs if holds(job.status.conditions, "Failed")]
    return Report(
        "cronjob_status",
        seen(ref, cron.metadata, reader.name),
        _health(cron, standing.health, runs),
        facts=(
            *without(standing.facts, "last schedule", "last success"),
            *said(
                ("last schedule", ago(cron.status.last_schedule_time, now) or "never"),
                ("last success", ago(cron.status.last_successful_time, now) or "never"),
            ),
        ),
        sections=section("Last runs", (_line(job, now) for job in runs[:MOST_RUNS])),
        notes=beside.notes,
        related=tuple(
            ObjectRef("Job", job.metadata.name, job.metadata.namespace, job.metadata.uid, reader.name)
            for job in [*failed[:1], *(job for job in runs[:1] if job not in failed[:1])]
        ),
    )


def runs_of(reader: Reader, cron: CronJob) -> list[Job]:
    """The Jobs it started that are still there, the newest first. A Job has no field of its owner to select by."""
    jobs = reader.connection.list(collection("Job", cron.metadata.namespace), Job)
    uid = cron.metadata.uid
    own = [job for job in jobs if any(owner.uid == uid for owner in job.metadata.owner_references or ())]
    return sorted(own, key=_began, reverse=True)


def _began(job: Job) -> datetime:
    return job.status.start_time or job.metadata.creation_timestamp or _EVER


def _health(cron: CronJob, by_times: Health, runs: list[Job]) -> Health:
    """The last run that ended decides; where none is left, the times that the CronJob keeps."""
    last = next((job for job in runs if ended(job) is not None), None)
    if last is None:
        return by_times
    return min(job_health(last), Health.WARN if cron.spec.suspend else Health.GOOD, key=lambda health: health.rank)


def _line(job: Job, now: datetime) -> Line:
    took = duration(job)
    words = [job.metadata.name, outcome(job), f"in {took}" if took else "", ago(_began(job), now)]
    return Line(safe_text(" · ".join(word for word in words if word)), job_health(job))

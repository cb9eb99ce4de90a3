"""cronjob_status: when a CronJob runs, whether it may, and how its last runs came out."""

from datetime import datetime

from chatops.cluster.ages import ago
from chatops.cluster.batch_models import CronJob, Job
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import section, without
from chatops.cluster.runs import runs_of
from chatops.cluster.standing import said
from chatops.cluster.standings.jobs import cron_job_health, cron_job_standing, duration, job_health, outcome
from chatops.core.reports import Line, Report
from chatops.core.resources import ObjectRef

MOST_RUNS = 6


def cronjob_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    cron = reader.fetch(ref, CronJob)
    standing = cron_job_standing(cron)
    beside = Beside()
    nothing: list[Job] = []
    runs = beside.read("list jobs", lambda: runs_of(reader, cron.metadata), nothing)
    if cron.spec.suspend:
        beside.note("cronjob_suspended")
    if not runs and not beside.refused:
        beside.note("cronjob_no_runs")
    failed = [job for job in runs if job.failed]
    return Report(
        "cronjob_status",
        reader.ref(ref.kind, cron.metadata),
        cron_job_health(cron, runs),
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
            reader.ref("Job", job.metadata)
            for job in [*failed[:1], *(job for job in runs[:1] if job not in failed[:1])]
        ),
    )


def _line(job: Job, now: datetime) -> Line:
    took = duration(job)
    words = [job.metadata.name, outcome(job), f"in {took}" if took else "", ago(job.began, now)]
    return Line(safe_text(" · ".join(word for word in words if word)), job_health(job))

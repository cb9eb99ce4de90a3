"""Jobs and CronJobs as msgspec reads them, in the manner of `models`."""

from datetime import datetime

from chatops.cluster.models import Condition, Model, Owner, Selector, Thing, empty


class JobSpec(Model):
    parallelism: int | None = None
    completions: int | None = None
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None
    suspend: bool | None = None
    selector: Selector = empty(Selector)


class JobStatus(Model):
    active: int = 0
    ready: int | None = None
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: list[Condition] | None = None


class Job(Thing):
    spec: JobSpec = empty(JobSpec)
    status: JobStatus = empty(JobStatus)


class CronJobSpec(Model):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    concurrency_policy: str = ""
    starting_deadline_seconds: int | None = None


class CronJobStatus(Model):
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None
    active: list[Owner] | None = None


class CronJob(Thing):
    spec: CronJobSpec = empty(CronJobSpec)
    status: CronJobStatus = empty(CronJobStatus)

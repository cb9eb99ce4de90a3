"""Jobs and CronJobs as msgspec reads them, in the manner of `models`. What a copy is made from is kept as it came."""

from datetime import datetime
from typing import Any

from chatops.cluster.models import Condition, Model, Owner, Selector, Thing, empty, listed


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


class Run(Thing):
    """A Job of which only how it goes matters."""

    status: JobStatus = empty(JobStatus)

    def ended(self, how: str) -> Condition | None:
        """The condition `Complete` or `Failed`, where it is true."""
        found = listed(self.status.conditions)
        return next((each for each in found if each.type == how and each.status == "True"), None)

    @property
    def has_ended(self) -> bool:
        return self.ended("Complete") is not None or self.ended("Failed") is not None


class Job(Run):
    spec: JobSpec = empty(JobSpec)


class JobToCopy(Run):
    spec: dict[str, Any] = empty(dict)


class CronJobSpec(Model):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    concurrency_policy: str = "Allow"
    starting_deadline_seconds: int | None = None
    job_template: dict[str, Any] = empty(dict)


class CronJobStatus(Model):
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None
    active: list[Owner] | None = None


class CronJob(Thing):
    spec: CronJobSpec = empty(CronJobSpec)
    status: CronJobStatus = empty(CronJobStatus)

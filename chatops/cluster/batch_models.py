"""Jobs and CronJobs as msgspec reads them, in the manner of `models`. What a copy is made from is kept as it came."""

from datetime import datetime
from typing import Any

from chatops.cluster.conditions import found
from chatops.cluster.models import Condition, ConditionedStatus, Model, Owner, Selector, Thing, empty


class JobSpec(Model):
    parallelism: int | None = None
    completions: int | None = None
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None
    suspend: bool | None = None
    selector: Selector = empty(Selector)


class JobStatus(ConditionedStatus):
    active: int = 0
    ready: int | None = None
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None


class Run(Thing):
    """A Job of which only how it goes matters."""

    status: JobStatus = empty(JobStatus)

    @property
    def end(self) -> Condition | None:
        """The condition that ended it, `Failed` or `Complete`; None while it may still run."""
        ends = (found(self.status.conditions, how) for how in ("Failed", "Complete"))
        return next((end for end in ends if end is not None and end.status == "True"), None)

    @property
    def failed(self) -> bool:
        return self.end is not None and self.end.type == "Failed"

    @property
    def began(self) -> datetime:
        """When it was started, or at least made; for sorting."""
        return self.status.start_time or self.metadata.born


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

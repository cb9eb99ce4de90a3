"""Jobs and CronJobs as msgspec reads them, in the manner of `models`. What a copy is made from is kept as it came."""

from typing import Any

from chatops.cluster.models import Condition, Model, Owner, Thing, empty, listed


class JobStatus(Model):
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    conditions: list[Condition] | None = None


class Job(Thing):
    spec: dict[str, Any] = empty(dict)
    status: JobStatus = empty(JobStatus)

    def ended(self, how: str) -> Condition | None:
        """The condition `Complete` or `Failed`, where it is true."""
        found = listed(self.status.conditions)
        return next((each for each in found if each.type == how and each.status == "True"), None)

    @property
    def has_ended(self) -> bool:
        return self.ended("Complete") is not None or self.ended("Failed") is not None


class CronJobSpec(Model):
    schedule: str = ""
    suspend: bool | None = None
    concurrency_policy: str = "Allow"
    starting_deadline_seconds: int | None = None
    job_template: dict[str, Any] = empty(dict)


class CronJobStatus(Model):
    active: list[Owner] | None = None


class CronJob(Thing):
    spec: CronJobSpec = empty(CronJobSpec)
    status: CronJobStatus = empty(CronJobStatus)

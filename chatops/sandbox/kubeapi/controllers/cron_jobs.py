"""Starts the jobs of CronJobs when their time has come, and drops the oldest finished ones."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi import admission, defaults
from chatops.sandbox.kubeapi.clock import parse_stamp, stamp
from chatops.sandbox.kubeapi.conditions import condition
from chatops.sandbox.kubeapi.controllers.cron_schedule import CronSchedule
from chatops.sandbox.kubeapi.controllers.owners import owned_by, reference_to
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.kinds import CRON_JOBS, JOBS, Obj
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "cronjob-controller"


class CronJobController:
    """At most one job per CronJob and pass: what was missed while nobody looked is not made up for."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def sync(self, now: datetime) -> list[datetime]:
        """Start what is due; the moments of the next starts."""
        due: list[datetime] = []
        for each in self._store.all(CRON_JOBS):
            if "deletionTimestamp" not in each["metadata"]:
                due.extend(self._reconcile(each, now))
        return due

    def _reconcile(self, cron: Obj, now: datetime) -> list[datetime]:
        jobs = owned_by(self._store, JOBS, cron)
        status = dict(cron.get("status") or {})
        due: list[datetime] = []
        try:
            schedule = CronSchedule(str(cron["spec"].get("schedule", "")))
        except ValueError as problem:
            text = f"unparseable schedule: {cron['spec'].get('schedule')} : {problem}"
            self._recorder.record(cron, "UnparseableSchedule", text, component=COMPONENT, warning=True)
            return []
        if not cron["spec"].get("suspend"):
            last = parse_stamp(status.get("lastScheduleTime") or cron["metadata"]["creationTimestamp"])
            moment = schedule.after(last)
            if moment is not None and moment <= now:
                latest = moment
                while (later := schedule.after(latest)) is not None and later <= now:
                    latest = later
                jobs = self._start(cron, jobs, latest)
                status["lastScheduleTime"] = stamp(latest)
                moment = schedule.after(latest)
            if moment is not None:
                due.append(moment)
        self._trim(cron, jobs)
        active = [job for job in jobs if not (condition(job, "Complete") or condition(job, "Failed"))]
        done = [(job.get("status") or {}).get("completionTime") for job in jobs]
        finished = [each for each in done if each]
        status.pop("active", None)
        if active:
            status["active"] = [
                {
                    "kind": "Job",
                    "apiVersion": "batch/v1",
                    "namespace": job["metadata"]["namespace"],
                    "name": job["metadata"]["name"],
                    "uid": job["metadata"]["uid"],
                    "resourceVersion": job["metadata"]["resourceVersion"],
                }
                for job in active
            ]
        if finished:
            status["lastSuccessfulTime"] = max(finished)
        self._store.set_status(CRON_JOBS, cron, status)
        return due

    def _start(self, cron: Obj, jobs: list[Obj], moment: datetime) -> list[Obj]:
        policy = cron["spec"].get("concurrencyPolicy", "Allow")
        running = [job for job in jobs if not (condition(job, "Complete") or condition(job, "Failed"))]
        if running and policy == "Forbid":
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._recorder.record(cron, "JobAlreadyActive", text, component=COMPONENT)
            return jobs
        if running and policy == "Replace":
            for each in running:
                self._store.delete(JOBS, each["metadata"]["namespace"], each["metadata"]["name"])
        meta, template = cron["metadata"], copied(cron["spec"]["jobTemplate"])
        job: Obj = {
            "metadata": {
                **(template.get("metadata") or {}),
                "name": f"{meta['name']}-{int(moment.timestamp()) // 60}",
                "namespace": meta["namespace"],
                "ownerReferences": [reference_to(CRON_JOBS, cron)],
            },
            "spec": template["spec"],
        }
        defaults.fill(JOBS, job)
        admission.prepare(self._store, JOBS, job)
        if self._store.find(JOBS, meta["namespace"], job["metadata"]["name"]) is not None:
            return jobs
        made = self._store.create(JOBS, job, seeded=True)
        text = f"Created job {made['metadata']['name']}"
        self._recorder.record(cron, "SuccessfulCreate", text, component=COMPONENT)
        return [*jobs, made]

    def _trim(self, cron: Obj, jobs: list[Obj]) -> None:
        for kind, field, limit in (
            ("Complete", "successfulJobsHistoryLimit", 3),
            ("Failed", "failedJobsHistoryLimit", 1),
        ):
            ended = [job for job in jobs if condition(job, kind) and "deletionTimestamp" not in job["metadata"]]
            ended.sort(key=lambda job: job["metadata"]["creationTimestamp"])
            for job in ended[: max(0, len(ended) - int(cron["spec"].get(field, limit)))]:
                meta = job["metadata"]
                if self._store.find(JOBS, meta["namespace"], meta["name"]) is not None:
                    self._store.delete(JOBS, meta["namespace"], meta["name"])

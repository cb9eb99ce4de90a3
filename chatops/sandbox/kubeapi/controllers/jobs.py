"""Runs Jobs to their end: as many pods at once as allowed, until enough succeeded or too many failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import Tempo, parse_stamp, stamp
from chatops.sandbox.kubeapi.conditions import condition, merged
from chatops.sandbox.kubeapi.controllers.owners import owned_by
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.controllers.replica_sets import pod_from
from chatops.sandbox.kubeapi.kinds import JOBS, PODS, Obj
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "job-controller"


class JobController:
    """Makes the pods a job still needs and writes down how it ended."""

    def __init__(self, store: Store, recorder: Recorder, *, tempo: Tempo) -> None:
        self._store = store
        self._recorder = recorder
        self._tempo = tempo

    def sync(self, now: datetime) -> list[datetime]:
        """Take the next step of every job; the moments at which one may be cleaned up or tried again."""
        due: list[datetime] = []
        for job in self._store.all(JOBS):
            if "deletionTimestamp" in job["metadata"]:
                continue
            if condition(job, "Complete") or condition(job, "Failed"):
                due.extend(self._expire(job, now))
            else:
                due.extend(self._run(job, now))
        return due

    def _expire(self, job: Obj, now: datetime) -> list[datetime]:
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        ended = condition(job, "Complete") or condition(job, "Failed")
        if ttl is None or ended is None:
            return []
        end = parse_stamp(ended["lastTransitionTime"]) + timedelta(seconds=float(ttl) * self._tempo.pace)
        if now < end:
            return [end]
        self._store.delete(JOBS, job["metadata"]["namespace"], job["metadata"]["name"])
        return []

    def _run(self, job: Obj, now: datetime) -> list[datetime]:
        spec, old = job["spec"], job.get("status") or {}
        pods = owned_by(self._store, PODS, job)
        phases = [(pod.get("status") or {}).get("phase") for pod in pods]
        succeeded, failed = phases.count("Succeeded"), phases.count("Failed")
        active = [
            pod
            for pod, phase in zip(pods, phases, strict=True)
            if phase not in ("Succeeded", "Failed") and "deletionTimestamp" not in pod["metadata"]
        ]
        status: Obj = {**old, "startTime": old.get("startTime") or stamp(now)}
        due: list[datetime] = []
        wanted = int(spec.get("completions") or 1)
        restarts = sum(
            int(each.get("restartCount", 0))
            for pod in active
            for each in (pod.get("status") or {}).get("containerStatuses") or ()
        )
        if spec.get("suspend"):
            for pod in active:
                self._store.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])
            active = []
        elif succeeded >= wanted:
            self._finish(status, now, "Complete", "CompletionsReached", "Reached expected number of succeeded pods")
            status["completionTime"] = stamp(now)
            self._recorder.record(job, "Completed", "Job completed", component=COMPONENT)
        elif failed + restarts > int(spec.get("backoffLimit", 6)):
            why = "Job has reached the specified backoff limit"
            self._finish(status, now, "Failed", "BackoffLimitExceeded", why)
            self._recorder.record(job, "BackoffLimitExceeded", why, component=COMPONENT, warning=True)
            for pod in active:
                self._store.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])
            active = []
        else:
            moment = self._next_try(pods, failed)
            if moment is not None and now < moment:
                due.append(moment)
            else:
                active = [*active, *self._fill(job, len(active), wanted - succeeded)]
        ready = sum(1 for pod in active if ((condition(pod, "Ready") or {}).get("status")) == "True")
        counts = {"active": len(active), "succeeded": succeeded, "failed": failed}
        for key, value in counts.items():
            status.pop(key, None)
            if value:
                status[key] = value
        status.update(ready=ready, terminating=0, uncountedTerminatedPods={})
        self._store.set_status(JOBS, job, status)
        return due

    def _next_try(self, pods: list[Obj], failed: int) -> datetime | None:
        """After a failure the next pod waits 10 s, 20 s, 40 s and so on."""
        ends = [
            parse_stamp(each["state"]["terminated"]["finishedAt"])
            for pod in pods
            if (pod.get("status") or {}).get("phase") == "Failed"
            for each in pod["status"].get("containerStatuses") or ()
            if "terminated" in each["state"]
        ]
        if not ends:
            return None
        return max(ends) + timedelta(seconds=min(10 * 2 ** (failed - 1), 600) * self._tempo.pace)

    def _fill(self, job: Obj, active: int, missing: int) -> list[Obj]:
        made = []
        for _ in range(max(0, min(int(job["spec"].get("parallelism", 1)), missing) - active)):
            pod = self._store.create(PODS, pod_from(job["spec"]["template"], job, JOBS))
            text = f"Created pod: {pod['metadata']['name']}"
            self._recorder.record(job, "SuccessfulCreate", text, component=COMPONENT)
            made.append(pod)
        return made

    @staticmethod
    def _finish(status: Obj, now: datetime, kind: str, reason: str, message: str) -> None:
        before = "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
        conditions = list(status.get("conditions") or ())
        for each in (before, kind):
            conditions = merged(conditions, each, "True", now, reason=reason, message=message)
        for each in conditions:
            each.setdefault("lastProbeTime", each["lastTransitionTime"])
        status["conditions"] = conditions

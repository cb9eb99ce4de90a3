"""cronjob_trigger, cronjob_suspend and cronjob_resume: a CronJob now, not for now, again. It knows no other action."""

from typing import Any

from chatops.cluster.batch_models import CronJob
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.job_runs import JobStart
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress

INSTANTIATE = "cronjob.kubernetes.io/instantiate"
"""kubectl's own annotation of a Job that a person made from a CronJob."""

_LATE = 300
"""Seconds of startingDeadlineSeconds from which on a missed run is likely to start late."""

SUSPEND = "cronjob_suspend"
RESUME = "cronjob_resume"


class Trigger(JobStart[CronJob]):
    """A Job from the template, made and marked as `kubectl create job --from=cronjob/NAME` does."""

    model = CronJob
    word = "manual"

    def cautions(self, seen: CronJob) -> tuple[Caution, ...]:
        policy = seen.spec.concurrency_policy
        return (Caution(cautions.OVERLAPS, policy),) if seen.status.active and policy in ("Forbid", "Replace") else ()

    def metadata(self, seen: CronJob) -> dict[str, Any]:
        template = seen.spec.job_template.get("metadata") or {}
        # Without blockOwnerDeletion, as kubectl: that takes a right on the owner's finalizers.
        owner = {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": seen.metadata.name,
            "uid": seen.metadata.uid,
            "controller": True,
        }
        return {
            "labels": dict(template.get("labels") or {}),
            "annotations": {INSTANTIATE: "manual", **(template.get("annotations") or {})},
            "ownerReferences": [owner],
        }

    def spec(self, seen: CronJob) -> dict[str, Any]:
        return dict(seen.spec.job_template.get("spec") or {})


class Suspension(Edit[CronJob]):
    """Sets `suspend`; each of the two actions is the other's inverse."""

    model = CronJob
    foreseen_by = ()

    def refusal(self, seen: CronJob, action: str, params: dict[str, str]) -> Caution | None:
        if bool(seen.spec.suspend) != _suspends(action):
            return None
        return Caution(cautions.ALREADY_SUSPENDED if _suspends(action) else cautions.NOT_SUSPENDED)

    def changes(self, reader: Reader, seen: CronJob, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change("suspend", _word(not _suspends(action)), _word(_suspends(action))),)

    def cautions(self, reader: Reader, seen: CronJob, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        if _suspends(action):
            return (Caution(cautions.RUNS_GO_ON),) if seen.status.active else ()
        deadline = seen.spec.starting_deadline_seconds
        return (Caution(cautions.MISSED_RUNS),) if deadline is None or deadline >= _LATE else ()

    def body(self, seen: CronJob, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {"suspend": _suspends(action)}}

    def inverse(self, seen: CronJob, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        return RESUME if _suspends(action) else SUSPEND, {}

    def progress(self, reader: Reader, seen: CronJob, plan: Plan) -> Progress:
        if bool(seen.spec.suspend) != _suspends(plan.action):
            return Progress(0, 1, failed=f"suspend is {_word(bool(seen.spec.suspend))} by now")
        return Progress(1, 1, finished=True)


def _suspends(action: str) -> bool:
    return action == SUSPEND


def _word(value: bool) -> str:
    """As YAML writes it."""
    return "true" if value else "false"

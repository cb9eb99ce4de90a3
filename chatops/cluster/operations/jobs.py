"""job_rerun and job_delete: a Job that has ended, once more or away. It knows no other action."""

from datetime import datetime
from typing import Any

from chatops.cluster.batch_models import JobToCopy, Run
from chatops.cluster.models import mapped
from chatops.cluster.operations.job_runs import JobStart
from chatops.cluster.operations.patching import ACTION_ID, ref_to
from chatops.cluster.operations.removal import delete, departure, is_leaving, performed, tried
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.resources import ObjectRef

_GENERATED = frozenset(
    {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"}
)
"""Labels that the API server makes for each Job, in the old spelling and the new: a copy with them is refused."""

_NOT_COPIED = frozenset(
    {
        *_GENERATED,
        ACTION_ID,
        "app.kubernetes.io/instance",
        "app.kubernetes.io/managed-by",
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)
_NOT_COPIED_FROM = (
    "argocd.argoproj.io/",
    "batch.kubernetes.io/",
    "cronjob.kubernetes.io/",
    "helm.sh/",
    "helm.toolkit.fluxcd.io/",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
)
"""Marks by which a tool knows its own objects: it would prune a copy that it did not make.

`app.kubernetes.io/instance` is what Argo CD tracks by unless it is told otherwise.
"""


class Rerun(JobStart[JobToCopy]):
    """A new Job from the old one's spec, which nobody owns."""

    model = JobToCopy
    word = "rerun"

    def refusal(self, seen: JobToCopy) -> Caution | None:
        return None if seen.end else Caution(cautions.JOB_RUNS)

    def cautions(self, seen: JobToCopy) -> tuple[Caution, ...]:
        return (Caution(cautions.REPEATS),)

    def metadata(self, seen: JobToCopy) -> dict[str, Any]:
        meta = seen.metadata
        return {"labels": _copied(mapped(meta.labels)), "annotations": _copied(mapped(meta.annotations))}

    def spec(self, seen: JobToCopy) -> dict[str, Any]:
        spec = {name: value for name, value in seen.spec.items() if name not in ("selector", "manualSelector")}
        template = _part(spec, "template")
        meta = _part(template, "metadata")
        labels = {name: value for name, value in _part(meta, "labels").items() if name not in _GENERATED}
        return {**spec, "template": {**template, "metadata": {**meta, "labels": labels}}}


class JobDeletion:
    """Deletes the Job under the precondition of its uid, its pods after it. Nothing brings it back: no undo."""

    needs: tuple[str, ...] = ()

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What the Job's deletion would mean."""
        job = reader.fetch(ref, Run)
        plan = Plan(action, ref_to(job, ref, reader), job.metadata.resource_version, params)
        going = job.metadata.deletion_timestamp is not None
        refusal = Caution(cautions.DELETING) if going else None
        refusal = refusal or tried(reader, plan.ref, lambda: _delete(reader, plan, dry_run=True))
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        pods = job.status.active + job.status.succeeded + job.status.failed
        return Preview(plan, changes=(Change("pods", "", str(pods)),), cautions=_deletion_cautions(job))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Permanent(REPLACED) when another Job took the name, Permanent(NOT_FOUND) when it is gone already."""
        return performed(reader, plan.ref, lambda: _delete(reader, plan))

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return departure(reader, plan.ref)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return is_leaving(reader, plan.ref)


def _delete(reader: Reader, plan: Plan, *, dry_run: bool = False) -> bytes:
    return delete(reader, plan.ref, {"propagationPolicy": "Background"}, dry_run=dry_run)


def _deletion_cautions(job: Run) -> tuple[Caution, ...]:
    owner, managed = job.metadata.controller, managed_by(job.metadata)
    found = [Caution(cautions.MANAGED_BY, managed)] if managed else []
    if not job.end:
        found.append(Caution(cautions.CUT_OFF))
    found.append(Caution(cautions.LOGS_GO))
    if owner is not None:
        found.append(Caution(cautions.COMES_AGAIN, safe_text(f"{owner.kind}/{owner.name}")))
    return tuple(found)


def _copied(marks: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in marks.items()
        if name not in _NOT_COPIED and not name.startswith(_NOT_COPIED_FROM)
    }


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under `name`, empty where there is none."""
    found = whole.get(name)
    return found if isinstance(found, dict) else {}

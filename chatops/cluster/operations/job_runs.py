"""What every action that starts a Job shares: making it, and following it to its end. It knows no action by name."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from chatops.cluster.batch_models import JobToCopy
from chatops.cluster.models import Meta, Thing
from chatops.cluster.operations.creation import create, created, name_for, try_create
from chatops.cluster.operations.patching import ACTION_ID, SEEN, ref_to
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

T = TypeVar("T", bound=Thing)

MADE = "made"
"""Parameter of a plan: the name of the Job it makes."""


class JobStart(Generic[T]):
    """Makes a Job from an object that holds its template. A Job that was started cannot be taken back: no undo."""

    model: type[T]
    word: str
    """Stands in the new Job's name."""
    needs: tuple[str, ...] = (MADE, "action_id")

    def refusal(self, seen: T) -> Caution | None:
        """What makes it impossible."""
        return None

    def cautions(self, seen: T) -> tuple[Caution, ...]:
        """What to mind."""
        return ()

    def metadata(self, seen: T) -> dict[str, Any]:
        """Labels, annotations and owners of the new Job."""
        raise NotImplementedError

    def spec(self, seen: T) -> dict[str, Any]:
        """The new Job's spec."""
        raise NotImplementedError

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What would be made, tried without effect."""
        thing, seen = reader.look(ref, self.model)
        action_id = params.get("action_id", "")
        name = name_for(thing.metadata.name, self.word, action_id)
        plan = Plan(
            action, ref_to(thing, ref, reader), thing.metadata.resource_version, {**params, MADE: name, SEEN: seen}
        )
        if not action_id:
            return Preview(plan, refusal=Caution(cautions.BAD_PARAM, "action_id"))
        refusal = _going(thing.metadata) or self.refusal(thing)
        refusal = refusal or try_create(reader, _made(plan), self._body(thing, plan))
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        return Preview(plan, changes=(Change("job", "", name),), cautions=self.cautions(thing))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Make the Job from what was seen. Permanent(CONFLICT) when that was changed meanwhile."""
        thing, seen = reader.look(plan.ref, self.model)
        if plan.params.get(SEEN, seen) != seen:
            raise Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} was changed meanwhile")
        return Performed(None, create(reader, _made(plan), self._body(thing, plan), plan))

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return job_progress(reader, _made(plan))

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return created(reader, _made(plan), plan)

    def _body(self, seen: T, plan: Plan) -> dict[str, Any]:
        metadata = self.metadata(seen)
        annotations = {**(metadata.get("annotations") or {}), ACTION_ID: plan.params["action_id"]}
        named = {"name": plan.params[MADE], "namespace": plan.ref.namespace}
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {**metadata, **named, "annotations": annotations},
            "spec": self.spec(seen),
        }


def job_progress(reader: Reader, ref: ObjectRef) -> Progress:
    """Pods that succeeded of those the Job wants, until it is complete or has failed."""
    try:
        job = reader.fetch(ref, JobToCopy)
    except Permanent as failure:
        if failure.reason is not Reason.NOT_FOUND:
            raise
        return Progress(0, 1, failed=f"job {ref.path} is gone, and how it ended is not known")
    wanted = job.spec.get("completions")
    total = wanted if isinstance(wanted, int) and wanted > 0 else 1
    done = min(job.status.succeeded, total)
    if end := job.end:
        if end.type == "Complete":
            return Progress(total, total, finished=True)
        return Progress(done, total, failed=f"{end.reason}: {safe_text(end.message)}".strip(": "))
    return Progress(done, total, f"{job.status.active} active, {job.status.failed} failed")


def _made(plan: Plan) -> ObjectRef:
    return ObjectRef("Job", plan.params[MADE], plan.ref.namespace, cluster=plan.ref.cluster)


def _going(meta: Meta) -> Caution | None:
    return Caution(cautions.DELETING) if meta.deletion_timestamp is not None else None

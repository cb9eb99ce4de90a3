"""Patching a workload as it was seen: the precondition, the dry run, and what a conflict means. It knows no action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatops.cluster.connection import taken
from chatops.cluster.models import Workload
from chatops.cluster.places import place
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import workload_ref
from chatops.core import cautions
from chatops.core.actions import Caution, Plan
from chatops.core.failures import Permanent, Reason

ACTION_ID = "chatops.io/action-id"
"""Annotation that tells, when an answer was lost, whether this very action arrived."""

GENERATION = "generation"
"""Parameter of a plan: `metadata.generation` of the object the person saw.

It counts changes of the spec only.
"""

_TRIES = 5

_NO_DRY_RUN = "does not support dry run"
"""Part of the API server's words when an admission webhook cannot take part in a dry run."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch, made for one state of the object. `part` is the subresource it goes to."""

    body: Any
    content_type: str
    part: str = ""


Build = Callable[[Workload], Patch]


def dry_run(reader: Reader, workload: Workload, build: Build) -> Caution | None:
    """Try the patch without effect; the server's refusal, or None when it would be taken."""
    for _ in range(_TRIES):
        patch = build(workload)
        ref = workload_ref(workload, reader.name)
        try:
            reader.connection.patch(place(ref, patch.part), patch.body, patch.content_type, dry_run=True)
            return None
        except Permanent as failure:
            if _NO_DRY_RUN in failure.detail:
                return None
            fresh = reader.fetch(ref, Workload)
            if failure.reason is not Reason.CONFLICT and not _moved(workload, fresh):
                return denial(failure)
            workload = fresh
    raise Permanent(Reason.CONFLICT, f"{ref.kind} {ref.path} keeps changing")


def apply(reader: Reader, plan: Plan, build: Build) -> tuple[Workload, str]:
    """Patch the workload of `plan` once. Returns it as it was right before, and its version after.

    A conflict is looked into, never overridden: a status that moved on (pods crash every few seconds) is no
    reason to refuse, a spec that did is Permanent(CONFLICT). The check is the plan's `generation`, or for a
    plan without one its resource version.
    """
    last = Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} keeps changing")
    for _ in range(_TRIES):
        workload = reader.fetch(plan.ref, Workload)
        if not _as_seen(plan, workload):
            raise Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} was changed meanwhile")
        patch = build(workload)
        try:
            answer = reader.connection.patch(place(plan.ref, patch.part), patch.body, patch.content_type)
        except Permanent as failure:
            if failure.reason not in (Reason.CONFLICT, Reason.REFUSED):
                raise
            # A JSON patch whose `test` fails is a 422 like any other refusal; only the object tells them apart.
            if failure.reason is Reason.REFUSED and not _moved(workload, reader.fetch(plan.ref, Workload)):
                raise
            last = failure
            continue
        return workload, taken(answer).resource_version
    raise last


def denial(failure: Permanent) -> Caution:
    """The refusal to show for a dry run that was turned down. Raises what is no verdict on the change itself."""
    if failure.reason in (Reason.FORBIDDEN, Reason.REFUSED):
        return Caution(cautions.DENIED, failure.detail)
    raise failure


def marks(plan_params: dict[str, str]) -> dict[str, str]:
    """The annotations that name the action, if it has an id."""
    action_id = plan_params.get("action_id", "")
    return {ACTION_ID: action_id} if action_id else {}


def _as_seen(plan: Plan, workload: Workload) -> bool:
    if GENERATION in plan.params:
        return plan.params[GENERATION] == str(workload.metadata.generation)
    return plan.resource_version in ("", workload.metadata.resource_version)


def _moved(before: Workload, after: Workload) -> bool:
    return before.metadata.resource_version != after.metadata.resource_version

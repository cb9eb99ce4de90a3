"""Patching an object as it was seen: the precondition, the dry run, and what a conflict means. It knows no action."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from chatops.cluster.answers import taken
from chatops.cluster.models import Meta, Thing
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

T = TypeVar("T", bound=Thing)

ACTION_ID = "chatops.io/action-id"
"""Annotation that tells, when an answer was lost, whether this very action arrived."""

SEEN = "seen"
"""Parameter of a plan: what `Reader.look` calls the state of the spec that the person saw."""

_TRIES = 5

NO_DRY_RUN = "does not support dry run"
"""Part of the API server's words when an admission webhook cannot take part in a dry run."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch, made for one state of the object. `part` is the subresource it goes to."""

    body: Any
    content_type: str
    part: str = ""


Build = Callable[[T], Patch]


def ref_to(thing: Thing, ref: ObjectRef, reader: Reader) -> ObjectRef:
    """The reference to this incarnation of what `ref` names."""
    return replace(ref, uid=thing.metadata.uid, cluster=reader.name)


def dry_run(reader: Reader, ref: ObjectRef, thing: T, build: Build[T]) -> Caution | None:
    """Try the patch without effect; the server's refusal, or None when it would be taken."""
    ref = ref_to(thing, ref, reader)
    for _ in range(_TRIES):
        patch = build(thing)
        try:
            reader.connection.patch(reader.place(ref, patch.part), patch.body, patch.content_type, dry_run=True)
            return None
        except Permanent as failure:
            if NO_DRY_RUN in failure.detail:
                return None
            fresh = reader.fetch(ref, type(thing))
            if failure.reason is not Reason.CONFLICT and not _moved(thing, fresh):
                return denial(failure)
            thing = fresh
    raise Permanent(Reason.CONFLICT, f"{ref.kind} {ref.path} keeps changing")


def as_previewed(plan: Plan, model: type[T]) -> T | None:
    """What the plan knows of its object without a look. No other object has its version, nor has a later namesake."""
    if not (plan.ref.uid and plan.resource_version):
        return None
    metadata = Meta(name=plan.ref.name, uid=plan.ref.uid, resource_version=plan.resource_version)
    return model(kind=plan.ref.kind, metadata=metadata)


def apply(reader: Reader, plan: Plan, model: type[T], build: Build[T], previewed: T | None = None) -> tuple[T, str]:
    """Patch the object of `plan` once. Returns it as it was right before, and its version after.

    `previewed`: as it was in the preview, where the patch needs no more. If it is still the same this takes one
    request, else it is looked at as ever.

    A conflict is looked into, never overridden: a status that moved on (pods crash every few seconds) is no
    reason to refuse, a spec that did is Permanent(CONFLICT). The check is the plan's `seen`, or for a
    plan without one its resource version.
    """
    for _ in range(_TRIES):
        thing, previewed = previewed or _unchanged(reader, plan, model), None
        patch = build(thing)
        try:
            answer = reader.connection.patch(reader.place(plan.ref, patch.part), patch.body, patch.content_type)
        except Permanent as failure:
            if failure.reason not in (Reason.CONFLICT, Reason.REFUSED):
                raise
            # A JSON patch whose `test` fails is a 422 like any other refusal; only the object tells them apart.
            if failure.reason is Reason.REFUSED and not _moved(thing, reader.fetch(plan.ref, model)):
                raise
            continue
        return thing, taken(answer).resource_version
    raise Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} keeps changing")


def arrived(reader: Reader, plan: Plan, model: type[Thing] = Thing) -> bool:
    """Whether the object carries this very action's id."""
    action_id = plan.params.get("action_id", "")
    return bool(action_id) and reader.fetch(plan.ref, model).metadata.annotation(ACTION_ID) == action_id


def denial(failure: Permanent) -> Caution:
    """The refusal to show for a dry run that was turned down. Raises what is no verdict on the change itself."""
    if failure.reason in (Reason.FORBIDDEN, Reason.REFUSED):
        return Caution(cautions.DENIED, failure.detail)
    raise failure


def marks(plan_params: dict[str, str]) -> dict[str, str]:
    """The annotations that name the action, if it has an id."""
    action_id = plan_params.get("action_id", "")
    return {ACTION_ID: action_id} if action_id else {}


def _unchanged(reader: Reader, plan: Plan, model: type[T]) -> T:
    """The object, in which nothing is different that was asked for."""
    thing, seen = reader.look(plan.ref, model)
    if not _as_seen(plan, thing, seen):
        raise Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} was changed meanwhile")
    return thing


def _as_seen(plan: Plan, thing: Thing, seen: str) -> bool:
    if SEEN in plan.params:
        return plan.params[SEEN] == seen
    return plan.resource_version in ("", thing.metadata.resource_version)


def _moved(before: Thing, after: Thing) -> bool:
    return before.metadata.resource_version != after.metadata.resource_version

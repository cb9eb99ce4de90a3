"""Creating an object under a name that the action's id decides, so that a lost answer can be looked up by name."""

from typing import Any

from chatops.cluster.answers import taken
from chatops.cluster.models import Thing
from chatops.cluster.operations.patching import ACTION_ID, NO_DRY_RUN, denial
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Plan
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

_LONGEST = 63
"""A Job's name becomes a label of its pods."""

_LETTERS = 8
"""Characters of the action id: enough to be nobody else's name."""


def name_for(base: str, word: str, action_id: str) -> str:
    """`base-word-1a2b3c4d`, cut at the end of `base` to what a label's value may be."""
    ending = f"-{word}-{action_id[:_LETTERS]}"
    return base[: _LONGEST - len(ending)].rstrip("-.") + ending


def try_create(reader: Reader, ref: ObjectRef, body: dict[str, Any]) -> Caution | None:
    """Create it without effect; the server's refusal, or None when it would be taken."""
    try:
        reader.connection.post(reader.collection(ref.kind, ref.namespace), body, dry_run=True)
    except Permanent as failure:
        if NO_DRY_RUN in failure.detail:
            return None
        if failure.reason in (Reason.CONFLICT, Reason.NOT_FOUND):
            return Caution(cautions.DENIED, failure.detail)
        return denial(failure)
    return None


def create(reader: Reader, ref: ObjectRef, body: dict[str, Any], plan: Plan) -> str:
    """Create it once; its version. Permanent(CONFLICT) when the name is taken by what this action did not make."""
    try:
        return taken(reader.connection.post(reader.collection(ref.kind, ref.namespace), body)).resource_version
    except Permanent as failure:
        if failure.reason is Reason.CONFLICT and created(reader, ref, plan):
            return ""
        raise


def created(reader: Reader, ref: ObjectRef, plan: Plan) -> bool:
    """Whether the object is there, and of this very action's making."""
    try:
        found = reader.fetch(ref, Thing).metadata.annotation(ACTION_ID)
    except Permanent as failure:
        if failure.reason is Reason.NOT_FOUND:
            return False
        raise
    return bool(found) and found == plan.params.get("action_id", "")

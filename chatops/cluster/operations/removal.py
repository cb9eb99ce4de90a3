"""What every way to be rid of one very object shares: it goes by its uid, and never another of its name."""

from collections.abc import Callable
from typing import TypeVar

from chatops.cluster.answers import taken
from chatops.cluster.models import Thing
from chatops.cluster.operations.patching import NO_DRY_RUN, denial
from chatops.cluster.reader import Reader
from chatops.core.actions import Caution, Performed, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

T = TypeVar("T", bound=Thing)

GONE = (Reason.NOT_FOUND, Reason.REPLACED)


def delete(reader: Reader, ref: ObjectRef, options: dict[str, object] | None = None, *, dry_run: bool = False) -> bytes:
    """The request, with the precondition of the uid. Permanent(CONFLICT) when that is another's."""
    if not ref.uid:
        raise Permanent(Reason.REFUSED, f"a {ref.kind} is deleted by its uid, and the plan has none")
    body = {**(options or {}), "preconditions": {"uid": ref.uid}}
    return reader.connection.delete(reader.place(ref), body, dry_run=dry_run)


def tried(
    reader: Reader, ref: ObjectRef, send: Callable[[], bytes], denied: Callable[[Permanent], Caution] = denial
) -> Caution | None:
    """Send it as a dry run; the server's refusal, in the words of `denied`, or None when it would be taken."""
    try:
        send()
    except Permanent as failure:
        if NO_DRY_RUN in failure.detail:
            return None
        _explain(reader, ref, failure)
        return denied(failure)
    return None


def performed(reader: Reader, ref: ObjectRef, send: Callable[[], bytes]) -> Performed:
    """Send it once. Permanent(REPLACED) when another took the name, Permanent(NOT_FOUND) when it is gone already.

    What was deleted cannot be brought back: there is no undo.
    """
    try:
        answer = send()
    except Permanent as failure:
        _explain(reader, ref, failure)
        raise
    return Performed(None, taken(answer).resource_version)


def remaining(reader: Reader, ref: ObjectRef, model: type[T]) -> T | None:
    """The object, None when it is gone or the name is another's."""
    try:
        return reader.fetch(ref, model)
    except Permanent as failure:
        if failure.reason in GONE:
            return None
        raise


def departure(reader: Reader, ref: ObjectRef) -> Progress:
    """How far the object has gone."""
    gone = remaining(reader, ref, Thing) is None
    return Progress(int(gone), 1, "" if gone else "terminating", finished=gone)


def is_leaving(reader: Reader, ref: ObjectRef) -> bool:
    """Whether it is gone, or on its way."""
    left = remaining(reader, ref, Thing)
    return left is None or left.metadata.deletion_timestamp is not None


def _explain(reader: Reader, ref: ObjectRef, failure: Permanent) -> None:
    """When the uid did not match, reading the object again raises what happened: REPLACED or NOT_FOUND."""
    if failure.reason is Reason.CONFLICT:
        reader.fetch(ref, Thing)

"""Actions that set a few fields of one object: the shape they share, and what each of them fills in."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from chatops.cluster.connection import MERGE_PATCH
from chatops.cluster.models import Thing
from chatops.cluster.operations.patching import (
    SEEN,
    Patch,
    apply,
    arrived,
    as_previewed,
    dry_run,
    marks,
    ref_to,
)
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.resources import ObjectRef

T = TypeVar("T", bound=Thing)

BACK = "back"
"""Parameter of an undo whose action names one direction (raise, lower): the value that was set, from which alone it
leads the other way, to what was.
"""


class Edit(Generic[T]):
    """One merge patch of one object under its precondition, with an inverse where there is one.

    Subclasses say what is chosen, refused, changed and minded; this class sees to the dry run, the action id, the
    conflict and the lost answer.
    """

    model: type[T]
    needs: tuple[str, ...] = ()
    lasting: bool = True
    """Whether it changes what should be, which whoever else manages the object would put back."""
    foreseen_by: tuple[str, ...] | None = None
    """Where the parameters of a plan say the patch and its inverse: those it needs for that. Then nothing is looked at
    before it; None where only the object says it.
    """
    content_type: str = MERGE_PATCH

    def choose(self, reader: Reader, seen: T, action: str, params: dict[str, str], now: datetime) -> dict[str, str]:
        """The parameters, completed: whatever the person left open is decided here, once."""
        return params

    def refusal(self, seen: T, action: str, params: dict[str, str]) -> Caution | None:
        """What makes it impossible, told before the server is asked."""
        return None

    def bar(self, reader: Reader, seen: T, action: str, params: dict[str, str]) -> Caution | None:
        """What makes it impossible, where that takes a look at other objects. Asked after `refusal`."""
        return None

    def changes(self, reader: Reader, seen: T, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        """The lines of the diff."""
        raise NotImplementedError

    def cautions(self, reader: Reader, seen: T, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        """What to mind beside the diff. That somebody else manages the object is said by `preview` itself."""
        return ()

    def body(self, seen: T, action: str, params: dict[str, str]) -> dict[str, Any]:
        """The patch without its metadata: `{"spec": {...}}`."""
        raise NotImplementedError

    def inverse(self, seen: T, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]] | None:
        """Action id and parameters of the way back from here, `seen` being the object before the change."""
        return None

    def progress(self, reader: Reader, seen: T, plan: Plan) -> Progress:
        """How far it has come; a field that is set is all there is to most edits."""
        return Progress(1, 1, finished=True)

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """Read, choose, refuse or try."""
        thing, seen = reader.look(ref, self.model)
        chosen = {**self.choose(reader, thing, action, params, now), SEEN: seen}
        plan = Plan(action, ref_to(thing, ref, reader), thing.metadata.resource_version, chosen)
        refusal = (
            self.refusal(thing, action, chosen)
            or self.bar(reader, thing, action, chosen)
            or dry_run(reader, ref, thing, lambda each: self._patch(each, plan))
        )
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        owner = managed_by(thing.metadata) if self.lasting else ""
        managed = (Caution(cautions.MANAGED_BY, owner),) if owner else ()
        return Preview(
            plan,
            changes=self.changes(reader, thing, action, chosen),
            cautions=managed + self.cautions(reader, thing, action, chosen),
        )

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Patch it as it was seen. The undo is the inverse, bound to what this change left."""
        foreseen = self.foreseen_by is not None and plan.params.keys() >= {*self.foreseen_by}
        previewed = as_previewed(plan, self.model) if foreseen else None
        before, version = apply(reader, plan, self.model, lambda each: self._patch(each, plan), previewed)
        back = self.inverse(before, plan.action, plan.params)
        undo = Plan(back[0], plan.ref, version, back[1]) if back else None
        return Performed(undo, version)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return self.progress(reader, reader.fetch(plan.ref, self.model), plan)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return arrived(reader, plan)

    def _patch(self, seen: T, plan: Plan) -> Patch:
        metadata = {"resourceVersion": seen.metadata.resource_version, "annotations": marks(plan.params)}
        return Patch({"metadata": metadata, **self.body(seen, plan.action, plan.params)}, self.content_type)

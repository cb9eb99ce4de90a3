"""What every action on the cluster is made of: five questions, each answered by one module of this package."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from chatops.cluster.reader import Reader
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.resources import ObjectRef


class Operation(Protocol):
    """One action, or several that differ in a parameter. Stateless: everything it needs comes with the call.

    All of them raise Temporary and Permanent only. The action's id stands in `plan.action`.
    """

    @property
    def needs(self) -> tuple[str, ...]:
        """Parameters without which a plan means nothing; one that lacks them is refused before it is performed."""
        ...

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What it would do: read the object anew, try the change as a server-side dry run, name what to mind.

        The preview's plan holds everything `perform` needs, chosen here once. What cannot be is its `refusal`.
        """
        ...

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Make the change, once.

        Permanent(CONFLICT) when the object is not what was previewed, Permanent(UNKNOWN_OUTCOME) when the answer was
        lost: then `happened` tells, and nothing is repeated.
        """
        ...

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        """How far the performed plan has come. It changes nothing."""
        ...

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """Whether the plan's change is in the cluster, for an outcome that is unknown."""
        ...


@runtime_checkable
class Stepwise(Protocol):
    """An operation of many small changes: `perform` makes the first, `proceed` the next ones, until it is done."""

    def proceed(self, reader: Reader, plan: Plan) -> Progress:
        """Make the next changes, as many as go at once, and say how far it has come.

        Repeating it after a lost answer does no harm: what is done already is seen and left alone.
        """
        ...

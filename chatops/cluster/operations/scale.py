"""scale_up and scale_down: the number of replicas. It knows no other action.

The patch goes to the object and not to its `scale` subresource, which takes no annotation: without the action's id a
lost answer could not be told from somebody else's change.
"""

from datetime import datetime
from typing import Any

from chatops.cluster.models import Workload
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.rollouts import scale_progress
from chatops.cluster.ownership import Autoscalers
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress

FROM_REPLICAS = "from_replicas"
"""Parameter of a plan: the count when it was made, where its undo goes back to."""

_TIMES = 10
_MORE = 50


def highest(count: int) -> int:
    """The largest count policy allows in one step: at most tenfold (ten, from nothing), and at most fifty more."""
    return min(max(count, 1) * _TIMES, count + _MORE)


class Scale(Edit[Workload]):
    """Sets `replicas`; without a count asked for, one more or one fewer. The inverse sets the count before."""

    model = Workload
    needs = ("replicas",)
    foreseen_by = (FROM_REPLICAS,)

    def choose(
        self, reader: Reader, seen: Workload, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        now_wanted = desired_of(seen)
        wanted = params.get("replicas", "") or str(now_wanted + _step(action))
        return {**params, "replicas": wanted, FROM_REPLICAS: str(now_wanted)}

    def refusal(self, seen: Workload, action: str, params: dict[str, str]) -> Caution | None:
        count = desired_of(seen)
        try:
            wanted = int(params["replicas"])
        except ValueError:
            return Caution(cautions.BAD_PARAM, "replicas")
        if not 0 <= wanted <= highest(count):
            return Caution(cautions.AT_LIMIT, f"0-{highest(count)}")
        if (wanted - count) * _step(action) <= 0:
            return Caution(cautions.ALREADY, str(count))
        return None

    def changes(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change("replicas", str(desired_of(seen)), params["replicas"]),)

    def cautions(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        meta = seen.metadata
        autoscaler = Autoscalers(reader.connection).of(seen.kind, meta.namespace, meta.name)
        found = [Caution(cautions.AUTOSCALER, autoscaler)] if autoscaler else []
        if params["replicas"] == "0":
            found.append(Caution(cautions.TO_ZERO))
        return tuple(found)

    def body(self, seen: Workload, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {"replicas": int(params["replicas"])}}

    def inverse(self, seen: Workload, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        before, after = int(params.get(FROM_REPLICAS, "") or desired_of(seen)), int(params["replicas"])
        return "scale_down" if after > before else "scale_up", {"replicas": str(before)}

    def progress(self, reader: Reader, seen: Workload, plan: Plan) -> Progress:
        return scale_progress(seen, int(plan.params["replicas"]))


def _step(action: str) -> int:
    return 1 if action == "scale_up" else -1

"""hpa_raise_max and hpa_lower_min: the bounds of a HorizontalPodAutoscaler. It knows no other action."""

from datetime import datetime
from typing import Any

from chatops.cluster.asides import aside
from chatops.cluster.operations.edits import BACK, Edit
from chatops.cluster.reader import Reader
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.spare import spare_for
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.resources import WORKLOADS, ObjectRef

_MORE = 20


def highest(count: int) -> int:
    """The largest maximum that policy allows in one step: twice as much, and at most twenty more."""
    return max(count + 1, min(count * 2, count + _MORE))


class _Bound(Edit[HorizontalPodAutoscaler]):
    """One of the two bounds: `name` is the plan's parameter, `field` the object's. The inverse sets what was."""

    model = HorizontalPodAutoscaler
    name: str
    field: str

    def present(self, seen: HorizontalPodAutoscaler) -> int:
        raise NotImplementedError

    def changes(
        self, reader: Reader, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]
    ) -> tuple[Change, ...]:
        return (Change(self.field, str(self.present(seen)), params[self.name]),)

    def body(self, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {self.field: int(params[self.name])}}

    def inverse(
        self, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]
    ) -> tuple[str, dict[str, str]] | None:
        return action, {self.name: str(self.present(seen)), BACK: params[self.name]}

    def progress(self, reader: Reader, seen: HorizontalPodAutoscaler, plan: Plan) -> Progress:
        now, wanted = self.present(seen), plan.params[self.name]
        if str(now) != wanted:
            return Progress(0, 1, failed=f"{self.field} is {now} by now, not {wanted}")
        return Progress(1, 1, finished=True)

    def asked(self, params: dict[str, str]) -> int | None:
        """The whole number asked for; None for anything else."""
        value = params[self.name]
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


class RaiseMaximum(_Bound):
    """Sets `maxReplicas`; without a value asked for, half as much again."""

    name, field = "max", "maxReplicas"
    needs = ("max",)

    def present(self, seen: HorizontalPodAutoscaler) -> int:
        return seen.spec.max_replicas

    def choose(
        self, reader: Reader, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        count = self.present(seen)
        more = min(count + (count + 1) // 2, highest(count))
        return {**params, self.name: params.get(self.name, "") or str(more)}

    def refusal(self, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]) -> Caution | None:
        count, wanted = self.present(seen), self.asked(params)
        if wanted is None:
            return Caution(cautions.BAD_PARAM, self.name)
        if params.get(BACK) == str(count) and 0 < wanted < count:
            return None
        if wanted <= count:
            return Caution(cautions.STANDS_AT, str(count))
        return Caution(cautions.AT_LIMIT, f"{count + 1}-{highest(count)}") if wanted > highest(count) else None

    def cautions(
        self, reader: Reader, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]
    ) -> tuple[Caution, ...]:
        wanted, running = int(params[self.name]), seen.status.current_replicas
        if wanted < self.present(seen):
            return (Caution(cautions.ABOVE_MAX, str(running)),) if running > wanted else ()
        room = _room(reader, seen)
        if room is None:
            return ()
        short = room < wanted - running
        return (Caution(cautions.SHORT_ROOM if short else cautions.SPARE_ROOM, str(room)),)


class LowerMinimum(_Bound):
    """Sets `minReplicas`; without a value asked for, half of it. Never below one."""

    name, field = "min", "minReplicas"
    needs = ("min",)

    def present(self, seen: HorizontalPodAutoscaler) -> int:
        return seen.low

    def choose(
        self, reader: Reader, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        return {**params, self.name: params.get(self.name, "") or str(max(1, self.present(seen) // 2))}

    def refusal(self, seen: HorizontalPodAutoscaler, action: str, params: dict[str, str]) -> Caution | None:
        count, wanted = self.present(seen), self.asked(params)
        if wanted is None:
            return Caution(cautions.BAD_PARAM, self.name)
        if params.get(BACK) == str(count) and wanted > count:
            return None
        if wanted < 1:
            return Caution(cautions.AT_LIMIT, f"1-{max(1, count - 1)}")
        return Caution(cautions.STANDS_AT, str(count)) if wanted >= count else None


def _room(reader: Reader, autoscaler: HorizontalPodAutoscaler) -> int | None:
    """How many more pods of the target fit; None where that cannot be told."""
    target = autoscaler.spec.scale_target_ref
    if target.kind not in WORKLOADS:
        return None
    # The room is a courtesy: no right to see nodes, or no such target, must not hide the change.
    return aside(lambda: spare_for(reader, ObjectRef(target.kind, target.name, autoscaler.metadata.namespace)), None)

"""pvc_expand: a larger volume for a claim, where its storage class allows that. It knows no other action."""

import re
from datetime import datetime
from fractions import Fraction
from typing import Any

from chatops.cluster.asides import aside
from chatops.cluster.models import Amounts, Condition, listed, mapped
from chatops.cluster.operations.edits import Edit
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.storage_models import Claim, Claiming, StorageClass
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.amounts import gibibytes
from chatops.core.failures import Failure, Reason
from chatops.core.quantities import GROWTH, amount, amount_in
from chatops.core.resources import ObjectRef

_MOST = 10
"""Times the present size in one step: what cannot be taken back must not be a slip of the finger."""

_ERRORS = ("ControllerResizeError", "NodeResizeError")
_INFEASIBLE = ("ControllerResizeFailed", "ControllerResizeInfeasible", "NodeResizeFailed", "NodeResizeInfeasible")
"""How `allocatedResourceStatuses` says that it will not come; the words changed in Kubernetes 1.31."""


class Expansion(Edit[Claim]):
    """Sets the storage requested; without a size asked for, half as much again in whole Gi. There is no way back."""

    model = Claim
    needs = ("size",)

    def choose(self, reader: Reader, seen: Claim, action: str, params: dict[str, str], now: datetime) -> dict[str, str]:
        return {**params, "size": params.get("size", "") or gibibytes(_present(seen), GROWTH)}

    def refusal(self, seen: Claim, action: str, params: dict[str, str]) -> Caution | None:
        wanted, present = amount(params["size"]), _present(seen)
        if seen.metadata.deletion_timestamp is not None:
            return Caution(cautions.DELETING)
        if seen.status.phase != "Bound":
            return Caution(cautions.NOT_BOUND, safe_text(seen.status.phase) or "Pending")
        if wanted is None:
            return Caution(cautions.BAD_PARAM, "size")
        if wanted <= present:
            return Caution(cautions.STANDS_AT, _shown(seen))
        if present and wanted > present * _MOST:
            return Caution(cautions.AT_LIMIT, f"{_shown(seen)}-{gibibytes(present, _MOST)}")
        return None

    def bar(self, reader: Reader, seen: Claim, action: str, params: dict[str, str]) -> Caution | None:
        name = seen.spec.storage_class_name or ""
        if not name:
            return Caution(cautions.NO_EXPANSION, "-")
        try:
            allowed = reader.fetch(ObjectRef("StorageClass", name), StorageClass).allow_volume_expansion
        except Failure as failure:
            if failure.reason is Reason.FORBIDDEN:
                # The API server looks at the class itself, and the dry run tells what it found.
                return None
            if failure.reason is not Reason.NOT_FOUND:
                raise
            allowed = False
        return None if allowed else Caution(cautions.NO_EXPANSION, safe_text(name))

    def changes(self, reader: Reader, seen: Claim, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change("storage", _shown(seen), params["size"]),)

    def cautions(self, reader: Reader, seen: Claim, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        found = [Caution(cautions.NO_SHRINK)]
        if maker := _template_of(reader, seen):
            found.append(Caution(cautions.TEMPLATE_KEEPS, maker))
        if seen.spec.volume_mode != "Block":
            found.append(Caution(cautions.MAY_NEED_RESTART))
        return tuple(found)

    def body(self, seen: Claim, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {"resources": {"requests": {"storage": params["size"]}}}}

    def progress(self, reader: Reader, seen: Claim, plan: Plan) -> Progress:
        wanted, asked = amount(plan.params["size"]), _storage(seen.spec.resources.requests)
        if wanted is None or asked != wanted:
            return Progress(0, 1, failed=f"the size asked for is {_text(seen.spec.resources.requests)} by now")
        if _storage(seen.status.capacity) >= wanted:
            return Progress(1, 1, finished=True)
        conditions = {each.type: each for each in listed(seen.status.conditions) if each.status == "True"}
        if "FileSystemResizePending" in conditions:
            return Progress(1, 1, "the file system grows once its pod restarts", finished=True)
        if failed := _failed(seen, conditions):
            return Progress(0, 1, failed=failed)
        return Progress(0, 1, "resizing" if "Resizing" in conditions else "waiting for the storage driver")


def _failed(seen: Claim, conditions: dict[str, Condition]) -> str:
    for kind in _ERRORS:
        if kind in conditions:
            return f"{kind}: {safe_text(conditions[kind].message)}".rstrip(": ")
    stand = mapped(seen.status.allocated_resource_statuses).get("storage", "")
    return stand if stand in _INFEASIBLE else ""


def _present(seen: Claim) -> Fraction:
    """Bytes: what is asked for, or what the driver rounded that up to."""
    return max(_storage(seen.spec.resources.requests), _storage(seen.status.capacity))


def _shown(seen: Claim) -> str:
    """The present size in the object's own words."""
    requests, capacity = seen.spec.resources.requests, seen.status.capacity
    return _text(requests if _storage(requests) >= _storage(capacity) else capacity)


def _storage(amounts: Amounts) -> Fraction:
    return amount_in(amounts, "storage")


def _text(amounts: Amounts) -> str:
    return str(mapped(amounts).get("storage", "0"))


def _template_of(reader: Reader, seen: Claim) -> str:
    """The StatefulSet that made the claim, as kind/name, by the name it gives: `template-set-ordinal`."""
    meta = seen.metadata
    sets: list[Claiming] = aside(lambda: reader.every("StatefulSet", Claiming, meta.namespace), [])
    for each in sets:
        for template in listed(each.spec.volume_claim_templates):
            prefix = re.escape(f"{template.metadata.name}-{each.metadata.name}")
            if re.fullmatch(rf"{prefix}-\d+", meta.name):
                return f"StatefulSet/{each.metadata.name}"
    return ""

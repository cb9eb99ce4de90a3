"""raise_quota: one line of a ResourceQuota. It knows no other action."""

from datetime import datetime
from fractions import Fraction
from math import inf
from typing import Any

from chatops.cluster.models import mapped
from chatops.cluster.operations.edits import BACK, Edit
from chatops.cluster.policy_models import Quota
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.quantities import A_QUARTER_MORE, amount, amount_in, grow_whole


class QuotaRaise(Edit[Quota]):
    """Sets one line; what is left open is the fullest line, and a quarter more of it. The inverse sets what was."""

    model = Quota
    needs = ("resource", "value")

    def choose(self, reader: Reader, seen: Quota, action: str, params: dict[str, str], now: datetime) -> dict[str, str]:
        resource = params.get("resource", "") or _fullest(seen)
        value = params.get("value", "") or _more(_larger(seen, resource))
        return {**params, "resource": resource, "value": value}

    def refusal(self, seen: Quota, action: str, params: dict[str, str]) -> Caution | None:
        hard = _hard(seen, params["resource"])
        present, wanted = amount(hard), amount(params["value"])
        if present is None:
            return Caution(cautions.BAD_PARAM, "resource")
        if wanted is None:
            return Caution(cautions.BAD_PARAM, "value")
        goes_back = amount(params.get(BACK)) == present and wanted < present
        return None if wanted > present or goes_back else Caution(cautions.STANDS_AT, hard)

    def changes(self, reader: Reader, seen: Quota, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change(params["resource"], _hard(seen, params["resource"]), params["value"]),)

    def cautions(self, reader: Reader, seen: Quota, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        used, wanted = _used(seen, params["resource"]), amount(params["value"]) or 0
        return (Caution(cautions.BELOW_USE, used),) if (amount(used) or 0) > wanted else ()

    def body(self, seen: Quota, action: str, params: dict[str, str]) -> dict[str, Any]:
        return {"spec": {"hard": {params["resource"]: params["value"]}}}

    def inverse(self, seen: Quota, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        before = {"resource": params["resource"], "value": _hard(seen, params["resource"])}
        return action, {**before, BACK: params["value"]}

    def progress(self, reader: Reader, seen: Quota, plan: Plan) -> Progress:
        resource, wanted = plan.params["resource"], amount(plan.params["value"])
        if amount(_hard(seen, resource)) != wanted:
            return Progress(0, 1, failed=f"{resource} is {_hard(seen, resource)} by now, not {plan.params['value']}")
        # Admission judges by the status, which the quota controller fills a moment later.
        if amount(mapped(seen.status.hard).get(resource, "")) != wanted:
            return Progress(0, 1, "the quota controller has not seen the change yet")
        return Progress(1, 1, finished=True)


def _hard(seen: Quota, resource: str) -> str:
    return str(mapped(seen.spec.hard).get(resource, ""))


def _used(seen: Quota, resource: str) -> str:
    return str(mapped(seen.status.used).get(resource, "0"))


def _larger(seen: Quota, resource: str) -> str:
    """The limit, or the use where a lowered quota left that higher."""
    hard, used = _hard(seen, resource), _used(seen, resource)
    return used if (amount(used) or 0) > (amount(hard) or 0) else hard


def _fullest(seen: Quota) -> str:
    """The line of which most is used; the first by name where nothing is."""

    def share(resource: str) -> Fraction | float:
        hard, used = amount_in(seen.spec.hard, resource), amount_in(seen.status.used, resource)
        return used / hard if hard else inf if used else 0

    return max(sorted(mapped(seen.spec.hard)), key=share, default="")


def _more(quantity: str) -> str:
    try:
        return grow_whole(quantity, A_QUARTER_MORE)
    except ValueError:
        return ""

"""How budgets of disruptions and quotas of resources stand: what is left of them. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from chatops.cluster.models import mapped
from chatops.cluster.policy_models import Budget, Quota
from chatops.cluster.selectors import selector_text
from chatops.cluster.standing import Standing, said
from chatops.core.amounts import bar, percent
from chatops.core.quantities import Quantity, amount
from chatops.core.resources import Health

NEARLY_FULL = 90
"""Percent of a quota from which on the next rollout may not fit."""

_MOST = 6


def budget_standing(budget: Budget) -> Standing:
    """BAD when fewer pods are healthy than must be, WARN when none may be spared."""
    spec, status = budget.spec, budget.status
    selector = spec.selector
    facts = said(
        ("allowed disruptions", status.disruptions_allowed),
        ("healthy", f"{status.current_healthy} of {status.expected_pods}, {status.desired_healthy} needed"),
        ("min available", spec.min_available),
        ("max unavailable", spec.max_unavailable),
        ("selector", (selector_text(selector) or "all pods") if selector is not None else "<none>"),
        ("unhealthy pods", spec.unhealthy_pod_eviction_policy),
        ("created", budget.metadata.creation_timestamp),
    )
    if not status.expected_pods:
        health = Health.UNKNOWN
    elif status.current_healthy < status.desired_healthy:
        health = Health.BAD
    else:
        health = Health.GOOD if status.disruptions_allowed else Health.WARN
    return Standing(health, facts, tuple(status.conditions or ()))


def never_allows(budget: Budget) -> bool:
    """Whether not one pod may go even when all are healthy: what holds up every drain."""
    expected = budget.status.expected_pods
    return 0 < expected <= budget.status.desired_healthy


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One resource of a quota. `share` is percent of `hard`; None where one of both is not a number."""

    resource: str
    used: Quantity
    hard: Quantity
    share: int | None

    @property
    def words(self) -> str:
        return f"{self.used}/{self.hard}"

    @property
    def forbids(self) -> bool:
        """Whether the resource is forbidden altogether (0 of 0), which is full and no news."""
        return amount(self.hard) == 0 and not amount(self.used)

    @property
    def health(self) -> Health:
        if self.share is None:
            return Health.UNKNOWN
        if self.share < NEARLY_FULL or self.forbids:
            return Health.GOOD
        return Health.BAD if self.share >= 100 else Health.WARN


def share_of(used: Fraction | None, hard: Quantity) -> int | None:
    """Percent of a quota's line; one that allows nothing is full."""
    return 100 if used is not None and amount(hard) == 0 else percent(used, amount(hard))


def quota_lines(quota: Quota) -> list[QuotaLine]:
    """The resources of the quota, those in trouble and then the fullest first."""
    used = mapped(quota.status.used)
    lines = [
        QuotaLine(name, used.get(name, "0"), hard, share_of(amount(used.get(name, "0")), hard))
        for name, hard in mapped(quota.status.hard).items()
    ]
    return sorted(lines, key=lambda line: (line.health.rank, line.forbids, -(line.share or 0), line.resource))


def quota_standing(quota: Quota) -> Standing:
    """As bad as its fullest resource."""
    lines = quota_lines(quota)
    shown = [
        (line.resource, f"{bar(line.share)} · {line.words}" if line.share is not None else line.words)
        for line in lines[:_MOST]
    ]
    facts = said(*shown, ("scopes", scope_words(quota)), ("created", quota.metadata.creation_timestamp))
    return Standing(lines[0].health if lines else Health.UNKNOWN, facts)


def scope_words(quota: Quota) -> str:
    """Which pods it counts, where it does not count all."""
    expressions = mapped(quota.spec.scope_selector).get("matchExpressions")
    named = [each.get("scopeName", "") for each in expressions or () if isinstance(each, dict)]
    return ", ".join(dict.fromkeys([*(quota.spec.scopes or ()), *named]))

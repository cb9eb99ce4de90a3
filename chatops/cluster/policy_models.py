"""PodDisruptionBudgets and ResourceQuotas as msgspec reads them, in the manner of `models`."""

from typing import Any

from chatops.cluster.models import Amounts, Condition, Model, Selector, Thing, empty


class BudgetSpec(Model):
    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: Selector | None = None
    unhealthy_pod_eviction_policy: str | None = None


class BudgetStatus(Model):
    current_healthy: int = 0
    desired_healthy: int = 0
    disruptions_allowed: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    conditions: list[Condition] | None = None


class Budget(Thing):
    """A PodDisruptionBudget."""

    spec: BudgetSpec = empty(BudgetSpec)
    status: BudgetStatus = empty(BudgetStatus)


class QuotaSpec(Model):
    hard: Amounts = None
    scopes: list[str] | None = None
    scope_selector: dict[str, Any] | None = None


class QuotaStatus(Model):
    hard: Amounts = None
    used: Amounts = None


class Quota(Thing):
    """A ResourceQuota. What it counts is in its status; its spec may be newer than that."""

    spec: QuotaSpec = empty(QuotaSpec)
    status: QuotaStatus = empty(QuotaStatus)

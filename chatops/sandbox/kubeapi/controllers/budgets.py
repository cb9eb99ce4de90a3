"""Counts what each PodDisruptionBudget may spare."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.conditions import is_active, is_ready, merged
from chatops.sandbox.kubeapi.controllers.owners import owner_of
from chatops.sandbox.kubeapi.kinds import BUDGETS, PODS, Obj
from chatops.sandbox.kubeapi.quantities import share
from chatops.sandbox.kubeapi.selectors import from_selector, labels_match
from chatops.sandbox.kubeapi.store import Store


class BudgetController:
    """Status of the budgets from the pods they select."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sync(self, now: datetime) -> list[datetime]:
        """Recount."""
        for budget in self._store.all(BUDGETS):
            self._count(budget, now)
        return []

    def _expected(self, pods: list[Obj]) -> int:
        """What the pods' owners want, which is how many there should be."""
        wanted: dict[str, int] = {}
        for pod in pods:
            reference = owner_of(pod) or {"uid": pod["metadata"]["uid"]}
            wanted[reference["uid"]] = wanted.get(reference["uid"], 0) + 1
        total = 0
        for resource, obj in self._store.everything():
            uid = obj["metadata"]["uid"]
            if uid in wanted and resource.plural in ("replicasets", "statefulsets"):
                total += int(obj["spec"].get("replicas", 1))
                del wanted[uid]
        return total + sum(wanted.values())

    def _count(self, budget: Obj, now: datetime) -> None:
        meta, spec = budget["metadata"], budget["spec"]
        selector = from_selector(spec.get("selector"))
        pods = [
            pod
            for pod in self._store.all(PODS, meta["namespace"])
            if labels_match(selector, pod) and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        ]
        expected = self._expected(pods)
        healthy = sum(1 for pod in pods if is_active(pod) and is_ready(pod))
        if "minAvailable" in spec:
            desired = share(spec["minAvailable"], expected, up=True)
        else:
            desired = max(0, expected - share(spec.get("maxUnavailable", 0), expected, up=True))
        allowed = max(0, healthy - desired) if expected else 0
        old = budget.get("status") or {}
        enough = allowed > 0
        status: Obj = {
            "conditions": merged(
                old.get("conditions") or [],
                "DisruptionAllowed",
                "True" if enough else "False",
                now,
                reason="SufficientPods" if enough else "InsufficientPods",
            ),
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "disruptionsAllowed": allowed,
            "expectedPods": expected,
            "observedGeneration": int(meta.get("generation", 1)),
        }
        self._store.set_status(BUDGETS, budget, status)

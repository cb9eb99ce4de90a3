"""Carries a quota's limits into its status. What is used is what was seeded: it counts nothing and refuses nothing."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.kinds import QUOTAS
from chatops.sandbox.kubeapi.store import Store


class QuotaController:
    """The half of the quota controller that a change of the limits shows in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sync(self, now: datetime) -> list[datetime]:
        """Follow every quota's spec; nothing of it waits for a time."""
        del now
        for quota in self._store.all(QUOTAS):
            hard = dict((quota.get("spec") or {}).get("hard") or {})
            used = (quota.get("status") or {}).get("used") or {}
            status = {"hard": hard, "used": {name: used.get(name, "0") for name in hard}}
            self._store.set_status(QUOTAS, quota, status)
        return []

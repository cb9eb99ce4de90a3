"""Argo CD's and Flux's objects as msgspec reads them, in the manner of `models`."""

from typing import Any

import msgspec

from chatops.cluster.models import Condition, ConditionedStatus, Model, Thing, empty, listed


class Source(Model):
    target_revision: str = ""


class Automated(Model):
    prune: bool | None = None


class SyncPolicy(Model):
    automated: Automated | None = None
    sync_options: list[str] | None = None


class ApplicationSpec(Model):
    source: Source | None = None
    sources: list[Source] | None = None
    sync_policy: SyncPolicy | None = None


class SyncStatus(Model):
    status: str = ""
    revision: str = ""


class Operation(Model):
    info: list[dict[str, Any]] | None = None


class OperationState(Model):
    phase: str = ""
    message: str = ""
    operation: Operation = empty(Operation)


class ApplicationStatus(Model):
    sync: SyncStatus = empty(SyncStatus)
    operation_state: OperationState | None = None


class Application(Thing):
    """An Argo CD Application. `operation` is what is asked for or under way, null otherwise."""

    spec: ApplicationSpec = empty(ApplicationSpec)
    operation: Operation | None = None
    status: ApplicationStatus = empty(ApplicationStatus)


class ReconciledSpec(Model):
    suspend: bool | None = None


class ReconciledStatus(ConditionedStatus):
    last_handled_reconcile_at: str = msgspec.field(name="lastHandledReconcileAt", default="")


class Reconciled(Thing):
    """An object of Flux, of any kind."""

    spec: ReconciledSpec = empty(ReconciledSpec)
    status: ReconciledStatus = empty(ReconciledStatus)

    def condition(self, kind: str) -> Condition:
        """The condition of this type, empty where there is none."""
        return next((each for each in listed(self.status.conditions) if each.type == kind), Condition())

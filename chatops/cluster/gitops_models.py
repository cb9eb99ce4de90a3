"""Argo CD Applications and the objects of Flux as msgspec reads them, in the manner of `models`.

All of Flux's kinds are one model: each has some of these fields, under the same names.
"""

from datetime import datetime
from typing import Any

import msgspec

from chatops.cluster.models import Condition, Model, Thing, empty, listed


class Health(Model):
    status: str = ""
    message: str = ""


class AppSource(Model):
    repo_url: str = msgspec.field(name="repoURL", default="")
    path: str = ""
    chart: str = ""
    target_revision: str = ""


class Destination(Model):
    server: str = ""
    name: str = ""
    namespace: str = ""


class Automated(Model):
    enabled: bool | None = None
    prune: bool | None = None
    self_heal: bool | None = None


class SyncPolicy(Model):
    automated: Automated | None = None
    sync_options: list[str] | None = None


class AppSpec(Model):
    project: str = ""
    source: AppSource | None = None
    sources: list[AppSource] | None = None
    destination: Destination = empty(Destination)
    sync_policy: SyncPolicy | None = None


class SyncStatus(Model):
    status: str = ""
    revision: str = ""
    revisions: list[str] | None = None


class SyncResult(Model):
    revision: str = ""
    revisions: list[str] | None = None


class Operation(Model):
    info: list[dict[str, Any]] | None = None


class OperationState(Model):
    phase: str = ""
    message: str = ""
    operation: Operation = empty(Operation)
    retry_count: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    sync_result: SyncResult | None = None


class AppResource(Model):
    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    status: str = ""
    health: Health | None = None
    requires_pruning: bool | None = None


class AppStatus(Model):
    sync: SyncStatus = empty(SyncStatus)
    health: Health = empty(Health)
    operation_state: OperationState | None = None
    resources: list[AppResource] | None = None
    resource_health_source: str = ""
    conditions: list[Condition] | None = None
    reconciled_at: datetime | None = None


class Application(Thing):
    """An Argo CD Application. `operation` is what is asked for or under way, null otherwise."""

    spec: AppSpec = empty(AppSpec)
    operation: Operation | None = None
    status: AppStatus = empty(AppStatus)


class Reference(Model):
    """Another object of Flux; `kind` is left out where only one fits."""

    kind: str = ""
    name: str = ""
    namespace: str = ""


class ChartSpec(Model):
    chart: str = ""
    version: str = ""
    source_ref: Reference | None = None


class ChartTemplate(Model):
    spec: ChartSpec = empty(ChartSpec)


class FluxSpec(Model):
    suspend: bool | None = None
    interval: str = ""
    url: str = ""
    path: str = ""
    image: str = ""
    # A HelmRelease has a template here, a HelmChart a name.
    chart: ChartTemplate | str | None = None
    chart_ref: Reference | None = None
    source_ref: Reference | None = None
    image_repository_ref: Reference | None = None


class Artifact(Model):
    revision: str = ""
    last_update_time: datetime | None = None


class Inventory(Model):
    entries: list[dict[str, Any]] | None = None


class Snapshot(Model):
    """One release of Helm, the newest first."""

    version: int = 0
    status: str = ""
    chart_name: str = ""
    chart_version: str = ""


class LatestRef(Model):
    name: str = ""
    tag: str = ""


class FluxStatus(Model):
    observed_generation: int = 0
    conditions: list[Condition] | None = None
    last_applied_revision: str = ""
    last_attempted_revision: str = ""
    artifact: Artifact | None = None
    inventory: Inventory | None = None
    history: list[Snapshot] | None = None
    failures: int = 0
    latest_ref: LatestRef | None = None
    latest_image: str = ""
    last_push_commit: str = ""
    last_push_time: datetime | None = None
    last_automation_run_time: datetime | None = None
    last_handled_reconcile_at: str = msgspec.field(name="lastHandledReconcileAt", default="")


class FluxObject(Thing):
    """Any of Flux's kinds."""

    spec: FluxSpec = empty(FluxSpec)
    status: FluxStatus = empty(FluxStatus)

    def condition(self, kind: str) -> Condition:
        """The condition of this type, empty where there is none."""
        return next((each for each in listed(self.status.conditions) if each.type == kind), Condition())

    @property
    def source(self) -> Reference | None:
        """What it takes its content from, in the namespace that is meant."""
        spec = self.spec
        chart = spec.chart.spec.source_ref if isinstance(spec.chart, ChartTemplate) else None
        image = spec.image_repository_ref
        if image is not None:
            image = Reference("ImageRepository", image.name, image.namespace)
        found = spec.source_ref or spec.chart_ref or chart or image
        if found is None or not found.name:
            return None
        return Reference(found.kind, found.name, found.namespace or self.metadata.namespace)

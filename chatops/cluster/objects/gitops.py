"""What Argo CD and Flux keep in step: whether it is, whether it may be, and where it comes from."""

from typing import Any

from chatops.cluster.models import Condition, Model, Thing, empty, listed
from chatops.cluster.objects.views import by_type, status_of, traits, trouble, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import WORKLOADS, Health, ObjectRef

_MOST_WORKLOADS = 5


class ArgoState(Model):
    status: str = ""
    message: str = ""


class ArgoResource(Model):
    kind: str = ""
    name: str = ""
    namespace: str = ""
    health: ArgoState | None = None


class ApplicationStatus(Model):
    sync: ArgoState = empty(ArgoState)
    health: ArgoState = empty(ArgoState)
    resources: list[ArgoResource] | None = None


class Destination(Model):
    server: str = ""
    name: str = ""


class ApplicationSpec(Model):
    destination: Destination = empty(Destination)


class ApplicationModel(Thing):
    spec: ApplicationSpec = empty(ApplicationSpec)
    status: ApplicationStatus = empty(ApplicationStatus)


class Source(Model):
    kind: str = ""
    name: str = ""
    namespace: str = ""


class ChartSpec(Model):
    source_ref: Source | None = None


class Chart(Model):
    spec: ChartSpec = empty(ChartSpec)


class FluxSpec(Model):
    suspend: bool = False
    source_ref: Source | None = None
    chart_ref: Source | None = None
    # A HelmRelease's is an object, a HelmChart's is its name.
    chart: Any = None
    image_repository_ref: Source | None = None


class FluxStatus(Model):
    conditions: list[Condition] | None = None


class FluxModel(Thing):
    spec: FluxSpec = empty(FluxSpec)
    status: FluxStatus = empty(FluxStatus)


_HERE = ("https://kubernetes.default.svc", "")
_APP_HEALTH = {
    "Healthy": Health.GOOD,
    "Degraded": Health.BAD,
    "Missing": Health.BAD,
    "Unknown": Health.UNKNOWN,
    "": Health.UNKNOWN,
}


def see_application(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Argo CD's own verdict; its workloads in this cluster are ties, ailing ones before all others."""
    app = reader.fetch(ref, ApplicationModel)
    sync, health = app.status.sync.status, app.status.health.status
    verdict = _APP_HEALTH.get(health, Health.WARN)
    if verdict is Health.GOOD and sync == "OutOfSync":
        verdict = Health.WARN
    return ObjectView(
        reader.ref(ref.kind, app.metadata),
        verdict,
        traits(
            sync=sync,
            health=health,
            suspended=health == "Suspended",
            summary=words(sync, health, safe_text(app.status.health.message)),
        ),
        _workloads(reader, app),
        managed_by(app.metadata),
    )


def _workloads(reader: Reader, app: ApplicationModel) -> tuple[Tie, ...]:
    destination = app.spec.destination
    if destination.server not in _HERE or destination.name not in ("in-cluster", ""):
        return ()
    found = [each for each in listed(app.status.resources) if each.kind in WORKLOADS]
    found.sort(key=lambda each: each.health is None or each.health.status == "Healthy")
    return tuple(
        Tie(
            TieRole.TARGET,
            ObjectRef(each.kind, each.name, each.namespace, cluster=reader.name),
            safe_text(each.health.status) if each.health else "",
        )
        for each in found[:_MOST_WORKLOADS]
    )


def see_flux(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Any of Flux's objects: BAD when not Ready, WARN when suspended."""
    found = reader.fetch(ref, FluxModel)
    conditions = by_type(found.status.conditions)
    ready = status_of(conditions, "Ready")
    health = {"True": Health.GOOD, "": Health.UNKNOWN}.get(ready, Health.BAD)
    if found.spec.suspend and health is not Health.BAD:
        health = Health.WARN
    source = _source(reader, found)
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        health,
        traits(
            ready=ready,
            suspended=found.spec.suspend,
            summary=words(
                f"Ready {ready}" if ready else "",
                "suspended" if found.spec.suspend else "",
                trouble(conditions, "Ready"),
            ),
        ),
        (Tie(TieRole.SOURCE, source),) if source else (),
        managed_by(found.metadata),
    )


def _source(reader: Reader, found: FluxModel) -> ObjectRef | None:
    spec, kind = found.spec, ""
    source = spec.source_ref or spec.chart_ref
    if source is None and isinstance(spec.chart, dict):
        inner = spec.chart.get("spec")
        given = inner.get("sourceRef") if isinstance(inner, dict) else None
        if isinstance(given, dict):
            source = Source(*(str(given.get(field, "")) for field in ("kind", "name", "namespace")))
    if source is None and spec.image_repository_ref is not None:
        source, kind = spec.image_repository_ref, "ImageRepository"
    if source is None or not source.name:
        return None
    return ObjectRef(
        kind or source.kind, source.name, source.namespace or found.metadata.namespace, cluster=reader.name
    )

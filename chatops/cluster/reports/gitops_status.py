"""gitops_status: whether what git says is what runs: an Argo CD Application, or any object of Flux."""

from datetime import datetime

from chatops.cluster.gitops_models import Application, AppResource, FluxObject
from chatops.cluster.places import known
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import conditions, events, rank, section, without
from chatops.cluster.standings.applications import application_standing, is_local, resource_health, resource_line
from chatops.cluster.standings.flux import flux_standing, is_behind
from chatops.core.reports import Report
from chatops.core.resources import CLUSTER_WIDE, Health, ObjectRef

MOST_RELATED = 6


def gitops_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    if ref.kind == "Application":
        return _of_application(reader, ref, now)
    return _of_flux(reader, ref, now)


def _of_application(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    app = reader.fetch(ref, Application)
    standing, beside = application_standing(app), Beside()
    ill = [each for each in app.status.resources or () if resource_health(each) is not Health.GOOD]
    if app.status.resource_health_source == "appTree":
        beside.note("argo_health_elsewhere")
    if not is_local(app):
        beside.note("argo_other_cluster", app.spec.destination.name or app.spec.destination.server)
    return Report(
        "gitops_status",
        reader.ref(ref.kind, app.metadata),
        standing.health,
        facts=without(standing.facts),
        sections=(
            *section("Unhealthy resources", sorted(map(resource_line, ill), key=rank)),
            *conditions(standing.conditions, now),
        ),
        notes=beside.notes,
        related=_refs(ill, app, reader.name) if is_local(app) else (),
    )


def _refs(resources: list[AppResource], app: Application, cluster: str) -> tuple[ObjectRef, ...]:
    """Those that have a screen here, the worst first."""
    worst_first = sorted(resources, key=lambda each: resource_health(each).rank)
    return tuple(
        ObjectRef(each.kind, each.name, _namespace(each, app), cluster=cluster)
        for each in worst_first
        if known(each.kind)
    )[:MOST_RELATED]


def _namespace(resource: AppResource, app: Application) -> str:
    return "" if resource.kind in CLUSTER_WIDE else resource.namespace or app.spec.destination.namespace


def _of_flux(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    thing = reader.fetch(ref, FluxObject)
    standing, here, beside = flux_standing(thing), reader.ref(ref.kind, thing.metadata), Beside()
    if thing.spec.suspend:
        beside.note("flux_suspended")
    if is_behind(thing):
        beside.note("not_observed")
    source = thing.source
    return Report(
        "gitops_status",
        here,
        standing.health,
        facts=without(standing.facts),
        sections=(*conditions(standing.conditions, now), *events(reader, here, now)),
        notes=beside.notes,
        related=(ObjectRef(source.kind, source.name, source.namespace, cluster=reader.name),)
        if source is not None and known(source.kind)
        else (),
    )

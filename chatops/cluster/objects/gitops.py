"""What Argo CD and Flux keep in step: whether it is, whether it may be, and where it comes from."""

from chatops.cluster.conditions import status_of, trouble
from chatops.cluster.gitops_models import Application, FluxObject
from chatops.cluster.models import listed
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.standings.applications import application_standing, is_local
from chatops.cluster.standings.flux import flux_standing
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import WORKLOADS, ObjectRef

_MOST_WORKLOADS = 5


def see_application(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Argo CD's own verdict; its workloads in this cluster are ties, ailing ones before all others."""
    app = reader.fetch(ref, Application)
    sync, health = app.status.sync.status, app.status.health.status
    return ObjectView(
        reader.ref(ref.kind, app.metadata),
        application_standing(app).health,
        traits(
            sync=sync,
            health=health,
            suspended=health == "Suspended",
            summary=words(sync, health, safe_text(app.status.health.message)),
        ),
        _workloads(reader, app),
        managed_by(app.metadata),
    )


def _workloads(reader: Reader, app: Application) -> tuple[Tie, ...]:
    if not is_local(app):
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
    """Any of Flux's objects, and where it takes its content from."""
    found = reader.fetch(ref, FluxObject)
    conditions = found.status.conditions
    ready = status_of(conditions, "Ready")
    named = found.source
    source = ObjectRef(named.kind, named.name, named.namespace, cluster=reader.name) if named else None
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        flux_standing(found).health,
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

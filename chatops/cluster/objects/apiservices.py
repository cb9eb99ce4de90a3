"""An APIService: whether the aggregated API answers, and the Service that should."""

from chatops.cluster.conditions import status_of, trouble
from chatops.cluster.network_models import ApiService
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.cluster.standings.network import api_service_standing
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import ObjectRef


def see_api_service(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Without a Service it is the API server's own (`Local`)."""
    found = reader.fetch(ref, ApiService)
    conditions, service = found.status.conditions, found.spec.service
    available = status_of(conditions, "Available")
    target = ObjectRef("Service", service.name, service.namespace, cluster=reader.name) if service else None
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        api_service_standing(found).health,
        traits(
            available=available,
            summary=words(target.path if target else "Local", available, trouble(conditions, "Available")),
        ),
        (Tie(TieRole.TARGET, target),) if target else (),
        managed_by(found.metadata),
    )

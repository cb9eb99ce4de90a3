"""An APIService: whether the aggregated API answers, and the Service that should."""

from chatops.cluster.models import Condition, Model, Thing, empty
from chatops.cluster.objects.views import by_type, status_of, traits, trouble, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef


class ServicePlace(Model):
    name: str = ""
    namespace: str = ""


class ApiServiceSpec(Model):
    service: ServicePlace | None = None


class ApiServiceStatus(Model):
    conditions: list[Condition] | None = None


class ApiService(Thing):
    spec: ApiServiceSpec = empty(ApiServiceSpec)
    status: ApiServiceStatus = empty(ApiServiceStatus)


def see_api_service(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Without a Service it is the API server's own (`Local`)."""
    found = reader.fetch(ref, ApiService)
    conditions, service = by_type(found.status.conditions), found.spec.service
    available = status_of(conditions, "Available")
    target = ObjectRef("Service", service.name, service.namespace, cluster=reader.name) if service else None
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        {"True": Health.GOOD, "": Health.UNKNOWN}.get(available, Health.BAD),
        traits(
            available=available,
            summary=words(target.path if target else "Local", available, trouble(conditions, "Available")),
        ),
        (Tie(TieRole.TARGET, target),) if target else (),
        managed_by(found.metadata),
    )

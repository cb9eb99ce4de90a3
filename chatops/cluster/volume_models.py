"""Claims, storage classes and the claim templates of StatefulSets as msgspec reads them, in the manner of `models`."""

from chatops.cluster.models import Condition, Model, Thing, empty

Amounts = dict[str, str | int | float] | None


class Requests(Model):
    requests: Amounts = None


class ClaimSpec(Model):
    storage_class_name: str | None = None
    volume_mode: str = "Filesystem"
    resources: Requests = empty(Requests)


class ClaimStatus(Model):
    phase: str = ""
    capacity: Amounts = None
    allocated_resource_statuses: dict[str, str] | None = None
    conditions: list[Condition] | None = None


class Claim(Thing):
    spec: ClaimSpec = empty(ClaimSpec)
    status: ClaimStatus = empty(ClaimStatus)


class StorageClass(Thing):
    allow_volume_expansion: bool | None = None


class _ClaimTemplates(Model):
    volume_claim_templates: list[Thing] | None = None


class Claiming(Thing):
    """A StatefulSet, of which only the claims it makes matter."""

    spec: _ClaimTemplates = empty(_ClaimTemplates)

"""A ResourceQuota: the line that is fullest."""

from decimal import Decimal

from chatops.cluster.asides import aside
from chatops.cluster.models import Model, Thing, empty, mapped
from chatops.cluster.objects.amounts import amount
from chatops.cluster.objects.views import traits
from chatops.cluster.ownership import managed_by
from chatops.cluster.places import collection
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef

MOST_FAILED = 500
"""Failed pods that are counted: one page."""

_NEARLY = Decimal("0.9")

Amounts = dict[str, str | int | float]


class QuotaStatus(Model):
    hard: Amounts | None = None
    used: Amounts | None = None


class QuotaModel(Thing):
    status: QuotaStatus = empty(QuotaStatus)


def see_quota(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD when a line is used up, WARN from nine tenths."""
    quota = reader.fetch(ref, QuotaModel)
    hard, used = mapped(quota.status.hard), mapped(quota.status.used)
    line = max(hard, key=lambda name: share(used.get(name, 0), hard[name]), default="")
    full = share(used.get(line, 0), hard[line]) if line else Decimal(0)
    return ObjectView(
        reader.ref(ref.kind, quota.metadata),
        Health.BAD if full >= 1 else Health.WARN if full >= _NEARLY else Health.GOOD,
        traits(
            resource=line,
            hard=str(hard.get(line, "")),
            used=str(used.get(line, "")),
            failed_pods=aside(lambda: failed_pods(reader, quota.metadata.namespace), None),
            summary=f"{line} {used.get(line, 0)}/{hard[line]}" if line else "",
        ),
        managed_by=managed_by(quota.metadata),
    )


def share(used: object, hard: object) -> Decimal:
    """How much of a line is used; one that allows nothing is full once anything is used."""
    most = amount(hard)
    if most:
        return amount(used) / most
    return Decimal(1) if amount(used) else Decimal(0)


def failed_pods(reader: Reader, namespace: str = "") -> int:
    """How many pods of phase Failed lie around, counted up to one page."""
    query = {"fieldSelector": "status.phase=Failed"}
    return len(reader.connection.page(collection("Pod", namespace), Thing, query, most=MOST_FAILED))

"""A ResourceQuota: the line that is fullest."""

from chatops.cluster.asides import aside
from chatops.cluster.models import Thing
from chatops.cluster.objects.views import traits
from chatops.cluster.ownership import managed_by
from chatops.cluster.places import collection
from chatops.cluster.policy_models import Quota
from chatops.cluster.reader import Reader
from chatops.cluster.standings.policies import quota_lines, quota_standing
from chatops.core.objects import ObjectView
from chatops.core.resources import ObjectRef

MOST_FAILED = 500
"""Failed pods that are counted: one page."""


def see_quota(reader: Reader, ref: ObjectRef) -> ObjectView:
    quota = reader.fetch(ref, Quota)
    fullest = next(iter(quota_lines(quota)), None)
    return ObjectView(
        reader.ref(ref.kind, quota.metadata),
        quota_standing(quota).health,
        traits(
            resource=fullest.resource if fullest else "",
            hard=str(fullest.hard) if fullest else "",
            used=str(fullest.used) if fullest else "",
            failed_pods=aside(lambda: failed_pods(reader, quota.metadata.namespace), None),
            summary=f"{fullest.resource} {fullest.words}" if fullest else "",
        ),
        managed_by=managed_by(quota.metadata),
    )


def failed_pods(reader: Reader, namespace: str = "") -> int:
    """How many pods of phase Failed lie around, counted up to one page."""
    query = {"fieldSelector": "status.phase=Failed"}
    return len(reader.connection.page(collection("Pod", namespace), Thing, query, most=MOST_FAILED))

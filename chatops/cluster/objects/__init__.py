"""Objects that are neither pod nor workload: each kind's state in a few traits, and what hangs on it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chatops.cluster.models import Thing
from chatops.cluster.objects.apiservices import see_api_service
from chatops.cluster.objects.autoscalers import see_autoscaler
from chatops.cluster.objects.budgets import see_budget
from chatops.cluster.objects.certificates import see_certificate, see_issuer, see_request
from chatops.cluster.objects.gitops import see_application, see_flux
from chatops.cluster.objects.ingresses import see_external, see_ingress
from chatops.cluster.objects.jobs import see_cron_job, see_job
from chatops.cluster.objects.nodes import see_node
from chatops.cluster.objects.quotas import see_quota
from chatops.cluster.objects.services import see_service
from chatops.cluster.objects.volumes import see_claim, see_volume
from chatops.cluster.objects.whole import see_cluster
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView
from chatops.core.resources import FLUX_KINDS, ObjectRef

VIEWS: dict[str, Callable[[Reader, ObjectRef], ObjectView]] = {
    "APIService": see_api_service,
    "Application": see_application,
    "Certificate": see_certificate,
    "CertificateSigningRequest": see_request,
    "Cluster": see_cluster,
    "ClusterIssuer": see_issuer,
    "CronJob": see_cron_job,
    "External": see_external,
    "HorizontalPodAutoscaler": see_autoscaler,
    "Ingress": see_ingress,
    "Issuer": see_issuer,
    "Job": see_job,
    "PersistentVolume": see_volume,
    "PersistentVolumeClaim": see_claim,
    "PodDisruptionBudget": see_budget,
    "ResourceQuota": see_quota,
    "Service": see_service,
    **dict.fromkeys(FLUX_KINDS, see_flux),
}


def see_object(reader: Reader, ref: ObjectRef, now: datetime | None = None) -> ObjectView:
    """The view of one object, whatever its kind; of `Cluster` and `External` too, which are none of the API's.

    Without `now` nothing is said to be overdue. Raises Permanent(NOT_FOUND) and its kin for the object itself; what
    stands beside it and may not be seen is left out.
    """
    view = _view(reader, ref, now)
    return replace(view, denied=(*view.denied, *reader.denied(ref.kind, view.ref.namespace)))


def _view(reader: Reader, ref: ObjectRef, now: datetime | None) -> ObjectView:
    if ref.kind == "Node":
        return see_node(reader, ref, now)
    if ref.kind in VIEWS:
        return VIEWS[ref.kind](reader, ref)
    meta = reader.fetch(ref, Thing).metadata
    return ObjectView(reader.ref(ref.kind, meta), managed_by=managed_by(meta))

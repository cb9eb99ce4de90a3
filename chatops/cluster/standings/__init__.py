"""How an object of each kind stands, from its own fields alone: what descriptions and reports begin with.

One module for each family of kinds; all pure. Pods, workloads and nodes are in `cluster.facts`.
"""

from collections.abc import Callable
from typing import TypeVar

from chatops.cluster.answers import decode
from chatops.cluster.batch_models import CronJob, Job
from chatops.cluster.certificate_models import Certificate, Issuer, SigningRequest
from chatops.cluster.gitops_models import Application, FluxObject
from chatops.cluster.network_models import ApiService, Ingress, Service
from chatops.cluster.policy_models import Budget, Quota
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.standing import Standing
from chatops.cluster.standings.applications import application_standing
from chatops.cluster.standings.autoscalers import autoscaler_standing
from chatops.cluster.standings.certificates import certificate_standing, issuer_standing, signing_standing
from chatops.cluster.standings.flux import flux_standing
from chatops.cluster.standings.jobs import cron_job_standing, job_standing
from chatops.cluster.standings.network import api_service_standing, ingress_standing, service_standing
from chatops.cluster.standings.policies import budget_standing, quota_standing
from chatops.cluster.standings.storage import claim_standing, volume_standing
from chatops.cluster.storage_models import Claim, Volume
from chatops.core.resources import FLUX_KINDS

T = TypeVar("T")

Judge = Callable[[bytes], Standing]


def _of(model: type[T], judge: Callable[[T], Standing]) -> Judge:
    return lambda data: judge(decode(data, model))


STANDINGS: dict[str, Judge] = {
    "Job": _of(Job, job_standing),
    "CronJob": _of(CronJob, cron_job_standing),
    "Service": _of(Service, service_standing),
    "Ingress": _of(Ingress, ingress_standing),
    "HorizontalPodAutoscaler": _of(HorizontalPodAutoscaler, autoscaler_standing),
    "PersistentVolumeClaim": _of(Claim, claim_standing),
    "PersistentVolume": _of(Volume, volume_standing),
    "PodDisruptionBudget": _of(Budget, budget_standing),
    "ResourceQuota": _of(Quota, quota_standing),
    "APIService": _of(ApiService, api_service_standing),
    "CertificateSigningRequest": _of(SigningRequest, signing_standing),
    "Certificate": _of(Certificate, certificate_standing),
    "Issuer": _of(Issuer, issuer_standing),
    "ClusterIssuer": _of(Issuer, issuer_standing),
    "Application": _of(Application, application_standing),
    **dict.fromkeys(FLUX_KINDS, _of(FluxObject, flux_standing)),
}
"""Kind to what reads its JSON. Raises Temporary for what is no such object."""

"""The best thing to read first: a crash's last words, or the report that tells most about the object."""

from chatops.core.objects import ObjectView, Trait
from chatops.core.remedies.values import Suggestion
from chatops.core.resources import FLUX_KINDS, Health, PodView, WorkloadView
from chatops.core.surveys import Survey
from chatops.core.topics import Topic

_REPORTS = {
    "Node": "node_status",
    "HorizontalPodAutoscaler": "hpa_status",
    "Job": "job_status",
    "CronJob": "cronjob_status",
    "PersistentVolumeClaim": "pvc_status",
    "ResourceQuota": "quota_status",
    "PodDisruptionBudget": "pdb_status",
    "Service": "endpoints",
    "Ingress": "endpoints",
    "APIService": "apiservice_status",
    "Certificate": "cert_status",
    "Issuer": "cert_status",
    "ClusterIssuer": "cert_status",
    "Application": "gitops_status",
    **dict.fromkeys(FLUX_KINDS, "gitops_status"),
    "Cluster": "component_health",
}


def reading(
    pod: PodView | None, workload: WorkloadView | None, survey: Survey, topics: frozenset[Topic]
) -> Suggestion | None:
    """A failing pod speaks first, then the object the alert names, then whatever else was found."""
    if pod and (pod.health is Health.BAD or not survey.others):
        return _of_pod(pod)
    if survey.worst_other:
        return _of_object(survey.worst_other, topics)
    return Suggestion("describe", workload.ref, "look_closer") if workload else None


def _of_pod(pod: PodView) -> Suggestion:
    failing = pod.failing
    if failing and (failing.last_exit or failing.restarts):
        return Suggestion("logs_previous", pod.ref, "last_words", {"container": failing.name})
    if failing and failing.state == "waiting":
        return Suggestion("describe", pod.ref, "why_waiting")
    if pod.status == "Pending":
        return Suggestion("events", pod.ref, "why_pending")
    return Suggestion("logs", pod.ref, "read_logs", {"container": failing.name} if failing else {})


def _of_object(view: ObjectView, topics: frozenset[Topic]) -> Suggestion:
    action = _REPORTS.get(view.ref.kind, "describe")
    match view.ref.kind:
        case "Node" if view.trait(Trait.PRESSURES) or topics & {Topic.DISK, Topic.MEMORY}:
            action = "node_stats"
        case "Node" if topics & {Topic.CPU, Topic.LOAD}:
            action = "top"
        case "Cluster" if topics & {Topic.CPU, Topic.MEMORY}:
            action = "capacity"
        case "Cluster" if Topic.CERTIFICATE in topics:
            action = "csr_list"
    return Suggestion(action, view.ref, "look_closer")

"""The repertoire: every action there is, what it is called, how dangerous it is, and which objects it applies to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from chatops.core.actions.values import Danger
from chatops.core.resources import FLUX_KINDS, WORKLOADS
from chatops.core.texts import mark


class Nature(StrEnum):
    """investigate reads the cluster, remediate changes it in two taps, incident concerns the bot's own record."""

    INVESTIGATE = "investigate"
    REMEDIATE = "remediate"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `title` is a message id for texts; `kinds` are the objects it applies to."""

    nature: Nature
    id: str
    title: str
    icon: str
    danger: Danger
    kinds: tuple[str, ...]

    @property
    def stepwise(self) -> bool:
        """Many changes one after the other, with a stop button between them."""
        return self.id in ("drain", "cleanup_pods")

    @property
    def changes(self) -> bool:
        return self.nature is Nature.REMEDIATE


SCALABLE = ("Deployment", "StatefulSet")
PODDED = (*WORKLOADS, "Pod")

EVERY_KIND = (
    *PODDED,
    "ReplicaSet",
    "Node",
    "Job",
    "CronJob",
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "PodDisruptionBudget",
    "ResourceQuota",
    "APIService",
    "CertificateSigningRequest",
    "Certificate",
    "Issuer",
    "ClusterIssuer",
    "Application",
    *FLUX_KINDS,
)
"""Kinds that are objects of the API: each can be described."""

CLUSTER = ("Cluster",)
"""The cluster as a whole, for an alert that is about no object."""


def _investigations() -> Iterable[Action]:
    action, read = partial(Action, Nature.INVESTIGATE), Danger.READ
    yield action("pods", mark("Pods"), "📦", read, (*WORKLOADS, "ReplicaSet"))
    yield action("logs", mark("Logs"), "📄", read, (*PODDED, "Job", "CronJob"))
    yield action("logs_previous", mark("Crash logs"), "📄", read, PODDED)
    yield action("describe", mark("Describe"), "🔎", read, EVERY_KIND)
    yield action("events", mark("Events"), "🗓", read, EVERY_KIND)
    yield action("yaml", mark("YAML"), "🧾", read, EVERY_KIND)
    yield action("top", mark("Top"), "📊", read, (*PODDED, "Node", "HorizontalPodAutoscaler"))
    yield action("rollout_status", mark("Rollout"), "🎢", read, WORKLOADS)
    yield action("rollout_history", mark("Revisions"), "🕰", read, WORKLOADS)
    yield action("node_status", mark("Node status"), "🩺", read, ("Node",))
    yield action("node_pods", mark("Pods on node"), "📦", read, ("Node",))
    yield action("node_stats", mark("Disk & memory"), "💽", read, ("Node",))
    yield action("hpa_status", mark("HPA status"), "📐", read, ("HorizontalPodAutoscaler",))
    yield action("job_status", mark("Job status"), "🩺", read, ("Job",))
    yield action("cronjob_status", mark("Last runs"), "🕰", read, ("CronJob",))
    yield action("pvc_status", mark("Volume status"), "💽", read, ("PersistentVolumeClaim",))
    yield action("quota_status", mark("Quota use"), "📏", read, ("ResourceQuota",))
    yield action("pdb_status", mark("PDB status"), "🛡", read, ("PodDisruptionBudget",))
    yield action("endpoints", mark("Endpoints"), "🔌", read, ("Service", "Ingress"))
    yield action("target_health", mark("Scrape targets"), "🎯", read, ("Service", "Node", *WORKLOADS))
    yield action("component_health", mark("Component health"), "🩺", read, CLUSTER)
    yield action("apiservice_status", mark("APIService status"), "🩺", read, ("APIService",))
    yield action("csr_list", mark("Pending CSRs"), "📜", read, (*CLUSTER, "Node"))
    yield action("cert_status", mark("Certificate status"), "📜", read, ("Certificate", "Issuer", "ClusterIssuer"))
    yield action("gitops_status", mark("GitOps status"), "🐙", read, ("Application", *FLUX_KINDS))
    yield action("config_check", mark("Config errors"), "🧩", read, PODDED)
    yield action("alertmanager_status", mark("Alertmanager"), "🔔", read, ())
    yield action("capacity", mark("Capacity"), "📊", read, CLUSTER)
    yield action("metric_graph", mark("Graph"), "📈", read, ())
    yield action("exec_diag", mark("Diagnostics"), "🧪", Danger.LOW, ("Pod",))
    yield action("similar", mark("Past incidents"), "🗂", read, ())


def _remedies() -> Iterable[Action]:
    action = partial(Action, Nature.REMEDIATE)
    low, disrupt, destroy = Danger.LOW, Danger.DISRUPT, Danger.DESTROY
    yield action("rollout_restart", mark("Restart"), "♻️", disrupt, WORKLOADS)
    yield action("rollout_undo", mark("Roll back"), "↩️", disrupt, WORKLOADS)
    yield action("rollout_pause", mark("Pause rollout"), "⏸", low, ("Deployment",))
    yield action("rollout_resume", mark("Resume rollout"), "▶️", low, ("Deployment",))
    yield action("scale_up", mark("Scale up"), "➕", low, SCALABLE)
    yield action("scale_down", mark("Scale down"), "➖", disrupt, SCALABLE)
    yield action("raise_memory_limit", mark("Memory limit"), "🧠", disrupt, WORKLOADS)
    yield action("raise_cpu_limit", mark("CPU limit"), "⚙️", disrupt, WORKLOADS)
    yield action("delete_pod", mark("Delete pod"), "🗑", disrupt, ("Pod",))
    yield action("evict_pod", mark("Evict pod"), "👋", disrupt, ("Pod",))
    yield action("force_delete_pod", mark("Force delete"), "💥", destroy, ("Pod",))
    yield action("cleanup_pods", mark("Clean up pods"), "🧹", low, ("Node", "ResourceQuota", *CLUSTER))
    yield action("cordon", mark("Cordon"), "🚧", low, ("Node",))
    yield action("uncordon", mark("Uncordon"), "🚪", low, ("Node",))
    yield action("drain", mark("Drain"), "🚚", disrupt, ("Node",))
    yield action("delete_node", mark("Delete node"), "💥", destroy, ("Node",))
    yield action("hpa_raise_max", mark("Raise maximum"), "📐", low, ("HorizontalPodAutoscaler",))
    yield action("hpa_lower_min", mark("Lower minimum"), "📐", low, ("HorizontalPodAutoscaler",))
    yield action("job_rerun", mark("Run again"), "🔁", disrupt, ("Job",))
    yield action("job_delete", mark("Delete job"), "🗑", destroy, ("Job",))
    yield action("cronjob_trigger", mark("Run now"), "⚡", disrupt, ("CronJob",))
    yield action("cronjob_suspend", mark("Suspend"), "⏸", low, ("CronJob",))
    yield action("cronjob_resume", mark("Resume"), "▶️", low, ("CronJob",))
    yield action("pvc_expand", mark("Expand volume"), "💽", destroy, ("PersistentVolumeClaim",))
    yield action("raise_quota", mark("Raise quota"), "📏", low, ("ResourceQuota",))
    yield action("approve_csr", mark("Approve CSR"), "✅", destroy, ("CertificateSigningRequest",))
    yield action("cert_renew", mark("Renew"), "📜", low, ("Certificate",))
    yield action("gitops_sync", mark("Sync"), "🐙", disrupt, ("Application", *FLUX_KINDS))


def _incident_acts() -> Iterable[Action]:
    action, low = partial(Action, Nature.INCIDENT), Danger.LOW
    yield action("ack", mark("Take"), "✋", low, ())
    yield action("silence", mark("Silence"), "🔕", low, ())
    yield action("escalate", mark("Escalate"), "📣", low, ())
    yield action("note", mark("Note"), "📝", low, ())


ACTIONS = {action.id: action for action in (*_investigations(), *_remedies(), *_incident_acts())}

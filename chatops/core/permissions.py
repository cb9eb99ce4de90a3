"""Which rights on the API an action needs: what is asked before it is offered, and what a role must grant."""

from dataclasses import dataclass

from chatops.core.resources import FLUX_KINDS


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing the bot's credentials must be allowed to do, in RBAC's words."""

    verb: str
    group: str
    resource: str
    subresource: str = ""


RESOURCES = {
    "Pod": ("", "pods"),
    "Node": ("", "nodes"),
    "Namespace": ("", "namespaces"),
    "Service": ("", "services"),
    "Event": ("", "events"),
    "PersistentVolumeClaim": ("", "persistentvolumeclaims"),
    "PersistentVolume": ("", "persistentvolumes"),
    "ResourceQuota": ("", "resourcequotas"),
    "Deployment": ("apps", "deployments"),
    "StatefulSet": ("apps", "statefulsets"),
    "DaemonSet": ("apps", "daemonsets"),
    "ReplicaSet": ("apps", "replicasets"),
    "ControllerRevision": ("apps", "controllerrevisions"),
    "Job": ("batch", "jobs"),
    "CronJob": ("batch", "cronjobs"),
    "HorizontalPodAutoscaler": ("autoscaling", "horizontalpodautoscalers"),
    "PodDisruptionBudget": ("policy", "poddisruptionbudgets"),
    "EndpointSlice": ("discovery.k8s.io", "endpointslices"),
    "Ingress": ("networking.k8s.io", "ingresses"),
    "StorageClass": ("storage.k8s.io", "storageclasses"),
    "Lease": ("coordination.k8s.io", "leases"),
    "APIService": ("apiregistration.k8s.io", "apiservices"),
    "CertificateSigningRequest": ("certificates.k8s.io", "certificatesigningrequests"),
    "Certificate": ("cert-manager.io", "certificates"),
    "CertificateRequest": ("cert-manager.io", "certificaterequests"),
    "Issuer": ("cert-manager.io", "issuers"),
    "ClusterIssuer": ("cert-manager.io", "clusterissuers"),
    "Order": ("acme.cert-manager.io", "orders"),
    "Challenge": ("acme.cert-manager.io", "challenges"),
    "Application": ("argoproj.io", "applications"),
    "Kustomization": ("kustomize.toolkit.fluxcd.io", "kustomizations"),
    "HelmRelease": ("helm.toolkit.fluxcd.io", "helmreleases"),
    "GitRepository": ("source.toolkit.fluxcd.io", "gitrepositories"),
    "OCIRepository": ("source.toolkit.fluxcd.io", "ocirepositories"),
    "HelmRepository": ("source.toolkit.fluxcd.io", "helmrepositories"),
    "HelmChart": ("source.toolkit.fluxcd.io", "helmcharts"),
    "Bucket": ("source.toolkit.fluxcd.io", "buckets"),
    "ImageRepository": ("image.toolkit.fluxcd.io", "imagerepositories"),
    "ImagePolicy": ("image.toolkit.fluxcd.io", "imagepolicies"),
    "ImageUpdateAutomation": ("image.toolkit.fluxcd.io", "imageupdateautomations"),
}
"""API group and plural of every kind that is looked at."""

_PATCHED = frozenset(
    {
        "rollout_restart",
        "rollout_undo",
        "rollout_pause",
        "rollout_resume",
        "scale_up",
        "scale_down",
        "raise_memory_limit",
        "raise_cpu_limit",
        "cordon",
        "uncordon",
        "hpa_raise_max",
        "hpa_lower_min",
        "cronjob_suspend",
        "cronjob_resume",
        "pvc_expand",
        "raise_quota",
        "gitops_sync",
    }
)
"""Actions that are one patch of the object itself."""

_DELETED = frozenset({"delete_pod", "force_delete_pod", "delete_node", "job_delete"})


def needed(action: str, kind: str) -> tuple[Permission, ...]:
    """The rights that performing `action` on a `kind` takes; none for what only the bot itself does."""
    group, plural = RESOURCES.get(kind, ("", ""))
    match action:
        case _ if not plural and action != "cleanup_pods":
            return ()
        case _ if action in _PATCHED:
            return (Permission("patch", group, plural),)
        case _ if action in _DELETED:
            return (Permission("delete", group, plural),)
        case "evict_pod":
            return (Permission("create", "", "pods", "eviction"),)
        case "cleanup_pods":
            return (Permission("list", "", "pods"), Permission("delete", "", "pods"))
        case "drain":
            return (
                Permission("patch", "", "nodes"),
                Permission("list", "", "pods"),
                Permission("create", "", "pods", "eviction"),
            )
        case "job_rerun" | "cronjob_trigger":
            return (Permission("create", "batch", "jobs"),)
        case "approve_csr":
            return (Permission("update", group, plural, "approval"),)
        case "cert_renew":
            return (Permission("patch", group, plural, "status"),)
        case "exec_diag":
            # Over a WebSocket Kubernetes asks for get, and from 1.35 on for create.
            return (Permission("get", "", "pods", "exec"), Permission("create", "", "pods", "exec"))
        case "logs" | "logs_previous" | "config_check":
            return (Permission("get", "", "pods", "log"),)
        case "top":
            return (Permission("list", "metrics.k8s.io", "nodes" if kind == "Node" else "pods"),)
        case "node_stats":
            return (Permission("get", "", "nodes", "proxy"),)
        case "csr_list":
            return (Permission("list", "certificates.k8s.io", "certificatesigningrequests"),)
        case _:
            return ()


SERVED_BY_OTHERS = frozenset(
    {"Certificate", "CertificateRequest", "Issuer", "ClusterIssuer", "Order", "Challenge", "Application", *FLUX_KINDS}
)
"""Kinds of controllers that a cluster may not have: their actions appear where their API is served."""

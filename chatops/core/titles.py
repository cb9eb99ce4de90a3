"""Human titles for alert names: a few well-known ones by hand, every other one by taking the name apart."""

import re

KNOWN = {
    "KubePodCrashLooping": "Crash loop",
    "KubePodNotReady": "Pod not ready",
    "KubeContainerWaiting": "Container waiting",
    "KubeContainerOOMKilled": "Out of memory",
    "KubeDeploymentReplicasMismatch": "Replicas missing",
    "KubeDeploymentRolloutStuck": "Rollout stuck",
    "KubeDeploymentGenerationMismatch": "Rollout not applied",
    "KubeStatefulSetReplicasMismatch": "Replicas missing",
    "KubeStatefulSetUpdateNotRolledOut": "Rollout stuck",
    "KubeDaemonSetRolloutStuck": "Rollout stuck",
    "KubeDaemonSetNotScheduled": "Pods not scheduled",
    "KubeNodeNotReady": "Node not ready",
    "KubeNodeUnreachable": "Node unreachable",
    "KubeJobFailed": "Job failed",
    "KubeHpaMaxedOut": "Autoscaler at its maximum",
    "KubePersistentVolumeFillingUp": "Volume filling up",
    "KubeQuotaExceeded": "Quota exceeded",
    "TargetDown": "Target down",
    "Watchdog": "Heartbeat",
}
"""These are message ids: translated where shown. They name the trouble only; no object is ever chosen by them."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\sA-Za-z\d_\-.:]+")
_MAX_TITLE = 80


def title_of(alertname: str) -> str:
    """`KubeletTooManyPods` -> `Kubelet too many pods`; an empty name is `Alert`; acronyms stay as they are."""
    if alertname in KNOWN:
        return KNOWN[alertname]
    words = _WORDS.findall(alertname.removeprefix("Kube") if alertname[4:5].isupper() else alertname)
    if not words:
        return alertname.strip()[:_MAX_TITLE] or "Alert"
    lowered = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    title = " ".join(lowered)
    return (title[:1].upper() + title[1:])[:_MAX_TITLE]

"""Human titles for alert names: a few well-known ones by hand, every other one by taking the name apart."""

import re

from chatops.core.texts import mark

KNOWN = {
    "KubePodCrashLooping": mark("Crash loop"),
    "KubePodNotReady": mark("Pod not ready"),
    "KubeContainerWaiting": mark("Container waiting"),
    "KubeContainerOOMKilled": mark("Out of memory"),
    "KubeDeploymentReplicasMismatch": mark("Replicas missing"),
    "KubeDeploymentRolloutStuck": mark("Rollout stuck"),
    "KubeDeploymentGenerationMismatch": mark("Rollout not applied"),
    "KubeStatefulSetReplicasMismatch": mark("Replicas missing"),
    "KubeStatefulSetUpdateNotRolledOut": mark("Rollout stuck"),
    "KubeDaemonSetRolloutStuck": mark("Rollout stuck"),
    "KubeDaemonSetNotScheduled": mark("Pods not scheduled"),
    "KubeNodeNotReady": mark("Node not ready"),
    "KubeNodeUnreachable": mark("Node unreachable"),
    "KubeJobFailed": mark("Job failed"),
    "KubeHpaMaxedOut": mark("Autoscaler at its maximum"),
    "KubePersistentVolumeFillingUp": mark("Volume filling up"),
    "KubeQuotaExceeded": mark("Quota exceeded"),
    "TargetDown": mark("Target down"),
    "Watchdog": mark("Heartbeat"),
    "MonitoringSilent": mark("Monitoring is silent"),
}
"""These are message ids: translated where shown. They name the trouble only; no object is ever chosen by them."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\sA-Za-z\d_\-.:]+")
_MAX_TITLE = 80

ALERT = mark("Alert")
"""The title of an alert without a name."""

TRANSLATED = frozenset(KNOWN.values()) | {ALERT}
"""Every other title is made of an alert's name: it is shown as it is, braces and all."""


def title_of(alertname: str) -> str:
    """`KubeletTooManyPods` -> `Kubelet too many pods`; an empty name is `Alert`; acronyms stay as they are."""
    if alertname in KNOWN:
        return KNOWN[alertname]
    words = _WORDS.findall(alertname.removeprefix("Kube") if alertname[4:5].isupper() else alertname)
    if not words:
        return alertname.strip()[:_MAX_TITLE] or ALERT
    lowered = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    title = " ".join(lowered)
    return (title[:1].upper() + title[1:])[:_MAX_TITLE]

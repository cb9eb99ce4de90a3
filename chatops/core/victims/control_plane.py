"""Alerts about the control plane: about the whole cluster, whatever process was measured."""

import re

from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels
from chatops.core.victims.reading import reading

_JOBS = re.compile(
    r"(.*-)?(kube-?|kubernetes-)(api-?servers?|scheduler|controller-manager|proxy)|apiservers?|kubernetes|kubelet"
)
_IN_KUBE_SYSTEM = re.compile(r"scheduler|controller-manager|cloud-controller-manager")
"""Names that other software uses too, elsewhere."""

_API_PORT = "6443"


@reading("job", "service", "instance")
def control_plane(labels: Labels) -> Clue | None:
    """Its scrape jobs, and the API server's own Service and port. Etcd is not among them: its members are pods."""
    if not _measured(labels):
        return None
    pod = labels.own_pod
    beside = labels.ref("Pod", pod, labels.own_namespace) if pod else None
    return Clue(labels.whole_cluster, beside=beside)


def _measured(labels: Labels) -> bool:
    job = labels.job
    if job == "kubelet":
        return not (labels.own_pod or labels.first("node", "instance", "service"))
    if _JOBS.fullmatch(job) or (_IN_KUBE_SYSTEM.fullmatch(job) and labels.own_namespace == "kube-system"):
        return True
    if (labels.get("service"), labels.own_namespace) == ("kubernetes", "default"):
        return True
    return labels.instance.port == _API_PORT and not labels.own_pod

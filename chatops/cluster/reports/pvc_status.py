"""pvc_status: a claim's volume: how full, how large, whether it can grow, and who mounts it."""

from datetime import datetime

from chatops.cluster.belongings import pods_mounting
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import conditions, events, pod_lines, section, without
from chatops.cluster.standing import said
from chatops.cluster.standings.storage import claim_standing
from chatops.cluster.stats_models import Volume
from chatops.cluster.storage_models import Claim, StorageClass
from chatops.cluster.volume_use import measured, use_facts, use_health
from chatops.core.failures import Failure, Reason, Temporary
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef, worst

_MOST_NODES = 3
"""Kubelets asked for one volume: a shared one may be mounted everywhere."""


def pvc_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    claim = reader.fetch(ref, Claim)
    standing, here = claim_standing(claim), reader.ref(ref.kind, claim.metadata)
    beside = Beside()
    nobody: list[Pod] = []
    mounting = beside.read("list pods", lambda: pods_mounting(reader, ref.namespace, ref.name), nobody)
    pods = [pod for pod in mounting if not pod.has_ended]
    use = _use(reader, claim, pods, beside)
    views = [pod_view(pod, reader.name) for pod in pods]
    volume = ObjectRef("PersistentVolume", claim.spec.volume_name, cluster=reader.name)
    return Report(
        "pvc_status",
        here,
        worst([standing.health, use_health(use) if use else Health.GOOD]),
        facts=(*(use_facts(use) if use else ()), *without(standing.facts), *_class_facts(reader, claim, beside)),
        sections=(
            *section("Mounted by", pod_lines(views, now)),
            *conditions(standing.conditions, now),
            *events(reader, here, now),
        ),
        notes=beside.notes,
        related=(*(view.ref for view in views[:3]), *((volume,) if volume.name else ())),
    )


def _class_facts(reader: Reader, claim: Claim, beside: Beside) -> tuple[tuple[str, str], ...]:
    """Whether it can grow, which only its class says."""
    name = claim.spec.storage_class_name
    if not name:
        return said(("can grow", "no"))
    where = ObjectRef("StorageClass", name)
    found = beside.read("get storageclasses", lambda: reader.fetch(where, StorageClass), None)
    if found is None:
        return said(("can grow", "unknown"))
    binding = found.volume_binding_mode
    if claim.status.phase == "Pending" and binding == "WaitForFirstConsumer":
        beside.note("claim_waits_for_pod")
    return said(
        ("can grow", "yes" if found.allow_volume_expansion else "no"),
        ("binding", binding),
        ("driver", found.provisioner),
    )


def _use(reader: Reader, claim: Claim, pods: list[Pod], beside: Beside) -> Volume | None:
    """How full it is: of that only the kubelet of a node that has it mounted knows."""
    nodes = list(dict.fromkeys(pod.spec.node_name for pod in pods if pod.spec.node_name))
    if not nodes:
        if not beside.refused and claim.status.phase == "Bound":
            beside.note("volume_not_mounted")
        return None
    silent: list[str] = []
    for node in nodes[:_MOST_NODES]:
        try:
            found = measured(reader, node, claim.metadata)
        except Failure as failure:
            if failure.reason is Reason.FORBIDDEN:
                beside.note("not_allowed", "get nodes/proxy")
                return None
            if not isinstance(failure, Temporary) and failure.reason is not Reason.NOT_FOUND:
                raise
            silent.append(node)
            continue
        if found is not None:
            return found
    if silent:
        beside.note("kubelet_silent", ", ".join(silent))
    else:
        beside.note("volume_not_measured")
    return None

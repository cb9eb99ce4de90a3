"""Candidates for objects that are neither pod nor workload, by kind, from their traits and ties."""

from collections.abc import Callable, Iterator

from chatops.core.objects import ObjectView, TieRole, Trait
from chatops.core.quantities import A_QUARTER_MORE, grow_whole
from chatops.core.remedies.values import Candidate, candidate, grown
from chatops.core.resources import FLUX_KINDS, Health
from chatops.core.topics import Topic

Topics = frozenset[Topic]


def for_object(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    """In no order. What its traits rule out is left out elsewhere (`applicable`)."""
    found = _BY_KIND.get(view.ref.kind)
    return found(view, topics) if found else iter(())


def _node(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    ref, name = view.ref, view.ref.name
    lost = view.trait(Trait.READY) in ("False", "Unknown")
    pressed = view.trait(Trait.PRESSURES)
    if view.trait(Trait.UNSCHEDULABLE):
        yield candidate(40 if view.health is Health.BAD else 85, "uncordon", ref, "cordoned", name=name)
    yield candidate(65, "cordon", ref, "keep_new_pods_off", name=name)
    yield candidate(80 if lost else 60 if Topic.HARDWARE in topics else 45, "drain", ref, "move_pods_off", name=name)
    for stuck in view.tied(TieRole.STUCK)[:1]:
        yield candidate(70, "force_delete_pod", stuck, "stuck_terminating")
    if view.count(Trait.FAILED_PODS):
        score = 75 if pressed else 50
        yield candidate(score, "cleanup_pods", ref, "failed_pods", count=view.trait(Trait.FAILED_PODS))
    for heaviest in view.tied(TieRole.HEAVIEST)[:1]:
        busy = pressed or topics & {Topic.MEMORY, Topic.CPU, Topic.DISK, Topic.LOAD}
        yield candidate(55 if busy else 30, "evict_pod", heaviest, "heaviest", told=heaviest.path, name=heaviest.name)


def _autoscaler(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    highest, lowest = view.count(Trait.MAX), view.count(Trait.MIN)
    at_maximum = highest and view.count(Trait.CURRENT) >= highest
    if Topic.IDLE in topics or (lowest > 1 and view.count(Trait.DESIRED) <= lowest and not at_maximum):
        yield candidate(70, "hpa_lower_min", view.ref, "idle_autoscaler", min=str(max(1, lowest // 2)))
    if Topic.IDLE not in topics and highest:
        more = grow_whole(str(highest))
        told = f"{view.ref.name} {lowest}-{highest}"
        yield candidate(80 if at_maximum else 40, "hpa_raise_max", view.ref, "at_maximum", told=told, max=more)


def _job(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    active = bool(view.count(Trait.ACTIVE))
    if not active:
        yield candidate(70 if view.trait(Trait.FAILED) else 45, "job_rerun", view.ref, "failed_job")
    yield candidate(45 if active else 55, "job_delete", view.ref, "clears_job")
    for owner in view.tied(TieRole.OWNER)[:1]:
        if owner.kind == "CronJob":
            yield candidate(50, "cronjob_suspend", owner, "no_more_runs")


def _cron_job(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    if view.trait(Trait.SUSPENDED):
        yield candidate(80, "cronjob_resume", view.ref, "suspended")
    yield candidate(40 if view.trait(Trait.SUSPENDED) else 70, "cronjob_trigger", view.ref, "missed_run")
    yield candidate(50, "cronjob_suspend", view.ref, "no_more_runs")
    for failed in view.tied(TieRole.FAILED_JOB)[:1]:
        yield candidate(45, "job_delete", failed, "clears_job")


def _claim(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    size = view.trait(Trait.SIZE)
    if size:
        yield candidate(80, "pvc_expand", view.ref, "volume_full", **grown(size, "size"))


def _quota(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    resource, hard = view.trait(Trait.RESOURCE), view.trait(Trait.HARD)
    if resource and hard:
        yield candidate(
            70, "raise_quota", view.ref, "quota_full", resource=resource, **grown(hard, "value", _in_quarters)
        )
    if view.count(Trait.FAILED_PODS):
        yield candidate(60, "cleanup_pods", view.ref, "failed_pods", count=view.trait(Trait.FAILED_PODS))


def _request(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    yield candidate(60, "approve_csr", view.ref, "waits_for_approval")


def _certificate(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    yield candidate(75, "cert_renew", view.ref, "renews")


def _gitops(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    yield candidate(80, "gitops_sync", view.ref, "syncs")


def _cluster(view: ObjectView, topics: Topics) -> Iterator[Candidate]:
    for node in view.tied(TieRole.CORDONED)[:1]:
        yield candidate(60, "uncordon", node, "cordoned", name=node.name)
    for scaler in view.tied(TieRole.IDLE_AUTOSCALER)[:1]:
        if topics & {Topic.CPU, Topic.MEMORY, Topic.IDLE}:
            yield candidate(45, "hpa_lower_min", scaler, "idle_autoscaler")
    for request in view.tied(TieRole.PENDING_CSR)[:1]:
        yield candidate(55 if Topic.CERTIFICATE in topics else 20, "approve_csr", request, "waits_for_approval")
    if view.count(Trait.FAILED_PODS) and topics & {Topic.CPU, Topic.MEMORY, Topic.DISK}:
        yield candidate(40, "cleanup_pods", view.ref, "failed_pods", count=view.trait(Trait.FAILED_PODS))


_BY_KIND: dict[str, Callable[[ObjectView, Topics], Iterator[Candidate]]] = {
    "Node": _node,
    "HorizontalPodAutoscaler": _autoscaler,
    "Job": _job,
    "CronJob": _cron_job,
    "PersistentVolumeClaim": _claim,
    "ResourceQuota": _quota,
    "CertificateSigningRequest": _request,
    "Certificate": _certificate,
    "Application": _gitops,
    **dict.fromkeys(FLUX_KINDS, _gitops),
    "Cluster": _cluster,
}


def _in_quarters(quantity: str) -> str:
    return grow_whole(quantity, A_QUARTER_MORE)

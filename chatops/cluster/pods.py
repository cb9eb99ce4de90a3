"""From a pod as the API tells it to a PodView. Pure: it fetches nothing."""

from chatops.cluster.models import Owner, listed, mapped
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Container, ContainerStatus, Pod, State
from chatops.core.pods import ContainerFacts, PodFacts, pod_status
from chatops.core.resources import ContainerView, LastExit, ObjectRef, PodView


def pod_ref(pod: Pod, cluster: str) -> ObjectRef:
    """The reference to this incarnation of the pod."""
    return ObjectRef("Pod", pod.metadata.name, pod.metadata.namespace, pod.metadata.uid, cluster)


def owner_ref(owner: Owner, namespace: str, cluster: str) -> ObjectRef:
    """The reference to an owner, which always lives in its object's namespace."""
    return ObjectRef(owner.kind, owner.name, namespace, owner.uid, cluster)


def pod_view(pod: Pod, cluster: str, denied: tuple[str, ...] = ()) -> PodView:
    """What is shown of a pod: kubectl's columns and its containers, init containers first."""
    status = pod_status(pod_facts(pod))
    owner = pod.metadata.controller
    return PodView(
        ref=pod_ref(pod, cluster),
        status=status.text,
        health=status.health,
        ready=status.ready,
        total=status.total,
        restarts=status.restarts,
        node=pod.spec.node_name,
        created_at=pod.metadata.creation_timestamp,
        qos=pod.status.qos_class,
        containers=container_views(pod),
        owner=owner_ref(owner, pod.metadata.namespace, cluster) if owner else None,
        deleting_since=pod.metadata.deletion_timestamp,
        denied=denied,
    )


def pod_facts(pod: Pod) -> PodFacts:
    """The input of the STATUS rules."""
    specs = listed(pod.spec.init_containers)
    sidecars = {spec.name for spec in specs if spec.restart_policy == "Always"}
    conditions = {condition.type: condition for condition in listed(pod.status.conditions)}
    scheduled = conditions.get("PodScheduled")
    return PodFacts(
        # A pod nobody has reported on yet; the API server's printer would show nothing at all.
        phase=pod.status.phase or "Unknown",
        reason=pod.status.reason,
        deleting=pod.metadata.deletion_timestamp is not None,
        gated=scheduled is not None and scheduled.reason == "SchedulingGated",
        unschedulable=scheduled is not None and scheduled.reason == "Unschedulable",
        initialized=_true(conditions.get("Initialized")),
        is_ready=_true(conditions.get("Ready")),
        containers_wanted=len(listed(pod.spec.containers)) + len(sidecars),
        init_wanted=len(specs),
        containers=tuple(_facts(entry, sidecar=False) for entry in listed(pod.status.container_statuses)),
        init_containers=tuple(
            _facts(entry, sidecar=entry.name in sidecars) for entry in listed(pod.status.init_container_statuses)
        ),
    )


def container_views(pod: Pod) -> tuple[ContainerView, ...]:
    """Every container of the spec with its status; one that has none yet is waiting."""
    statuses = {entry.name: entry for entry in listed(pod.status.container_statuses)}
    init_statuses = {entry.name: entry for entry in listed(pod.status.init_container_statuses)}
    first = tuple(_view(spec, init_statuses.get(spec.name), init=True) for spec in listed(pod.spec.init_containers))
    return first + tuple(_view(spec, statuses.get(spec.name), init=False) for spec in listed(pod.spec.containers))


def _true(condition: object) -> bool:
    return getattr(condition, "status", "") == "True"


def _facts(entry: ContainerStatus, *, sidecar: bool) -> ContainerFacts:
    state = entry.state or State()
    before = entry.last_state.terminated if entry.last_state else None
    name, reason, code, signal = "", "", 0, 0
    if state.waiting is not None:
        name, reason = "waiting", state.waiting.reason
    elif state.terminated is not None:
        ended = state.terminated
        name, reason, code, signal = "terminated", ended.reason, ended.exit_code, ended.signal
    elif state.running is not None:
        name = "running"
    return ContainerFacts(
        state=name,
        reason=reason,
        exit_code=code,
        signal=signal,
        ready=entry.ready,
        started=entry.started is True,
        restarts=entry.restart_count,
        sidecar=sidecar,
        last_exit_code=before.exit_code if before else None,
    )


def _view(spec: Container, entry: ContainerStatus | None, *, init: bool) -> ContainerView:
    limits = mapped(spec.resources.limits if spec.resources else None)
    entry = entry or ContainerStatus(name=spec.name)
    state, reason, message, since, exit_code = "waiting", "", "", None, None
    now = entry.state or State()
    if now.running is not None:
        state, since = "running", now.running.started_at
    elif now.terminated is not None:
        ended = now.terminated
        state, reason, message, since = "terminated", ended.reason, ended.message, ended.finished_at
        exit_code = ended.exit_code
    elif now.waiting is not None:
        reason, message = now.waiting.reason, now.waiting.message
    before = entry.last_state.terminated if entry.last_state else None
    return ContainerView(
        name=spec.name,
        state=state,
        reason=reason,
        message=safe_text(message),
        # An init container that ended well is not "ready" to Kubernetes, and nothing is wrong with it.
        ready=entry.ready or (init and exit_code == 0),
        init=init,
        restarts=entry.restart_count,
        exit_code=exit_code,
        since=since,
        last_exit=LastExit(before.reason, before.exit_code, before.finished_at) if before else None,
        image=spec.image,
        memory_limit=str(limits.get("memory", "")),
        cpu_limit=str(limits.get("cpu", "")),
    )

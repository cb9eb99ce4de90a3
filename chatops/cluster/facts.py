"""The facts a phone shows of an object, as label and value, most telling first.

Pure; labels are kubectl's own words.
"""

from datetime import datetime

from chatops.cluster.answers import decode
from chatops.cluster.conditions import as_it_should
from chatops.cluster.models import Condition, Node, Workload, listed, mapped
from chatops.cluster.nodes import ready_words, taint_words
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Container, Pod, Probe, Template
from chatops.cluster.pods import container_views, pod_view
from chatops.cluster.revisions import REVISION
from chatops.cluster.workloads import desired_of, ready_of, updated_of
from chatops.core.resources import ContainerView

Facts = tuple[tuple[str, str], ...]


def condition_lines(conditions: list[Condition] | None) -> tuple[tuple[bool, str, str], ...]:
    """(as it should be, type, reason), the bad ones first."""
    lines = [(as_it_should(c), c.type, safe_text(c.reason)) for c in listed(conditions)]
    return tuple(sorted(lines, key=lambda line: line[0]))


def pod_facts(pod: Pod) -> Facts:
    """Of a pod: kubectl's columns, where it runs, and each container's state and limits."""
    view = pod_view(pod, "")
    specs = {c.name: c for c in (*listed(pod.spec.init_containers), *listed(pod.spec.containers))}
    facts = [
        ("status", view.status),
        ("ready", f"{view.ready}/{view.total}"),
        ("restarts", str(view.restarts)),
        ("node", view.node),
        ("reason", safe_text(pod.status.message)),
        ("created", moment(view.created_at)),
        ("qos", view.qos),
        ("owner", f"{view.owner.kind}/{view.owner.name}" if view.owner else "none"),
        ("ip", pod.status.pod_ip),
    ]
    for container in container_views(pod):
        facts.append((container.name, state_words(container)))
        facts += [(f"{container.name} {label}", value) for label, value in container_facts(specs[container.name])]
    return _said(facts)


def workload_facts(workload: Workload) -> Facts:
    """Of a workload: counts, revision, strategy, and each container of its template."""
    status, template = workload.status, decode(workload.spec.template, Template)
    daemons = workload.kind == "DaemonSet"
    facts = [
        ("ready", f"{ready_of(workload)}/{desired_of(workload)}"),
        ("updated", str(updated_of(workload))),
        ("available", str(status.number_available if daemons else status.available_replicas)),
        ("revision", workload.metadata.annotation(REVISION) or status.update_revision),
        ("paused", "yes" if workload.spec.paused else ""),
        ("strategy", strategy_words(workload)),
        ("created", moment(workload.metadata.creation_timestamp)),
    ]
    containers = [*listed(template.spec.containers), *listed(template.spec.init_containers)]
    for container in containers:
        own = f"{container.name} " if len(containers) > 1 else ""
        facts += [(f"{own}{label}", value) for label, value in container_facts(container)]
    return _said(facts)


def node_facts(node: Node, pods: int) -> Facts:
    """Of a node: whether it takes work, how much it has, what it runs."""
    info = {key: str(value) for key, value in mapped(node.status.node_info).items()}
    have = mapped(node.status.allocatable)
    addresses = [f"{entry.get('address', '')}" for entry in listed(node.status.addresses)]
    return _said(
        [
            ("status", ready_words(node)),
            ("scheduling", "disabled" if node.spec.unschedulable else "enabled"),
            ("pods", f"{pods}/{have.get('pods', '?')}"),
            ("cpu", str(have.get("cpu", ""))),
            ("memory", str(have.get("memory", ""))),
            ("taints", taint_words(node)),
            ("addresses", ", ".join(addresses)),
            ("kubelet", info.get("kubeletVersion", "")),
            ("os", info.get("osImage", "")),
            ("created", moment(node.metadata.creation_timestamp)),
        ]
    )


def container_facts(container: Container) -> Facts:
    """Image, cpu and memory as request/limit, probes."""
    return _said(
        [
            ("image", container.image),
            ("cpu", _span(container, "cpu")),
            ("memory", _span(container, "memory")),
            ("ready probe", probe_words(container.readiness_probe)),
            ("live probe", probe_words(container.liveness_probe)),
            ("startup probe", probe_words(container.startup_probe)),
        ]
    )


def probe_words(probe: Probe | None) -> str:
    """`GET :8080/ready every 10s`; an exec probe's command is not shown, it may hold a password."""
    if probe is None:
        return ""
    if probe.http_get is not None:
        words = f"GET :{probe.http_get.get('port', '')}{probe.http_get.get('path', '')}"
    elif probe.tcp_socket is not None:
        words = f"tcp :{probe.tcp_socket.get('port', '')}"
    elif probe.grpc is not None:
        words = f"grpc :{probe.grpc.get('port', '')}"
    elif probe.exec is not None:
        words = "exec"
    else:
        return ""
    return f"{words} every {probe.period_seconds}s"


def strategy_words(workload: Workload) -> str:
    """As kubectl says it: `RollingUpdate, 25% max unavailable, 25% max surge`, `OnDelete`."""
    strategy = workload.spec.strategy or workload.spec.update_strategy
    if strategy is None:
        return ""
    rolling = strategy.rolling_update
    if rolling is None:
        return strategy.type
    if rolling.partition:
        return f"{strategy.type} partition {rolling.partition}"
    spans = (("max unavailable", rolling.max_unavailable), ("max surge", rolling.max_surge))
    return ", ".join([strategy.type, *(f"{value} {what}" for what, value in spans if value is not None)])


def state_words(container: ContainerView) -> str:
    """`running`, `waiting CrashLoopBackOff, last exit 137 OOMKilled`, `terminated Error exit 1`."""
    words = f"{container.state} {container.reason}".strip()
    if container.exit_code is not None:
        words += f" exit {container.exit_code}"
    if container.last_exit is not None:
        words += f", last exit {container.last_exit.exit_code} {container.last_exit.reason}".rstrip()
    return words


def moment(time: datetime | None) -> str:
    """A time to the minute, in UTC, as Kubernetes gave it."""
    return f"{time:%Y-%m-%d %H:%M} UTC" if time is not None else ""


def _span(container: Container, name: str) -> str:
    resources = container.resources
    if resources is None:
        return ""
    request, limit = mapped(resources.requests).get(name), mapped(resources.limits).get(name)
    if request is None and limit is None:
        return ""
    return f"{'-' if request is None else request}/{'-' if limit is None else limit}"


def _said(facts: list[tuple[str, str]]) -> Facts:
    return tuple((label, safe_text(value)) for label, value in facts if value)

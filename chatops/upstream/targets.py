"""Prometheus' scrape targets of one object: which are down, and in whose words."""

from chatops.core.plain import safe_text
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, Health, ObjectRef
from chatops.upstream.prometheus import Prometheus, Target

_META = "__meta_kubernetes_"


def target_health(prometheus: Prometheus, ref: ObjectRef) -> Report:
    """The object's targets, the down ones with the error of the last scrape."""
    mine = [target for target in prometheus.targets() if belongs(target, ref)]
    down = [target for target in mine if target.health == "down"]
    waiting = [target for target in mine if target.health not in ("up", "down")]
    sections = []
    if down:
        sections.append(Section("down", tuple(Line(_told(target), Health.BAD) for target in down)))
    up = tuple(Line(_where(target), Health.GOOD) for target in mine if target.health == "up")
    if up:
        sections.append(Section("up", up))
    health = Health.BAD if down else Health.GOOD if up and not waiting else Health.UNKNOWN
    facts = (("targets", f"{len(mine)}"), ("down", f"{len(down)}")) if mine else ()
    notes = () if mine else (Note("no_targets"),)
    return Report("target_health", ref, health, facts, tuple(sections), notes)


def belongs(target: Target, ref: ObjectRef) -> bool:
    """By the labels of the target, or by what Kubernetes told of it before relabelling."""
    if ref.kind == "Node":
        host = target.labels.get("instance", "").rpartition(":")[0]
        return ref.name in (_label(target, "node", "node_name"), _label(target, "node", "pod_node_name"), host)
    if ref.namespace and _label(target, "namespace", "namespace") != ref.namespace:
        return False
    if ref.kind == "Service":
        return _label(target, "service", "service_name") == ref.name
    pod = _label(target, "pod", "pod_name")
    if ref.kind == "Pod":
        return pod == ref.name
    if ref.kind not in WORKLOADS:
        return False
    # A Deployment's pods are its ReplicaSet's, a controller whose name ends in the template's hash.
    controller = target.discovered_labels.get(f"{_META}pod_controller_name", "")
    kind = target.discovered_labels.get(f"{_META}pod_controller_kind", "")
    if controller:
        name = controller.rpartition("-")[0] if kind == "ReplicaSet" else controller
        return name == ref.name
    return pod.startswith(f"{ref.name}-")


def _label(target: Target, name: str, discovered: str) -> str:
    return target.labels.get(name) or target.discovered_labels.get(_META + discovered, "")


def _where(target: Target) -> str:
    job = target.labels.get("job") or target.scrape_pool
    return safe_text(f"{target.labels.get('instance', '?')} · {job}")


def _told(target: Target) -> str:
    return f"{_where(target)}: {safe_text(target.last_error) or 'down'}"

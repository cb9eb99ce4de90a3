"""Which pods of a node have to leave it when it is drained, and which stay, as `kubectl drain` sorts them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatops.cluster.asides import aside
from chatops.cluster.models import Thing
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader


@dataclass(frozen=True, slots=True)
class Leaving:
    """The node's pods: those to evict, DaemonSets' pods and mirrors of static pods, which both stay."""

    pods: tuple[Pod, ...]
    daemons: tuple[Pod, ...]
    mirrors: tuple[Pod, ...]


def leaving(reader: Reader, node: str) -> Leaving:
    """The pods on the node, sorted out."""
    pods = reader.pods_on(node)
    return sort_out(pods, _daemon_sets(reader) if any(map(_is_daemons, pods)) else frozenset())


def sort_out(pods: Iterable[Pod], daemon_sets: frozenset[tuple[str, str]] | None) -> Leaving:
    """By kubectl's rules (kubectl/pkg/drain/filters.go), with --ignore-daemonsets and --force.

    A DaemonSet's pod stays, unless it has ended or its DaemonSet is none of `daemon_sets` (namespace and name; None:
    not known, each is taken to be there), when nothing would bring it back.
    """
    found: dict[str, list[Pod]] = {"pods": [], "daemons": [], "mirrors": []}
    for pod in pods:
        owner = pod.metadata.controller
        above = (pod.metadata.namespace, owner.name if owner else "")
        orphan = daemon_sets is not None and above not in daemon_sets
        if pod.is_mirror:
            found["mirrors"].append(pod)
        elif _is_daemons(pod) and not pod.has_ended and not orphan:
            found["daemons"].append(pod)
        else:
            found["pods"].append(pod)
    return Leaving(tuple(found["pods"]), tuple(found["daemons"]), tuple(found["mirrors"]))


def _is_daemons(pod: Pod) -> bool:
    owner = pod.metadata.controller
    return owner is not None and owner.kind == "DaemonSet"


def _daemon_sets(reader: Reader) -> frozenset[tuple[str, str]] | None:
    found: list[Thing] | None = aside(lambda: reader.every("DaemonSet", Thing), None)
    return None if found is None else frozenset((each.metadata.namespace, each.metadata.name) for each in found)

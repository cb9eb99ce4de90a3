"""How many more pods of a workload's size its cluster has room for. It reads nodes and pods, and changes nothing."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from chatops.cluster.answers import decode
from chatops.cluster.models import Model, Node, Texts, Workload, empty, listed, mapped
from chatops.cluster.nodes import is_open, seats_of
from chatops.cluster.pod_models import Pod, PodSpec
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import RESOURCES, reserved
from chatops.core.quantities import amount_in
from chatops.core.resources import ObjectRef

_LIVING = "status.phase!=Succeeded,status.phase!=Failed"


class _TemplateSpec(PodSpec):
    node_selector: Texts = None
    tolerations: list[dict[str, Any]] | None = None


class _Template(Model):
    spec: _TemplateSpec = empty(_TemplateSpec)


def spare_for(reader: Reader, ref: ObjectRef) -> int | None:
    """The pods like those of the workload `ref` that still fit, node by node, judged by requests as the scheduler does.

    Node selectors, taints and cordons count; affinities do not. None for pods that request nothing.
    """
    spec = decode(reader.fetch(ref, Workload).spec.template, _Template).spec
    size = {each: reserved(spec, each) for each in RESOURCES}
    if not any(size.values()):
        return None
    taken: dict[str, list[PodSpec]] = defaultdict(list)
    for pod in reader.every("Pod", Pod, fields=_LIVING):
        if pod.spec.node_name:
            taken[pod.spec.node_name].append(pod.spec)
    nodes = reader.every("Node", Node)
    return sum(_fits(node, size, taken[node.metadata.name]) for node in nodes if _takes(node, spec))


def _fits(node: Node, size: dict[str, Fraction], here: list[PodSpec]) -> int:
    counts = [max(0, seats_of(node) - len(here))]
    for name, wanted in size.items():
        if wanted:
            used = sum((reserved(spec, name) for spec in here), Fraction(0))
            counts.append(max(0, int((amount_in(node.status.allocatable, name) - used) // wanted)))
    return min(counts)


def _takes(node: Node, spec: _TemplateSpec) -> bool:
    if not is_open(node):
        return False
    if any(node.metadata.label(name) != value for name, value in mapped(spec.node_selector).items()):
        return False
    taints = [each for each in listed(node.spec.taints) if each.get("effect") in ("NoSchedule", "NoExecute")]
    return all(any(_tolerates(each, taint) for each in listed(spec.tolerations)) for taint in taints)


def _tolerates(toleration: dict[str, Any], taint: dict[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint.get("key"):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")

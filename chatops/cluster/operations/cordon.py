"""cordon and uncordon: whether the scheduler may put pods on a node. It knows nothing of the pods that are there."""

from typing import Any

from chatops.cluster.asides import aside
from chatops.cluster.models import Node
from chatops.cluster.nodes import takes_pods
from chatops.cluster.operations.edits import Edit
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change

CORDON, UNCORDON = "cordon", "uncordon"


class Cordon(Edit[Node]):
    """Sets or clears `unschedulable`, each the other's inverse."""

    model = Node
    foreseen_by = ()

    def refusal(self, seen: Node, action: str, params: dict[str, str]) -> Caution | None:
        if seen.spec.unschedulable is (action == CORDON):
            return Caution(cautions.ALREADY_CORDONED if action == CORDON else cautions.NOT_CORDONED)
        return None

    def changes(self, reader: Reader, seen: Node, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (cordoning(action == CORDON),)

    def cautions(self, reader: Reader, seen: Node, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        last = action == CORDON and not _another_takes_pods(reader, seen.metadata.name)
        return (Caution(cautions.LAST_OPEN_NODE),) if last else ()

    def body(self, seen: Node, action: str, params: dict[str, str]) -> dict[str, Any]:
        # kubectl takes the field away rather than writing false.
        return {"spec": {"unschedulable": True if action == CORDON else None}}

    def inverse(self, seen: Node, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]] | None:
        return (UNCORDON if action == CORDON else CORDON), {}


def cordoning(closes: bool) -> Change:
    """The line of the diff."""
    return Change("unschedulable", "false", "true") if closes else Change("unschedulable", "true", "false")


def _another_takes_pods(reader: Reader, name: str) -> bool:
    nodes: list[Node] | None = aside(lambda: reader.every("Node", Node), None)
    return nodes is None or any(takes_pods(node) for node in nodes if node.metadata.name != name)

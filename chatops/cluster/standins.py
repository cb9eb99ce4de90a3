"""Which workloads would be without a healthy replica if a node were gone. It reads pods and changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chatops.cluster.models import Meta
from chatops.cluster.node_models import Replica
from chatops.cluster.nodes import BOUND
from chatops.cluster.owners import Made, maker
from chatops.cluster.places import collection
from chatops.cluster.reader import Reader
from chatops.core.resources import ObjectRef


@dataclass(frozen=True, slots=True)
class Impact:
    """`alone`: workloads whose healthy replicas, if any, are all on this node. `ownerless`: pods nobody recreates."""

    alone: tuple[ObjectRef, ...] = ()
    ownerless: tuple[ObjectRef, ...] = ()


def impact_of(reader: Reader, node: str, metas: Iterable[Meta]) -> Impact:
    """Of the pods on the node, by their metadata; where their twins run is read namespace by namespace."""
    here: dict[Made, None] = {}
    ownerless = []
    for meta in metas:
        made = maker(meta)
        if made is None:
            ownerless.append(reader.ref("Pod", meta))
        elif made[1] not in BOUND:
            here[made] = None
    elsewhere: set[Made] = set()
    for namespace in dict.fromkeys(made[0] for made in here):
        path = collection("Pod", namespace)
        elsewhere |= reader.connection.fold(path, Replica, lambda pods: _healthy_elsewhere(pods, node))
    alone = sorted(made for made in here if made not in elsewhere)
    refs = tuple(ObjectRef(kind, name, namespace, cluster=reader.name) for namespace, kind, name in alone)
    return Impact(refs, tuple(ownerless))


def _healthy_elsewhere(pods: Iterator[Replica], node: str) -> set[Made]:
    found = (maker(pod.metadata) for pod in pods if pod.spec.node_name not in ("", node) and pod.ready)
    return {made for made in found if made is not None}

"""How full a claim's volume is, as the kubelet of a node that has it mounted measured it."""

from chatops.cluster.answers import decode
from chatops.cluster.facts import Facts
from chatops.cluster.models import Meta, listed
from chatops.cluster.places import place
from chatops.cluster.reader import Reader
from chatops.cluster.standing import said
from chatops.cluster.stats_models import Summary, Volume
from chatops.core.amounts import bar, bytes_text, percent
from chatops.core.resources import Health, ObjectRef

_FULL, _NEARLY_FULL = 97, 85
"""Percent from which on it is critical and worth a warning, as KubePersistentVolumeFillingUp has it."""


def measured(reader: Reader, node: str, claim: Meta) -> Volume | None:
    """What this node's kubelet knows of the claim's volume; None when it has not measured it.

    Some drivers give no numbers, and a volume just mounted has none for a minute. Raises what the way to the kubelet
    raises: without the right to nodes/proxy that is FORBIDDEN.
    """
    path = f"{place(ObjectRef('Node', node), 'proxy')}/stats/summary"
    summary = decode(reader.connection.get(path), Summary)
    for pod in listed(summary.pods):
        for volume in listed(pod.volume):
            named = volume.pvc_ref
            if named is not None and (named.namespace, named.name) == (claim.namespace, claim.name):
                return volume
    return None


def use_facts(use: Volume) -> Facts:
    """Space and inodes: the share that is gone, and what is left."""
    space, inodes = _shares(use)
    free, whole = use.available_bytes, use.capacity_bytes
    room = f" · {bytes_text(free)} free of {bytes_text(whole)}" if free is not None and whole is not None else ""
    nodes = f" · {use.inodes_free} free of {use.inodes}" if use.inodes_free is not None else ""
    return said(
        ("used", f"{bar(space)}{room}" if space is not None else ""),
        ("inodes", f"{bar(inodes)}{nodes}" if inodes is not None else ""),
    )


def use_health(use: Volume) -> Health:
    fullest = max(share or 0 for share in _shares(use))
    return Health.BAD if fullest >= _FULL else Health.WARN if fullest >= _NEARLY_FULL else Health.GOOD


def _shares(use: Volume) -> tuple[int | None, int | None]:
    """Percent of space and of inodes that is gone. What the file system keeps for root is gone too, though not used."""
    free, whole = use.available_bytes, use.capacity_bytes
    taken = whole - free if whole is not None and free is not None else use.used_bytes
    return percent(taken, whole), percent(use.inodes_used, use.inodes)

"""node_stats: how full a node's disks and memory are, as its kubelet tells, and which pods filled them."""

from collections.abc import Iterator
from datetime import datetime

from chatops.cluster.answers import decode
from chatops.cluster.conditions import as_it_should
from chatops.cluster.models import Node, listed
from chatops.cluster.nodes import node_health
from chatops.cluster.places import place
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.stats_models import Disk, NodeStats, PodStats, PressureStats, Summary
from chatops.core.amounts import percent, share_words, size_words
from chatops.core.failures import Failure, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef, worst
from chatops.core.texts import mark

_LEAST = {"fs": 10, "imageFs": 15}
"""Percent free below which a kubelet evicts, unless it is told otherwise (nodefs.available, imagefs.available)."""
_LEAST_INODES = 5
_LEAST_MEMORY = 100 * 2**20
"""Bytes (memory.available)."""

_FULL_CLAIM = 80
_MOST = 8
_WORTH_NAMING = 100 * 2**20
"""Bytes of logs or of a container's own layer that are said beside a pod's sum."""


def node_stats(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    node = reader.fetch(ref, Node)
    strained = [each.type for each in listed(node.status.conditions) if each.type != "Ready" and not as_it_should(each)]
    facts = [("pressure", safe_text(", ".join(strained)))] if strained else []
    try:
        summary = decode(reader.connection.get(place(ref, "proxy/stats/summary")), Summary)
    except Failure as failure:
        note = _absence(failure)
        if note is None:
            raise
        return Report("node_stats", ref, node_health(node), facts=tuple(facts), notes=(note,))
    disks = list(_disks(summary.node))
    told = [*facts, *(fact for fact, _ in disks)]
    pods = sorted(listed(summary.pods), key=_written, reverse=True)
    heavy = [pod for pod in pods[:_MOST] if _written(pod)]
    sections = (
        Section(mark("Ephemeral storage"), tuple(Line(_pod_words(pod)) for pod in heavy)),
        Section(mark("Full volumes"), tuple(_full_volumes(pods))),
    )
    health = [node_health(node), *(verdict for _, verdict in disks)]
    return Report(
        "node_stats",
        ref,
        worst(health),
        facts=tuple(told),
        sections=tuple(section for section in sections if section.lines),
        related=tuple(
            ObjectRef("Pod", pod.pod_ref.name, pod.pod_ref.namespace, pod.pod_ref.uid, reader.name) for pod in heavy[:4]
        ),
    )


def _absence(failure: Failure) -> Note | None:
    match failure.reason:
        case Reason.FORBIDDEN:
            return Note("stats_denied")
        case Reason.NOT_FOUND | Reason.REFUSED:
            return Note("stats_absent")
        case Reason.SERVER_ERROR | Reason.TIMEOUT:
            return Note("stats_unreachable", failure.detail)
        case _:
            return None


def _disks(node: NodeStats) -> Iterator[tuple[tuple[str, str], Health]]:
    """Each fact with its verdict; what the kubelet does not tell is left out."""
    for name, disk in (("fs", node.fs), ("imageFs", node.runtime.image_fs if node.runtime else None)):
        if disk is None or not disk.capacity_bytes:
            continue
        free = disk.available_bytes or 0
        left = free * 100 / disk.capacity_bytes
        words = share_words("memory", disk.capacity_bytes - free, disk.capacity_bytes)
        yield (name, f"{words}, {size_words(free)} free"), _verdict(left, _LEAST[name])
        if disk.inodes:
            spare = disk.inodes_free or 0
            used = percent(disk.inodes - spare, disk.inodes)
            yield (f"{name} inodes", f"{used}% used"), _verdict(spare * 100 / disk.inodes, _LEAST_INODES)
    memory = node.memory
    if memory and memory.available_bytes is not None:
        working = f", {size_words(memory.working_set_bytes)} in use" if memory.working_set_bytes else ""
        verdict = _verdict(memory.available_bytes, _LEAST_MEMORY)
        yield ("memory", f"{size_words(memory.available_bytes)} free{working}"), verdict
    for name, part in (("cpu", node.cpu), ("memory", memory), ("io", node.io)):
        if part and part.psi:
            yield (f"{name} stalled", _pressure_words(part.psi)), Health.GOOD
    limit = node.rlimit
    if limit and limit.maxpid and limit.curproc is not None:
        yield ("processes", f"{limit.curproc}/{limit.maxpid}"), Health.GOOD


def _verdict(left: float, least: float) -> Health:
    """BAD where the kubelet evicts by its defaults, WARN up to twice that."""
    if left < least:
        return Health.BAD
    return Health.WARN if left < 2 * least else Health.GOOD


def _pressure_words(stats: PressureStats) -> str:
    some, full = (f"{each.avg60 if each else 0.0:.1f}%" for each in (stats.some, stats.full))
    return f"some {some}, full {full} of the last minute"


def _written(pod: PodStats) -> int:
    return (pod.ephemeral.used_bytes or 0) if pod.ephemeral else 0


def _pod_words(pod: PodStats) -> str:
    """`shop/web 12Gi (logs 11Gi, layers 200Mi)`."""
    containers = listed(pod.containers)
    parts = (("logs", [each.logs for each in containers]), ("layers", [each.rootfs for each in containers]))
    sums = ((name, sum(_used(disk) for disk in disks)) for name, disks in parts)
    inside = ", ".join(f"{name} {size_words(size)}" for name, size in sums if size >= _WORTH_NAMING)
    words = f"{pod.pod_ref.namespace}/{pod.pod_ref.name} {size_words(_written(pod))}"
    return safe_text(f"{words} ({inside})" if inside else words)


def _used(disk: Disk | None) -> int:
    return (disk.used_bytes or 0) if disk else 0


def _full_volumes(pods: list[PodStats]) -> Iterator[Line]:
    for pod in pods:
        for volume in listed(pod.volume):
            share = percent(volume.used_bytes or 0, volume.capacity_bytes or 0)
            if volume.pvc_ref and share is not None and share >= _FULL_CLAIM:
                words = share_words("memory", volume.used_bytes or 0, volume.capacity_bytes or 0)
                claim = f"pvc {volume.pvc_ref.namespace}/{volume.pvc_ref.name}"
                yield Line(safe_text(f"{claim} {words}"), Health.BAD if share >= 95 else Health.WARN)

"""The pods of one thing, however many: the worst of them as views, the others counted. It keeps one page in memory."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from chatops.cluster import tables
from chatops.cluster.models import Workload
from chatops.cluster.places import collection
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import owner_ref, pod_facts, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.cluster.tables import NotATable, PodRow, pod_rows
from chatops.core.failures import Failure, Reason
from chatops.core.pods import pod_status, row_health
from chatops.core.resources import Health, ObjectRef, PodView

KEPT = 200
"""Pods of one thing that are worth keeping: 25 pages on a phone, which nobody turns."""

MANY = 500
"""Pods from which on a screen reads rows instead of whole objects."""

_RANKS = {health: health.rank for health in Health}
_GENERATED = 58
"""Characters of a generated name that are the maker's, at most; five random ones follow (apiserver's names.go)."""

X = TypeVar("X")
Ranked = tuple[int, int, str, X]
"""Rank of its health, restarts as a negative number, name, and whatever a view can be made of."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """`worst` come worst first; the counts are of all."""

    worst: tuple[PodView, ...] = ()
    count: int = 0
    failing: int = 0
    failing_restarts: int = 0


def crowd_of(reader: Reader, workload: Workload) -> Crowd:
    """The workload's pods from whole objects: every verdict and every container is right."""
    denied = reader.denied("Pod", workload.metadata.namespace)
    return reader.fold_pods_of(workload, Pod, lambda pods: _crowd(reader, pods, KEPT, denied))


def quick_crowd_of(reader: Reader, workload: Workload, kept: int | None = KEPT) -> Crowd:
    """The workload's pods for a list on a screen: rows where they are many, whole objects where they are not.

    A view made of a row has no containers, no owner, and no uid. `kept` None keeps all.
    """
    status = workload.status
    if max(status.replicas, status.desired_number_scheduled) > MANY:
        try:
            return _rows_of(reader, workload, kept)
        except NotATable:
            pass
    return reader.fold_pods_of(workload, Pod, lambda pods: _crowd(reader, pods, kept))


def quick_crowd_on(reader: Reader, node: str) -> Crowd:
    """All pods on a node, as `quick_crowd_of`; their rows come with metadata, which alone tells their namespaces."""
    first = reader.fold_pods_on(node, Pod, lambda pods: list(islice(pods, MANY + 1)))
    if len(first) <= MANY:
        return _crowd(reader, first, None)
    query = {"fieldSelector": f"spec.nodeName={node}", **tables.WITH_METADATA}

    def take(pages: Iterator[bytes]) -> Crowd:
        rows = (row for row in pod_rows(pages) if row.meta is not None)
        return _gathered(map(_row_ranked, rows), lambda row: _row_view(row, "", reader.name), None)

    try:
        return reader.connection.fold_pages(collection("Pod"), take, query, accept=tables.ACCEPT)
    except NotATable:
        return reader.fold_pods_on(node, Pod, lambda pods: _crowd(reader, pods, None))


def _crowd(reader: Reader, pods: Iterable[Pod], kept: int | None, denied: tuple[str, ...] = ()) -> Crowd:
    return _gathered(map(_ranked, pods), lambda pod: pod_view(pod, reader.name, denied), kept)


def _rows_of(reader: Reader, workload: Workload, kept: int | None) -> Crowd:
    """By the selector, then by name, for a row has no owner: controllers name what they make after themselves."""
    meta, selector = workload.metadata, selector_text(workload.spec.selector)
    if selector is None:
        return Crowd()
    made = _naming(reader, workload)

    def take(pages: Iterator[bytes]) -> Crowd:
        rows = (row for row in pod_rows(pages) if made(row.name))
        return _gathered(map(_row_ranked, rows), lambda row: _row_view(row, meta.namespace, reader.name), kept)

    query = {"labelSelector": selector, **tables.ROWS_ONLY}
    return reader.connection.fold_pages(collection("Pod", meta.namespace), take, query, accept=tables.ACCEPT)


def _naming(reader: Reader, workload: Workload) -> Callable[[str], bool]:
    name = workload.metadata.name
    if workload.kind == "StatefulSet":
        return lambda pod: pod.rpartition("-")[0] == name and pod.rpartition("-")[2].isdecimal()
    makers = {name}
    if workload.kind == "Deployment":
        try:
            makers = {meta.name for meta in reader.replica_sets_of(workload)}
        except Failure as failure:
            if failure.reason is not Reason.FORBIDDEN:
                raise
            return lambda pod: pod.rpartition("-")[0].rpartition("-")[0] == name
    stems = {f"{maker}-"[:_GENERATED] for maker in makers}
    return lambda pod: pod[:-5] in stems


def _gathered(found: Iterable[Ranked[X]], view: Callable[[X], PodView], kept: int | None) -> Crowd:
    count = failing = restarts = 0

    def counted() -> Iterator[Ranked[X]]:
        nonlocal count, failing, restarts
        for each in found:
            count += 1
            if each[0] == 0:
                failing += 1
                restarts -= each[1]
            yield each

    worst = sorted(counted(), key=_key) if kept is None else heapq.nsmallest(kept, counted(), key=_key)
    return Crowd(tuple(view(each[3]) for each in worst), count, failing, restarts)


def _key(ranked: Ranked[X]) -> tuple[int, int, str]:
    return ranked[:3]


def _ranked(pod: Pod) -> Ranked[Pod]:
    status = pod_status(pod_facts(pod))
    return _RANKS[status.health], -status.restarts, f"{pod.metadata.namespace}/{pod.metadata.name}", pod


def _row_ranked(row: PodRow) -> Ranked[PodRow]:
    name = f"{row.meta.namespace}/{row.name}" if row.meta else row.name
    return _RANKS[_health(row)], -row.restarts, name, row


def _health(row: PodRow) -> Health:
    # Up to two minutes kubectl counts in seconds; a scheduler that has found no node by then will not.
    unscheduled = not row.node and not row.age.endswith("s")
    return _judged(row.status, row.ready, row.total, min(row.restarts, 1), unscheduled)


@lru_cache(maxsize=1024)
def _judged(status: str, ready: int, total: int, restarts: int, unscheduled: bool) -> Health:
    return row_health(status, ready=ready, total=total, restarts=restarts, unscheduled=unscheduled)


def _row_view(row: PodRow, namespace: str, cluster: str) -> PodView:
    meta = row.meta
    owner = meta.controller if meta else None
    return PodView(
        ref=ObjectRef("Pod", row.name, meta.namespace if meta else namespace, meta.uid if meta else "", cluster),
        status=row.status,
        health=_health(row),
        ready=row.ready,
        total=row.total,
        restarts=row.restarts,
        node=row.node,
        created_at=meta.creation_timestamp if meta else None,
        owner=owner_ref(owner, meta.namespace, cluster) if owner and meta else None,
    )

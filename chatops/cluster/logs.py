"""Container logs. It picks the pod and the container, falls back where there is no earlier run, cleans and masks."""

from collections.abc import Sequence

from chatops.cluster.belongings import pods_below
from chatops.cluster.models import listed
from chatops.cluster.places import place
from chatops.cluster.plain import plain_line
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref, pod_view
from chatops.cluster.reader import Reader, containers_named
from chatops.core.failures import Permanent, Reason
from chatops.core.log_search import STAMP
from chatops.core.masking import mask_lines
from chatops.core.resources import Health, LogText, ObjectRef

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The pod's own word for which container people mean."""


_TRANSFER = 256 * 1024
"""Bytes of log that are fetched without a second thought."""


def read_logs(
    reader: Reader, ref: ObjectRef, *, container: str, previous: bool, tail: int, since: int = 0, limit_bytes: int
) -> LogText:
    """The last `tail` lines, at most `limit_bytes` of them, oldest first, each with Kubernetes' time stamp.

    `ref` is a pod, or a workload, Job or CronJob, whose most telling pod is read. `container` empty picks the failing
    one, else the one the pod names as its default, else the first. `since` leaves out what is more seconds old; 0
    leaves out nothing. `previous` asks for the run before; where there was none, the current run comes with
    `fell_back`.
    """
    pod, chosen = _pod(reader, ref)
    container = container or _telling(pod, reader.name)
    if container not in containers_named(pod):
        raise Permanent(Reason.NOT_FOUND, f"pod {ref.path} has no container {container}")
    of_pod = pod_ref(pod, reader.name)
    fell_back = False
    query = {"container": container, "timestamps": "true"} | ({"sinceSeconds": str(since)} if since else {})
    tail, limit_bytes = max(1, tail), max(1, limit_bytes)
    try:
        lines, older = _newest(reader, of_pod, query | ({"previous": "true"} if previous else {}), tail, limit_bytes)
    except Permanent as failure:
        if not previous or not _no_run_before(failure):
            raise
        lines, older = _newest(reader, of_pod, query, tail, limit_bytes)
        previous, fell_back = False, True
    return LogText(
        pod=of_pod,
        container=container,
        previous=previous,
        lines=lines,
        fell_back=fell_back,
        older=older,
        earlier_run=not fell_back and _ran_before(pod, container),
        containers=len(containers_named(pod)),
        chosen=chosen,
        above=ref if chosen else None,
    )


def _pod(reader: Reader, ref: ObjectRef) -> tuple[Pod, str]:
    """The pod to read, and why that one where several could be meant."""
    if ref.kind == "Pod":
        return reader.fetch(ref, Pod), ""
    found = pods_below(reader, ref)
    if not found:
        raise Permanent(Reason.REFUSED, f"{ref.short_kind} {ref.path} has no pods now")
    views = {pod.metadata.uid: pod_view(pod, reader.name) for pod in found}
    # Newest first, then by health: a sort keeps the order of equals.
    found.sort(key=_made, reverse=True)
    found.sort(key=lambda pod: views[pod.metadata.uid].health is not Health.BAD)
    failing = views[found[0].metadata.uid].health is Health.BAD
    return found[0], "only" if len(found) == 1 else "failing" if failing else "newest"


def _made(pod: Pod) -> tuple[float, str]:
    at = pod.metadata.creation_timestamp
    return (at.timestamp() if at else 0.0, pod.metadata.name)


def _newest(
    reader: Reader, ref: ObjectRef, query: dict[str, str], tail: int, limit_bytes: int
) -> tuple[tuple[str, ...], bool]:
    """The newest whole lines that fit, cleaned and masked, and whether there are older ones.

    Kubernetes' own limitBytes keeps the oldest bytes of the tail, so it only bounds the transfer, with room
    to spare, and the cut is made here. A tail that is longer still is asked for again with as many lines as
    fit. One line more than wanted is asked for, to know whether there is one.
    """
    transfer = max(_TRANSFER, limit_bytes * 2)
    asked = tail + 1
    while True:
        limits = {"tailLines": str(asked), "limitBytes": str(transfer)}
        data = reader.connection.log(place(ref, "log"), query | limits, limit_bytes=transfer)
        if len(data) < transfer or asked == 1:
            break
        asked = max(1, min(asked // 2, data.count(b"\n") // 2))
    told = data.decode(errors="replace").split("\n")
    if told and not told[-1]:
        told.pop()
    # Masked before anything is cut off: what is left of a secret has no shape any more.
    lines = mask_lines([_plain(line) for line in told])
    kept = _that_fit(lines[-tail:], limit_bytes)
    return kept, len(kept) < len(lines) or asked < tail + 1


def _plain(line: str) -> str:
    """A progress bar overwrites itself, and not the time stamp that Kubernetes put in front of it."""
    stamp = STAMP.match(line)
    return line[: stamp.end()] + plain_line(line[stamp.end() :]) if stamp else plain_line(line)


def _that_fit(lines: Sequence[str], limit_bytes: int) -> tuple[str, ...]:
    """From the end. Of one line longer than everything its beginning: that says more than its end."""
    left = limit_bytes
    for at in range(len(lines) - 1, -1, -1):
        left -= len(lines[at].encode()) + 1
        if left < 0:
            last = at == len(lines) - 1
            return (lines[at].encode()[:limit_bytes].decode(errors="ignore"),) if last else tuple(lines[at + 1 :])
    return tuple(lines)


def _telling(pod: Pod, cluster: str) -> str:
    failing = pod_view(pod, cluster).failing
    if failing is not None:
        return failing.name
    chosen = pod.metadata.annotation(DEFAULT_CONTAINER)
    names = containers_named(pod)
    return chosen if chosen in names else next(iter(names), "")


def _ran_before(pod: Pod, container: str) -> bool:
    statuses = (*listed(pod.status.container_statuses), *listed(pod.status.init_container_statuses))
    return any(status.restart_count > 0 for status in statuses if status.name == container)


def _no_run_before(failure: Permanent) -> bool:
    """Kubernetes says so with a 400 and a sentence; the kubelet's own wording differs between runtimes."""
    words = failure.detail.lower()
    return failure.reason in (Reason.REFUSED, Reason.NOT_FOUND) and "previous" in words

"""Container logs. It picks the container, falls back where there is no earlier run, cleans and masks the lines."""

from chatops.cluster.places import place
from chatops.cluster.plain import plain_line
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref, pod_view
from chatops.cluster.reader import Reader, containers_named
from chatops.core.failures import Permanent, Reason
from chatops.core.masking import mask_lines
from chatops.core.resources import LogText, ObjectRef

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The pod's own word for which container people mean."""


_TRANSFER = 256 * 1024
"""Bytes of log that are fetched without a second thought."""


def read_logs(
    reader: Reader, ref: ObjectRef, *, container: str, previous: bool, tail: int, limit_bytes: int
) -> LogText:
    """The last `tail` lines, at most `limit_bytes` of them, oldest first, each with Kubernetes' time stamp.

    `container` empty picks the failing one, else the one the pod names as its default, else the first.
    `previous` asks for the run before; where there was none, the current run comes with `fell_back`.
    """
    pod = reader.fetch(ref, Pod)
    container = container or _telling(pod, reader.name)
    if container not in containers_named(pod):
        raise Permanent(Reason.NOT_FOUND, f"pod {ref.path} has no container {container}")
    fell_back = False
    tail, limit_bytes = max(1, tail), max(1, limit_bytes)
    try:
        data = _newest(reader, ref, container, previous, tail, limit_bytes)
    except Permanent as failure:
        if not previous or not _no_run_before(failure):
            raise
        data = _newest(reader, ref, container, False, tail, limit_bytes)
        previous, fell_back = False, True
    lines = data.decode(errors="replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return LogText(
        pod=pod_ref(pod, reader.name),
        container=container,
        previous=previous,
        lines=mask_lines([plain_line(line) for line in lines]),
        fell_back=fell_back,
    )


def _newest(reader: Reader, ref: ObjectRef, container: str, previous: bool, tail: int, limit_bytes: int) -> bytes:
    """The newest whole lines that fit.

    Kubernetes' own limitBytes keeps the oldest bytes of the tail, so it only bounds the transfer, with room
    to spare, and the cut is made here. A tail that is longer still is asked for again with as many lines as
    fit.
    """
    transfer = max(_TRANSFER, limit_bytes * 2)
    while True:
        query = {
            "container": container,
            "tailLines": str(tail),
            "timestamps": "true",
            "limitBytes": str(transfer),
        }
        if previous:
            query["previous"] = "true"
        data = reader.connection.log(place(ref, "log"), query, limit_bytes=transfer)
        if len(data) < transfer or tail == 1:
            break
        tail = max(1, min(tail // 2, data.count(b"\n") // 2))
    if len(data) <= limit_bytes:
        return data
    if data.find(b"\n", 0, -1) < 0:
        # One line longer than everything: its beginning says more than its end.
        return data[:limit_bytes]
    data = data[-limit_bytes:]
    return data[data.find(b"\n", 0, -1) + 1 :]


def _telling(pod: Pod, cluster: str) -> str:
    failing = pod_view(pod, cluster).failing
    if failing is not None:
        return failing.name
    chosen = pod.metadata.annotation(DEFAULT_CONTAINER)
    names = containers_named(pod)
    return chosen if chosen in names else next(iter(names), "")


def _no_run_before(failure: Permanent) -> bool:
    """Kubernetes says so with a 400 and a sentence; the kubelet's own wording differs between runtimes."""
    words = failure.detail.lower()
    return failure.reason in (Reason.REFUSED, Reason.NOT_FOUND) and "previous" in words

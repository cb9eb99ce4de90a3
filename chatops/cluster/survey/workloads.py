"""One workload with all that its view needs."""

from collections.abc import Callable
from dataclasses import replace

from chatops.cluster.crowds import Crowd, crowd_of
from chatops.cluster.models import Workload
from chatops.cluster.ownership import Autoscalers
from chatops.cluster.reader import Reader
from chatops.cluster.revisions import Revision, revisions
from chatops.cluster.workloads import workload_view
from chatops.core.failures import Failure, Reason
from chatops.core.resources import WorkloadView


def see_workload(
    reader: Reader,
    workload: Workload,
    autoscalers: Autoscalers,
    look: Callable[[Reader, Workload], Crowd] = crowd_of,
) -> WorkloadView:
    """The workload with its pods, its revisions and its autoscaler. `look` reads the pods."""
    meta = workload.metadata
    view = workload_view(
        workload,
        _revisions(reader, workload),
        look(reader, workload),
        autoscalers.of(workload.kind, meta.namespace, meta.name),
        reader.name,
    )
    return replace(view, denied=reader.denied(workload.kind, meta.namespace))


def _revisions(reader: Reader, workload: Workload) -> list[Revision]:
    try:
        return revisions(reader, workload)
    except Failure as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        # The right to read revisions is given apart from the right to see the workload.
        return []

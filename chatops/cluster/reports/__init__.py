"""Reports: investigations that look at one object and what hangs on it, one module each. They change nothing."""

from collections.abc import Callable
from datetime import datetime

from chatops.cluster.reader import Reader
from chatops.cluster.reports.exec_diag import exec_diag
from chatops.cluster.reports.rollout_status import rollout_status
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef

Look = Callable[[Reader, ObjectRef, dict[str, str], datetime], Report]
"""Reads and judges. `params` narrow it; `now` is for ages. Raises Temporary and Permanent only."""

REPORTS: dict[str, Look] = {
    "exec_diag": exec_diag,
    "rollout_status": rollout_status,
}


def report(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """The report of the investigation `action`."""
    look = REPORTS.get(action)
    if look is None:
        raise Permanent(Reason.REFUSED, f"{action} is not a report of this cluster")
    return look(reader, ref, params, now)

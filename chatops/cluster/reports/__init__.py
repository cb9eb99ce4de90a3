"""Reports: investigations that look at one object and what hangs on it, one module each. They change nothing."""

from collections.abc import Callable
from datetime import datetime

from chatops.cluster.reader import Reader
from chatops.cluster.reports.capacity import capacity
from chatops.cluster.reports.component_health import component_health
from chatops.cluster.reports.config_check import config_check
from chatops.cluster.reports.csr_list import csr_list
from chatops.cluster.reports.node_pods import node_pods
from chatops.cluster.reports.node_stats import node_stats
from chatops.cluster.reports.node_status import node_status
from chatops.cluster.reports.rollout_history import rollout_history
from chatops.cluster.reports.rollout_status import rollout_status
from chatops.cluster.reports.target_health import target_health
from chatops.cluster.reports.top import top
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef

Look = Callable[[Reader, ObjectRef, dict[str, str], datetime], Report]
"""Reads and judges. `params` narrow it; `now` is for ages. Raises Temporary and Permanent only."""

REPORTS: dict[str, Look] = {
    "capacity": capacity,
    "component_health": component_health,
    "config_check": config_check,
    "csr_list": csr_list,
    "node_pods": node_pods,
    "node_stats": node_stats,
    "node_status": node_status,
    "rollout_history": rollout_history,
    "rollout_status": rollout_status,
    "target_health": target_health,
    "top": top,
}


def report(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """The report of the investigation `action`."""
    look = REPORTS.get(action)
    if look is None:
        raise Permanent(Reason.REFUSED, f"{action} is not a report of this cluster")
    return look(reader, ref, params, now)

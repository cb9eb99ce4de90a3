"""Reports: investigations that look at one object and what hangs on it, one module each. They change nothing."""

from collections.abc import Callable
from datetime import datetime

from chatops.cluster.reader import Reader
from chatops.cluster.reports.apiservice_status import apiservice_status
from chatops.cluster.reports.capacity import capacity
from chatops.cluster.reports.cert_status import cert_status
from chatops.cluster.reports.component_health import component_health
from chatops.cluster.reports.config_check import config_check
from chatops.cluster.reports.cronjob_status import cronjob_status
from chatops.cluster.reports.csr_list import csr_list
from chatops.cluster.reports.endpoints import endpoints
from chatops.cluster.reports.exec_diag import exec_diag
from chatops.cluster.reports.gitops_status import gitops_status
from chatops.cluster.reports.hpa_status import hpa_status
from chatops.cluster.reports.job_status import job_status
from chatops.cluster.reports.node_pods import node_pods
from chatops.cluster.reports.node_stats import node_stats
from chatops.cluster.reports.node_status import node_status
from chatops.cluster.reports.pdb_status import pdb_status
from chatops.cluster.reports.pvc_status import pvc_status
from chatops.cluster.reports.quota_status import quota_status
from chatops.cluster.reports.rollout_history import rollout_history
from chatops.cluster.reports.rollout_status import rollout_status
from chatops.cluster.reports.sections import with_file
from chatops.cluster.reports.target_health import target_health
from chatops.cluster.reports.top import top
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef

Look = Callable[[Reader, ObjectRef, dict[str, str], datetime], Report]
"""Reads and judges. `params` narrow it; `now` is for ages. Raises Temporary and Permanent only."""

REPORTS: dict[str, Look] = {
    "exec_diag": exec_diag,
    "rollout_status": rollout_status,
    "hpa_status": hpa_status,
    "job_status": job_status,
    "cronjob_status": cronjob_status,
    "pvc_status": pvc_status,
    "quota_status": quota_status,
    "pdb_status": pdb_status,
    "endpoints": endpoints,
    "apiservice_status": apiservice_status,
    "cert_status": cert_status,
    "gitops_status": gitops_status,
    "capacity": capacity,
    "component_health": component_health,
    "config_check": config_check,
    "csr_list": csr_list,
    "node_pods": node_pods,
    "node_stats": node_stats,
    "node_status": node_status,
    "rollout_history": rollout_history,
    "target_health": target_health,
    "top": top,
}


def report(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """The report of the investigation `action`, with all of it as a file where a phone cannot show all."""
    look = REPORTS.get(action)
    if look is None:
        raise Permanent(Reason.REFUSED, f"{action} is not a report of this cluster")
    return with_file(look(reader, ref, params, now))

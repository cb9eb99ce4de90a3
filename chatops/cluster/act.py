"""The actions by their ids: which operation answers for each. It knows nothing of how."""

from datetime import datetime

from chatops.cluster.operations.autoscaler import LowerMinimum, RaiseMaximum
from chatops.cluster.operations.certificates import Renewal
from chatops.cluster.operations.cleanup import Cleanup
from chatops.cluster.operations.cordon import Cordon
from chatops.cluster.operations.cron_jobs import Suspension, Trigger
from chatops.cluster.operations.deletion import Deletion
from chatops.cluster.operations.drain import Drain
from chatops.cluster.operations.eviction import Eviction
from chatops.cluster.operations.force_deletion import ForceDeletion
from chatops.cluster.operations.gitops import Sync
from chatops.cluster.operations.jobs import JobDeletion, Rerun
from chatops.cluster.operations.limits import RaiseLimit
from chatops.cluster.operations.node_deletion import NodeDeletion
from chatops.cluster.operations.operation import Operation, Stepwise
from chatops.cluster.operations.pausing import Pausing
from chatops.cluster.operations.quotas import QuotaRaise
from chatops.cluster.operations.requests import Approval
from chatops.cluster.operations.restart import Restart
from chatops.cluster.operations.scale import Scale
from chatops.cluster.operations.undo import Undo
from chatops.cluster.operations.volumes import Expansion
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import ACTIONS, Caution, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

OPERATIONS: dict[str, Operation] = {
    "rollout_restart": Restart(),
    "rollout_undo": Undo(),
    "scale_up": Scale(),
    "scale_down": Scale(),
    "rollout_pause": Pausing(),
    "rollout_resume": Pausing(),
    "raise_memory_limit": RaiseLimit("memory"),
    "raise_cpu_limit": RaiseLimit("cpu"),
    "delete_pod": Deletion(),
    "hpa_raise_max": RaiseMaximum(),
    "hpa_lower_min": LowerMinimum(),
    "job_rerun": Rerun(),
    "job_delete": JobDeletion(),
    "cronjob_trigger": Trigger(),
    "cronjob_suspend": Suspension(),
    "cronjob_resume": Suspension(),
    "pvc_expand": Expansion(),
    "raise_quota": QuotaRaise(),
    "approve_csr": Approval(),
    "cert_renew": Renewal(),
    "gitops_sync": Sync(),
    "evict_pod": Eviction(),
    "force_delete_pod": ForceDeletion(),
    "cleanup_pods": Cleanup(),
    "cordon": Cordon(),
    "uncordon": Cordon(),
    "drain": Drain(),
    "delete_node": NodeDeletion(),
}


def preview(reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
    """Read the object anew and try the change without effect. What it cannot be is the preview's refusal.

    Permanent(REPLACED) when `ref.uid` is no longer the object's, Permanent(NOT_FOUND) when it is gone.
    """
    known, operation = ACTIONS.get(action), OPERATIONS.get(action)
    if known is None or operation is None or ref.kind not in known.kinds:
        return Preview(Plan(action, ref, params=params), refusal=Caution(cautions.NOT_APPLICABLE, ref.kind))
    return operation.preview(reader, action, ref, params, now)


def perform(reader: Reader, plan: Plan) -> Performed:
    """Make the change, once. How it fails is said at `Operation.perform`."""
    return _of(plan).perform(reader, plan)


def proceed(reader: Reader, plan: Plan) -> Progress:
    """Make the next changes of a stepwise plan. Permanent(REFUSED) for a plan that is one change."""
    operation = _of(plan)
    if not isinstance(operation, Stepwise):
        raise Permanent(Reason.REFUSED, f"{plan.action} is one change, and was made")
    return operation.proceed(reader, plan)


def follow(reader: Reader, plan: Plan) -> Progress:
    """How far the performed plan has come."""
    return _of(plan).follow(reader, plan)


def happened(reader: Reader, plan: Plan) -> bool:
    """Whether the plan's change is in the cluster, for an outcome that is unknown."""
    return _of(plan).happened(reader, plan)


def _of(plan: Plan) -> Operation:
    """The plan's operation. Permanent(REFUSED) for a plan that no preview can have made."""
    operation = OPERATIONS.get(plan.action)
    if operation is None:
        raise Permanent(Reason.REFUSED, f"{plan.action} is not an action on the cluster")
    for name in operation.needs:
        value = plan.params.get(name, "")
        if not value or (name in _COUNTS and not (value.isascii() and value.isdigit() and len(value) < 10)):
            raise Permanent(Reason.REFUSED, f"a plan for {plan.action} without a proper {name}")
    return operation


_COUNTS = ("replicas", "max", "min", "total", "count", "found")
"""Parameters that are whole numbers."""

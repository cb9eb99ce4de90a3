"""drain: a node is closed, then its pods are evicted pass by pass, by the rules of `kubectl drain`.

What a budget forbids stays until the budget allows it: nothing here deletes instead.
"""

from collections.abc import Iterable
from datetime import datetime

from chatops.cluster.budgets import forbids, guards, read_budgets, told
from chatops.cluster.connection import MERGE_PATCH
from chatops.cluster.errors import NAMESPACE_ENDS
from chatops.cluster.leaving import leaving
from chatops.cluster.models import Node
from chatops.cluster.nodes import is_control_plane
from chatops.cluster.operations.cordon import UNCORDON, cordoning
from chatops.cluster.operations.drain_preview import drain_cautions, drain_changes, scope_of
from chatops.cluster.operations.eviction import evict
from chatops.cluster.operations.patching import ACTION_ID, SEEN, Patch, apply, dry_run, marks, ref_to
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.policy_models import Budget
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

AT_ONCE = 20
"""Evictions in one pass; between two passes the person can stop."""

TOTAL = "total"
"""Parameter of a plan: how many pods were to leave when it was made."""

_MOST_FAILURES = 3
"""Evictions that fail for good before the pass is given up: the next ones would too."""


class Drain:
    """Cordons, then evicts. The way back is an uncordon, where the node was open before; pods do not come back."""

    needs = (TOTAL,)

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What would leave and what stays, with what that means for everything else."""
        node, seen = reader.look(ref, Node)
        bound = ref_to(node, ref, reader)
        version = node.metadata.resource_version
        if is_control_plane(node):
            return Preview(Plan(action, bound, version, params), refusal=Caution(cautions.CONTROL_PLANE))
        scope = scope_of(reader, node.metadata.name)
        plan = Plan(action, bound, version, {**params, TOTAL: str(len(scope.leaving.pods)), SEEN: seen})
        refusal = dry_run(reader, ref, node, lambda each: _patch(plan, each))
        refusal = refusal or self._try_one(reader, scope.leaving.pods)
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        closing = () if node.spec.unschedulable else (cordoning(True),)
        return Preview(plan, changes=(*closing, *drain_changes(scope)), cautions=drain_cautions(scope))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Close the node under our action id. No pod has left yet; `proceed` sees to them."""
        before, version = apply(reader, plan, Node, lambda each: _patch(plan, each))
        undo = None if before.spec.unschedulable else Plan(UNCORDON, plan.ref, version)
        return Performed(undo, version)

    def proceed(self, reader: Reader, plan: Plan) -> Progress:
        """One pass over the pods that have not begun to leave.

        Of each workload those that are not ready go first: a budget spares them first, and where it refuses one pod it
        refuses the others too, which are not asked for then. A node that was opened meanwhile is drained no further.
        """
        node = reader.fetch(plan.ref, Node)
        if not node.spec.unschedulable:
            return self._progress(reader, plan, node)
        held: dict[str, str] = {}
        failures: list[str] = []
        asked = 0
        waiting = [pod for pod in leaving(reader, plan.ref.name).pods if pod.metadata.deletion_timestamp is None]
        for pod in sorted(waiting, key=lambda each: each.is_ready):
            owner = pod.metadata.controller
            workload = owner.uid if owner else pod.metadata.uid
            if workload in held:
                continue
            if asked == AT_ONCE or len(failures) == _MOST_FAILURES:
                break
            try:
                evict(reader, pod_ref(pod, reader.name))
                asked += 1
            except Permanent as failure:
                if failure.reason in (Reason.NOT_FOUND, Reason.CONFLICT, Reason.UNKNOWN_OUTCOME):
                    # Gone, another's by now, or to be seen in the next pass.
                    asked += 1
                elif failure.reason is Reason.BUDGET or NAMESPACE_ENDS in failure.detail:
                    held[workload] = failure.detail
                elif failure.reason in (Reason.FORBIDDEN, Reason.REFUSED):
                    failures.append(f"{pod.metadata.namespace}/{pod.metadata.name}: {failure.detail}")
                else:
                    raise
        return self._progress(reader, plan, node, held.values(), failures)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return self._progress(reader, plan, reader.fetch(plan.ref, Node))

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """Whether the node was closed by this very action."""
        node, action_id = reader.fetch(plan.ref, Node), plan.params.get("action_id", "")
        return bool(action_id) and node.spec.unschedulable and node.metadata.annotation(ACTION_ID) == action_id

    def _progress(
        self, reader: Reader, plan: Plan, node: Node, held: Iterable[str] = (), failures: Iterable[str] = ()
    ) -> Progress:
        """Pods that have left, of those there were. `held` are a refusal's own words, used where no budget is known."""
        left = leaving(reader, plan.ref.name).pods
        total = max(int(plan.params[TOTAL]), len(left))
        waiting = [pod for pod in left if pod.metadata.deletion_timestamp is None]
        going = len(left) - len(waiting)
        blocked = _blockers(reader, waiting)
        reasons = [f"blocked by PDB {told(blocked)}"] if blocked else list(dict.fromkeys(held))
        failed = "" if node.spec.unschedulable or not left else "the node was uncordoned meanwhile"
        return Progress(
            total - len(left),
            total,
            "; ".join([*([f"{going} terminating"] if going else []), *reasons]),
            finished=not left,
            failed="; ".join(failures) if left and not failed else failed,
        )

    def _try_one(self, reader: Reader, pods: Iterable[Pod]) -> Caution | None:
        """Whether evictions are allowed to us at all, by trying one. A budget's no is no verdict on the drain."""
        first = next((pod for pod in pods if pod.metadata.deletion_timestamp is None), None)
        if first is None:
            return None
        try:
            evict(reader, pod_ref(first, reader.name), dry_run=True)
        except Permanent as failure:
            if failure.reason is Reason.FORBIDDEN:
                return Caution(cautions.DENIED, failure.detail)
        return None


def _blockers(reader: Reader, waiting: list[Pod]) -> list[Budget]:
    budgets = read_budgets(reader) if waiting else []
    found: dict[str, Budget] = {}
    for pod in waiting:
        guarding = guards(budgets, pod)
        if forbids(guarding, pod):
            found.update({budget.metadata.uid: budget for budget in guarding})
    return list(found.values())


def _patch(plan: Plan, node: Node) -> Patch:
    metadata = {"resourceVersion": node.metadata.resource_version, "annotations": marks(plan.params)}
    return Patch({"metadata": metadata, "spec": {"unschedulable": True}}, MERGE_PATCH)

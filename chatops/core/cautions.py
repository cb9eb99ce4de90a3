"""The codes a Caution can carry, one sentence each in the screens.

It knows neither the sentences nor who raises them. `detail` is what the sentence is filled with; where none is named
here, it is empty.
"""

from typing import Final

MANAGED_BY: Final = "managed_by"
"""Somebody else writes this object and will revert a change by hand. detail: who ("Argo CD app shop")."""

AUTOSCALER: Final = "autoscaler"
"""An autoscaler owns the replica count. detail: "name min-max"."""

OWNERLESS: Final = "ownerless"
"""No controller owns the pod: deleted, it stays gone."""

TO_ZERO: Final = "to_zero"
"""No replica would be left: an outage."""

RECREATE: Final = "recreate"
"""Strategy Recreate: every pod stops before the first replacement starts."""

LAST_REPLICA: Final = "last_replica"
"""It is the only ready pod of its workload. detail: the workload as kind/name."""

PAUSED: Final = "paused"
"""The Deployment's rollout is paused: a change of its template starts nothing (refusal)."""

ON_DELETE: Final = "on_delete"
"""updateStrategy OnDelete: pods are replaced only as somebody deletes them (refusal)."""

SAME_TEMPLATE: Final = "same_template"
"""The revision asked for equals what runs (refusal). detail: its number."""

NO_REVISION: Final = "no_revision"
"""There is no such revision to go back to (refusal). detail: its number, empty when there is no history."""

AT_LIMIT: Final = "at_limit"
"""The count asked for is outside what policy allows in one step (refusal). detail: "lowest-highest"."""

ALREADY: Final = "already"
"""The count is what was asked for, or past it in the wanted direction (refusal). detail: the count."""

NOT_APPLICABLE: Final = "not_applicable"
"""The action does not exist for this kind of object (refusal). detail: the kind."""

BAD_PARAM: Final = "bad_param"
"""A parameter cannot be read (refusal). detail: the parameter's name."""

EMPTY_DIR: Final = "empty_dir"
"""The pod's emptyDir volumes go with it. detail: their names."""

BUDGET_UNASKED: Final = "budget_unasked"
"""A plain deletion asks no disruption budget, and one would forbid it. detail: "namespace/name healthy/needed"."""

BUDGET: Final = "budget"
"""A disruption budget allows no eviction of the pod now (refusal). detail: "namespace/name healthy/needed"."""

SEVERAL_BUDGETS: Final = "several_budgets"
"""Several budgets select the pod, which Kubernetes never evicts (refusal, or of a drain). detail: as `budget`."""

STATIC_POD: Final = "static_pod"
"""The kubelet runs the pod from a file of its node (refusal). detail: the node."""

NOT_STUCK: Final = "not_stuck"
"""The pod can end in the ordinary way (refusal of a deletion by force)."""

MAY_RUN_ON: Final = "may_run_on"
"""Deleted by force: its containers may go on running. detail: the node."""

TWO_WRITERS: Final = "two_writers"
"""A StatefulSet's pod deleted by force: its successor may run beside it. detail: the workload as kind/name."""

FINALIZERS: Final = "finalizers"
"""The pod goes only when these finalizers are removed. detail: their names."""

ALL_AT_ONCE: Final = "all_at_once"
"""A rolling update may stop every pod there is before the first new one is ready."""

ALREADY_PAUSED: Final = "already_paused"
"""The rollout is paused already (refusal)."""

NOT_PAUSED: Final = "not_paused"
"""The rollout is not paused (refusal)."""

NO_LIMIT: Final = "no_limit"
"""The container has no such limit to raise (refusal). detail: the container."""

NOT_MORE: Final = "not_more"
"""The size asked for is not above the limit there is (refusal). detail: the limit."""

NO_NODE_SO_BIG: Final = "no_node_so_big"
"""No node can give as much. detail: what the largest can give."""

ALREADY_CORDONED: Final = "already_cordoned"
"""The node takes no new pods already (refusal)."""

NOT_CORDONED: Final = "not_cordoned"
"""The node takes new pods already (refusal)."""

LAST_OPEN_NODE: Final = "last_open_node"
"""No other node would take new pods."""

NODE_IS_READY: Final = "node_is_ready"
"""The node is ready: its machine lives (refusal)."""

PODS_GIVEN_UP: Final = "pods_given_up"
"""Pods of a deleted node, which may go on running there. detail: how many."""

CONTROL_PLANE: Final = "control_plane"
"""The node runs the control plane (refusal)."""

BUDGETS_BLOCK: Final = "budgets_block"
"""Budgets that allow no eviction now, of a drain. detail: as `budget`, several."""

EMPTY_DIR_PODS: Final = "empty_dir_pods"
"""Pods of a drain whose emptyDir volumes go with them. detail: "count (names)"."""

OWNERLESS_PODS: Final = "ownerless_pods"
"""Pods of a drain that nobody recreates. detail: "count (names)"."""

NONE_LEFT: Final = "none_left"
"""Workloads whose ready pods are all on the node. detail: "count (kind/name, ...)"."""

NO_ROOM: Final = "no_room"
"""Pods of a drain that fit on no other node. detail: how many."""

ROOM_UNKNOWN: Final = "room_unknown"
"""The other nodes cannot be read, so nobody knows whether the pods fit there."""

NO_FAILED_PODS: Final = "no_failed_pods"
"""There is no failed pod to clean up (refusal)."""

ONLY_SOME: Final = "only_some"
"""More failed pods than go at once. detail: "how many go/how many there are"."""

JOB_PODS_KEPT: Final = "job_pods_kept"
"""Failed pods of Jobs, which are kept for their logs. detail: how many."""

GOING: Final = "going"
"""The pod is being deleted already (refusal)."""

DENIED: Final = "denied"
"""The server-side dry run was turned down (refusal). detail: the server's own words."""

STANDS_AT: Final = "stands_at"
"""It is set to that already, or past it in the wanted direction (refusal). detail: the present value."""

SPARE_ROOM: Final = "spare_room"
"""How many more pods of the target's size the schedulable nodes hold. detail: the count."""

SHORT_ROOM: Final = "short_room"
"""The nodes hold fewer more pods than the new maximum allows. detail: how many fit."""

ABOVE_MAX: Final = "above_max"
"""More replicas run than the maximum gone back to allows. detail: how many run."""

DELETING: Final = "deleting"
"""The object is being deleted already (refusal)."""

JOB_RUNS: Final = "job_runs"
"""The job has neither completed nor failed yet (refusal)."""

REPEATS: Final = "repeats"
"""The job's work is done once more, and not every job may be repeated."""

CUT_OFF: Final = "cut_off"
"""The job to be deleted still runs."""

LOGS_GO: Final = "logs_go"
"""The job's pods are deleted with it, and their logs."""

COMES_AGAIN: Final = "comes_again"
"""A controller makes such jobs. detail: it as kind/name."""

OVERLAPS: Final = "overlaps"
"""A run is under way that the concurrency policy wants to be alone. detail: the policy."""

RUNS_GO_ON: Final = "runs_go_on"
"""Runs that have started are not stopped by a suspension."""

ALREADY_SUSPENDED: Final = "already_suspended"
"""The CronJob is suspended already (refusal)."""

NOT_SUSPENDED: Final = "not_suspended"
"""The CronJob is not suspended (refusal)."""

MISSED_RUNS: Final = "missed_runs"
"""A run missed during the suspension still counts as due."""

NOT_BOUND: Final = "not_bound"
"""The claim has no volume to expand (refusal). detail: its phase."""

NO_EXPANSION: Final = "no_expansion"
"""The storage class does not allow expansion (refusal). detail: its name."""

NO_SHRINK: Final = "no_shrink"
"""An expanded volume cannot be shrunk."""

TEMPLATE_KEEPS: Final = "template_keeps"
"""A StatefulSet's claim template keeps the old size. detail: the StatefulSet as kind/name."""

MAY_NEED_RESTART: Final = "may_need_restart"
"""Some drivers grow the file system only when its pod starts anew."""

BELOW_USE: Final = "below_use"
"""The quota gone back to is less than what is used. detail: what is used."""

FOREIGN_SIGNER: Final = "foreign_signer"
"""Requests for this signer are not approved here (refusal). detail: the signer."""

DECIDED: Final = "decided"
"""The request was approved or denied already (refusal). detail: the condition."""

NO_NODE: Final = "no_node"
"""A node's certificate is asked for by somebody who is no node. detail: the requestor."""

ISSUING: Final = "issuing"
"""The certificate is being issued already (refusal)."""

SYNCING: Final = "syncing"
"""An operation runs on the application already (refusal)."""

IN_SYNC: Final = "in_sync"
"""The application is in sync already."""

SUSPENDED: Final = "suspended"
"""Its reconciliation is suspended: nothing would happen (refusal)."""

CODES: Final = frozenset(
    {
        MANAGED_BY,
        AUTOSCALER,
        OWNERLESS,
        TO_ZERO,
        RECREATE,
        LAST_REPLICA,
        PAUSED,
        ON_DELETE,
        SAME_TEMPLATE,
        NO_REVISION,
        AT_LIMIT,
        ALREADY,
        NOT_APPLICABLE,
        BAD_PARAM,
        EMPTY_DIR,
        BUDGET_UNASKED,
        BUDGET,
        SEVERAL_BUDGETS,
        STATIC_POD,
        NOT_STUCK,
        MAY_RUN_ON,
        TWO_WRITERS,
        FINALIZERS,
        ALL_AT_ONCE,
        ALREADY_PAUSED,
        NOT_PAUSED,
        NO_LIMIT,
        NOT_MORE,
        NO_NODE_SO_BIG,
        ALREADY_CORDONED,
        NOT_CORDONED,
        LAST_OPEN_NODE,
        NODE_IS_READY,
        PODS_GIVEN_UP,
        CONTROL_PLANE,
        BUDGETS_BLOCK,
        EMPTY_DIR_PODS,
        OWNERLESS_PODS,
        NONE_LEFT,
        NO_ROOM,
        ROOM_UNKNOWN,
        NO_FAILED_PODS,
        ONLY_SOME,
        JOB_PODS_KEPT,
        GOING,
        DENIED,
        STANDS_AT,
        SPARE_ROOM,
        SHORT_ROOM,
        ABOVE_MAX,
        DELETING,
        JOB_RUNS,
        REPEATS,
        CUT_OFF,
        LOGS_GO,
        COMES_AGAIN,
        OVERLAPS,
        RUNS_GO_ON,
        ALREADY_SUSPENDED,
        NOT_SUSPENDED,
        MISSED_RUNS,
        NOT_BOUND,
        NO_EXPANSION,
        NO_SHRINK,
        TEMPLATE_KEEPS,
        MAY_NEED_RESTART,
        BELOW_USE,
        FOREIGN_SIGNER,
        DECIDED,
        NO_NODE,
        ISSUING,
        SYNCING,
        IN_SYNC,
        SUSPENDED,
    }
)
"""Every code above, so that a test can hold the screens to it."""

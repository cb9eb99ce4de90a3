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

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
    }
)
"""Every code above, so that a test can hold the screens to it."""

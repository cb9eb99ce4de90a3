"""What happens to incidents, and what people change in clusters."""

from collections.abc import Iterable

from prometheus_client import Counter, Histogram

from chatops.core.actions import ACTIONS, ActionState
from chatops.core.audit import EntryType
from chatops.metrics.labels import one_of

_WRITTEN = Counter(
    "chatops_incident_events_total",
    "What happened to incidents: the lines of the audit log that they wrote, by type.",
    ["event"],
)
_ACTIONS = Counter(
    "chatops_actions_total", "Changes in clusters that have ended, by action and outcome.", ["action", "outcome"]
)
_TOOK = Histogram(
    "chatops_action_seconds",
    "From a change being confirmed to its outcome, by action.",
    ["action"],
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 900),
)

_EVENTS = frozenset(map(str, EntryType))
_STATES = frozenset(map(str, ActionState))
_OF_EVENT = {event: _WRITTEN.labels(event) for event in (EntryType.OPENED, EntryType.DENIED)}


def incident_written(events: Iterable[str]) -> None:
    """`events` are audit.EntryType values."""
    for event in events:
        child = _OF_EVENT.get(event)  # type: ignore[call-overload]  # a StrEnum is its text
        (child or _WRITTEN.labels(one_of(event, _EVENTS))).inc()


def incidents_opened(number: int) -> None:
    """So many at once, in a storm."""
    _OF_EVENT[EntryType.OPENED].inc(number)


def action_ended(action: str, state: str, seconds: float) -> None:
    """`action` is an id of the catalogue, `state` an actions.ActionState; `seconds` since it was confirmed."""
    known = one_of(action, ACTIONS)
    _ACTIONS.labels(known, one_of(state, _STATES)).inc()
    _TOOK.labels(known).observe(max(0.0, seconds))

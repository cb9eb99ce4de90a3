"""What an incident has decided, as a line of the log and for the metrics. Only what is on disk is told."""

from typing import Any

import structlog

from chatops import metrics
from chatops.core.audit import EntryType
from chatops.core.incidents import Decision, Event, Incident
from chatops.core.incidents.events import AlertsReceived, press_of

log = structlog.get_logger()


def tell_decided(
    before: Incident, decision: Decision, event: Event, *, inbox: tuple[int, ...] = (), update_id: int | None = None
) -> None:
    """Nothing of what changed nothing: a look at the cluster, a repeat."""
    after = decision.incident
    ended = _ended(before, after)
    if ended:
        metrics.action_ended(*ended)
    if not decision.entries:
        return
    events = [str(entry.type) for entry in decision.entries]
    metrics.incident_written(events)
    press, run = press_of(event), after.run
    told: dict[str, Any] = {
        "incident": after.id,
        "by": press.by.id if press else None,
        "inbox": inbox[0] if inbox else None,
        "update": update_id,
    }
    if run is not None and run != before.run:
        told.update(run=run.id, action=run.plan.action, state=str(run.state), problem=run.problem or None)
    log.info(
        "decided",
        about=type(event).__name__,
        written=" ".join(events),
        status=str(after.status),
        revision=after.revision,
        **{name: value for name, value in told.items() if value is not None},
    )


def tell_opened(incident_id: int, *, inbox: int) -> None:
    """The same of one that was opened where its webhook was routed, in one transaction with others or alone."""
    log.info("decided", about=AlertsReceived.__name__, written=str(EntryType.OPENED), incident=incident_id, inbox=inbox)


def _ended(before: Incident, after: Incident) -> tuple[str, str, float] | None:
    """The change of this incident that has come to an outcome just now: its action, that, and after how long."""
    run, was = after.run, before.run
    if run is None or run.state.running or was is None or was.id != run.id or not was.state.running:
        return None
    seconds = (run.finished_at - run.requested_at).total_seconds() if run.finished_at else 0.0
    return run.plan.action, str(run.state), seconds

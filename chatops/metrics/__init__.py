"""What is counted, behind one function each. No label ever names an incident, a pod, a chat or a person.

docs/metrics.md says what each means; a test holds the two to each other.
"""

from prometheus_client import Gauge, disable_created_metrics

from chatops import __version__
from chatops.metrics.actions import action_ended, incident_written, incidents_opened
from chatops.metrics.clusters import (
    kubernetes_answered,
    kubernetes_worked,
    upstream_worked,
)
from chatops.metrics.collected import Manned, Sources, look_at
from chatops.metrics.delivery import (
    first_shown,
    received,
    telegram_answered,
    telegram_asked_to_wait,
    telegram_took,
    telegram_waits,
)
from chatops.metrics.intake import webhook_answered, webhook_committed, webhook_routed, webhooks_waiting
from chatops.metrics.upkeep import (
    actor_restarted,
    audit_log_changed,
    books_looked_at,
    committed,
    database_answers,
    database_failed,
    figures_counted,
    leading,
    self_audited,
)

__all__ = [
    "Manned",
    "Sources",
    "action_ended",
    "actor_restarted",
    "audit_log_changed",
    "books_looked_at",
    "committed",
    "database_answers",
    "database_failed",
    "figures_counted",
    "first_shown",
    "incident_written",
    "incidents_opened",
    "kubernetes_answered",
    "kubernetes_worked",
    "leading",
    "look_at",
    "received",
    "self_audited",
    "telegram_answered",
    "telegram_asked_to_wait",
    "telegram_took",
    "telegram_waits",
    "upstream_worked",
    "webhook_answered",
    "webhook_committed",
    "webhook_routed",
    "webhooks_waiting",
]

# A second series beside each counter that says when it began: Prometheus' text has no use for it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library types it in part
Gauge("chatops_build_info", "1, with the version that runs.", ["version"]).labels(__version__).set(1)

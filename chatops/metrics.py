"""What is counted, behind one function each. No label ever names an incident, a pod or a person."""

from collections.abc import Collection

from prometheus_client import Counter, Gauge, Histogram

from chatops.core.self_audit import Breach

_WEBHOOKS = Counter("chatops_webhooks_total", "Requests to the intake, by the HTTP status answered.", ["code"])
_COMMIT = Histogram(
    "chatops_webhook_commit_seconds",
    "From a webhook's body being read to it being on disk.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_WAITING = Gauge("chatops_webhooks_waiting", "Webhooks read and not yet on disk.")
_TELEGRAM = Counter(
    "chatops_telegram_answers_total", "Answers of the Bot API, by method and outcome.", ["method", "code"]
)
_KUBERNETES = Counter(
    "chatops_kubernetes_work_total", "Work done at clusters, by kind and outcome.", ["work", "outcome"]
)
_UPSTREAM = Counter(
    "chatops_upstream_work_total", "Work done at Alertmanager and Prometheus, by kind and outcome.", ["work", "outcome"]
)
_RESTARTS = Counter("chatops_actor_restarts_total", "Actors started again after a crash, by role.", ["role"])

_BACKLOG = Gauge("chatops_inbox_waiting", "Webhooks on disk that not every incident has worked through.")
_UNSEEN = Gauge("chatops_incidents_unseen", "Open incidents that no reachable chat shows.")
_UNDELIVERED = Gauge(
    "chatops_undelivered_oldest_seconds", "Age of the oldest change that is not on its card; 0 where none is."
)
_BREACHED = Gauge("chatops_self_audit_breached", "1 while the self-audit finds this breach.", ["breach"])
_HEARTBEAT = Gauge(
    "chatops_self_audit_ok_timestamp_seconds", "When the self-audit last found everything shown. Alert on its age."
)

_TAMPERED = Gauge("chatops_audit_log_changed", "1 once the audit log was found not to be as it was written.")


def books_looked_at(waiting: int, unseen: int, oldest: float) -> None:
    """`oldest` in seconds."""
    _BACKLOG.set(waiting)
    _UNSEEN.set(unseen)
    _UNDELIVERED.set(oldest)


def self_audited(breaches: Collection[str], now: float) -> None:
    """`breaches` are self_audit.Breach values, none of ours in a clean round; `now` is Unix seconds."""
    for breach in Breach:
        _BREACHED.labels(breach.value).set(breach in breaches)
    if not any(Breach(breach).ours for breach in breaches):
        _HEARTBEAT.set(now)


def audit_log_changed(*, changed: bool) -> None:
    _TAMPERED.set(changed)


def webhook_answered(status: int) -> None:
    _WEBHOOKS.labels(str(status)).inc()


def webhook_committed(seconds: float) -> None:
    _COMMIT.observe(seconds)


def webhooks_waiting(number: int) -> None:
    _WAITING.set(number)


def telegram_answered(method: str, code: str) -> None:
    """`method` is one of the Bot API's, `code` an HTTP status or a failures.Reason value."""
    _TELEGRAM.labels(method, code).inc()


def kubernetes_worked(work: str, outcome: str) -> None:
    """`work` is the kind of an executor's work; `outcome` is `ok` or a failures.Reason value."""
    _KUBERNETES.labels(work, outcome).inc()


def upstream_worked(work: str, outcome: str) -> None:
    """`work` is the kind of work; `outcome` is `ok` or a failures.Reason value."""
    _UPSTREAM.labels(work, outcome).inc()


def actor_restarted(role: str) -> None:
    """`role` is the first part of an address: `incident`, never `incident 42`."""
    _RESTARTS.labels(role).inc()

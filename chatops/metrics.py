"""What is counted, behind one function each. No label ever names an incident, a pod or a person."""

from prometheus_client import Counter, Gauge, Histogram

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

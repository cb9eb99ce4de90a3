"""What Alertmanager sends, until an incident has it."""

from prometheus_client import Counter, Gauge, Histogram

from chatops.metrics.labels import outcome

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

_WEBHOOKS = Counter("chatops_webhooks_total", "Requests to the intake, by the HTTP status answered.", ["code"])
_COMMIT = Histogram(
    "chatops_webhook_commit_seconds", "From a webhook's body being read to it being on disk.", buckets=_FAST
)
_WAITING = Gauge("chatops_webhooks_waiting", "Webhooks read and not yet on disk.")
_ROUTED = Histogram(
    "chatops_webhook_routed_seconds",
    "From a webhook being received to its incidents having it.",
    buckets=(*_FAST, 10, 30, 60, 300),
)

_OF_STATUS = {status: _WEBHOOKS.labels(str(status)) for status in (200, 401, 413, 503)}
"""So that these are 0 before they happen, and cost a look-up."""


def webhook_answered(status: int) -> None:
    child = _OF_STATUS.get(status)
    (child or _WEBHOOKS.labels(outcome(status))).inc()


def webhook_committed(seconds: float) -> None:
    _COMMIT.observe(seconds)


def webhooks_waiting(number: int) -> None:
    _WAITING.set(number)


def webhook_routed(seconds: float) -> None:
    _ROUTED.observe(max(0.0, seconds))

"""What is asked of Kubernetes, Alertmanager and Prometheus."""

from prometheus_client import Counter, Histogram

from chatops.core.permissions import RESOURCES
from chatops.metrics.labels import OTHER, Words, one_of, outcome

_REQUESTS = Counter(
    "chatops_kubernetes_requests_total",
    "Requests to Kubernetes' API, by verb, resource and the HTTP status or what went wrong.",
    ["verb", "resource", "code"],
)
_TOOK = Histogram(
    "chatops_kubernetes_request_seconds",
    "How long Kubernetes' API took to answer a request, by verb.",
    ["verb"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_KUBERNETES = Counter(
    "chatops_kubernetes_work_total", "Work done at clusters, by kind and outcome.", ["work", "outcome"]
)
_UPSTREAM = Counter(
    "chatops_upstream_work_total", "Work done at Alertmanager and Prometheus, by kind and outcome.", ["work", "outcome"]
)

VERBS = ("get", "list", "create", "update", "patch", "delete")
SUBRESOURCES = ("eviction", "exec", "log", "proxy", "scale", "status", "token", "approval")
DISCOVERY = "discovery"
_PLURALS = frozenset(
    {
        *(plural for _, plural in RESOURCES.values()),
        *("configmaps", "secrets", "selfsubjectrulesreviews", "selfsubjectaccessreviews", DISCOVERY),
    }
)
_WORK = Words(60)
_TOOK_OF = {verb: _TOOK.labels(verb) for verb in (*VERBS, OTHER)}


def kubernetes_answered(verb: str, resource: str, code: object, seconds: float) -> None:
    """`verb` and `resource` as RBAC names them (`pods/log`); `code` is an HTTP status or a failures.Reason."""
    plural, _, part = resource.partition("/")
    known = one_of(plural, _PLURALS)
    if part and known != OTHER:
        known = f"{known}/{one_of(part, SUBRESOURCES)}"
    verb = one_of(verb, VERBS)
    _REQUESTS.labels(verb, known, outcome(code)).inc()
    _TOOK_OF[verb].observe(seconds)


def kubernetes_worked(work: str, result: str) -> None:
    """`work` is the kind of an executor's work; `result` is `ok` or a failures.Reason value."""
    _KUBERNETES.labels(_WORK(work), outcome(result, "ok")).inc()


def upstream_worked(work: str, result: str) -> None:
    """`work` is the kind of work; `result` is `ok` or a failures.Reason value."""
    _UPSTREAM.labels(_WORK(work), outcome(result, "ok")).inc()

"""How the service itself is: its actors, its database, what the self-audit finds, who leads."""

from collections.abc import Callable, Collection, Mapping

from prometheus_client import Counter, Gauge, Histogram

from chatops.core.alerts import Severity
from chatops.core.self_audit import Breach
from chatops.metrics.labels import Words, outcome

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

_ACTIVE = Gauge(
    "chatops_incidents_active",
    "Active incidents by severity, open or taken; counted every 15 seconds, and left out while that cannot be done.",
    ["severity", "state"],
)
_SIZE = Gauge("chatops_database_size_bytes", "What the database takes on its disk.")
_ANSWERS = Gauge("chatops_database_up", "1 while the database answers within its time.")
_COMMITS = Histogram(
    "chatops_database_commit_seconds",
    "How long a transaction that writes took, its commit included.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_JOBS = Counter("chatops_database_jobs_total", "Jobs written by the database's thread; many may share a transaction.")
_FAILED = Counter("chatops_database_failures_total", "Transactions that failed, by what went wrong.", ["reason"])
_LEADER = Gauge("chatops_leader", "1 in the replica that acts, 0 in one that stands by or is not certain to lead.")


_ROLES = Words(40)
STATES = ("open", "taken")


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


def actor_restarted(role: str) -> None:
    """`role` is the first part of an address: `incident`, never `incident 42`."""
    _RESTARTS.labels(_ROLES(role)).inc()


def figures_counted(active: Mapping[tuple[str, str], int], size: int) -> None:
    """`active` by severity and state; `size` in bytes."""
    for severity in map(str, Severity):
        for state in STATES:
            _ACTIVE.labels(severity, state).set(active.get((severity, state), 0))
    _SIZE.set(size)
    _ANSWERS.set(1)


def database_answers(*, answers: bool) -> None:
    """What it last said is no longer true when it does not."""
    _ANSWERS.set(answers)
    if not answers:
        _ACTIVE.clear()


def committed(seconds: float, jobs: int) -> None:
    """A transaction of so many jobs is on disk."""
    _COMMITS.observe(seconds)
    _JOBS.inc(jobs)


def database_failed(reason: str) -> None:
    """`reason` is a failures.Reason value, or whatever else it was."""
    _FAILED.labels(outcome(reason)).inc()


def leading(leads: bool, certain: Callable[[], bool] | None = None) -> None:
    """Whether this replica acts. One that stands alone always does; what one that no longer does knew is old.

    `certain`: whether it still does, where that is not certain at any time. It is asked with each scrape.
    """
    _LEADER.set_function(lambda: float(leads and (certain is None or certain())))
    if not leads:
        books_looked_at(0, 0, 0.0)
        self_audited((), 0.0)
        _ACTIVE.clear()

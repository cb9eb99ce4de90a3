"""How an Argo CD Application stands: in sync or not, healthy or not, and how its last operation ended. Pure."""

from chatops.cluster.gitops_models import Application, AppResource
from chatops.cluster.plain import safe_text
from chatops.cluster.standing import Standing, said
from chatops.core.reports import Line
from chatops.core.resources import Health

_HEALTH = {
    "Healthy": Health.GOOD,
    "Progressing": Health.WARN,
    "Suspended": Health.WARN,
    "Degraded": Health.BAD,
    "Missing": Health.BAD,
}
_HERE = ("", "https://kubernetes.default.svc")
_SHORT = 12
"""Characters of a git commit that tell it from all others."""


def application_standing(app: Application) -> Standing:
    """BAD when degraded or when its last operation failed, WARN when out of sync or on its way."""
    status, spec = app.status, app.spec
    operation = status.operation_state
    sources = spec.sources or ([spec.source] if spec.source is not None else [])
    result = operation.sync_result if operation else None
    facts = said(
        ("sync", status.sync.status or "Unknown"),
        ("health", f"{status.health.status or 'Unknown'} {status.health.message}".rstrip()),
        ("operation", operation.phase if operation else ""),
        ("message", operation.message if operation and operation.phase != "Succeeded" else ""),
        ("retries", operation.retry_count if operation else None),
        ("finished", operation.finished_at if operation else None),
        ("revision", _revisions(status.sync.revision, status.sync.revisions)),
        ("last sync", _revisions(result.revision, result.revisions) if result else ""),
        ("auto-sync", auto_sync(app)),
        ("source", ", ".join(f"{s.repo_url} {s.chart or s.path} @ {s.target_revision or 'HEAD'}" for s in sources)),
        ("destination", f"{spec.destination.name or spec.destination.server} {spec.destination.namespace}".strip()),
        ("project", spec.project),
        ("created", app.metadata.creation_timestamp),
    )
    return Standing(_health(app), facts, tuple(status.conditions or ()))


def auto_sync(app: Application) -> str:
    """`on, prune, self-heal`, or `off`."""
    automated = app.spec.sync_policy.automated if app.spec.sync_policy else None
    if automated is None or automated.enabled is False:
        return "off"
    extras = (("prune", automated.prune), ("self-heal", automated.self_heal))
    return ", ".join(["on", *(word for word, set_ in extras if set_)])


def is_local(app: Application) -> bool:
    """Whether it deploys into the cluster that Argo CD itself runs in, which is the one that was asked."""
    destination = app.spec.destination
    return destination.name in ("", "in-cluster") and destination.server in _HERE


def resource_health(resource: AppResource) -> Health:
    """GOOD where it is in sync and nothing is said against it."""
    health = _HEALTH.get(resource.health.status, Health.GOOD) if resource.health else Health.GOOD
    if health is not Health.GOOD:
        return health
    return Health.WARN if resource.status == "OutOfSync" else Health.GOOD


def resource_line(resource: AppResource) -> Line:
    """`Deployment/web Degraded OutOfSync: why`."""
    health = resource.health
    words = [f"{resource.kind}/{resource.name}", health.status if health else "", resource.status]
    if resource.requires_pruning:
        words.append("to prune")
    text = " ".join(word for word in words if word)
    message = f": {health.message}" if health and health.message else ""
    return Line(safe_text(f"{text}{message}"), resource_health(resource))


def _health(app: Application) -> Health:
    status = app.status
    operation = status.operation_state
    by_health = _HEALTH.get(status.health.status, Health.UNKNOWN)
    failed = operation is not None and operation.phase in ("Failed", "Error")
    if by_health is Health.BAD or failed:
        return Health.BAD
    if status.sync.status == "OutOfSync" and by_health is Health.GOOD:
        return Health.WARN
    return by_health if status.sync.status != "Unknown" else Health.UNKNOWN


def _revisions(one: str, several: list[str] | None) -> str:
    return ", ".join(short_revision(each) for each in ([one] if one else several or []))


def short_revision(revision: str) -> str:
    """A commit cut to what git shows; a tag, a chart version and `main@sha1:…` keep their name."""
    head, mark, digest = revision.rpartition(":")
    if len(digest) in (40, 64) and set(digest) <= set("0123456789abcdef"):
        return f"{head}{mark}{digest[:_SHORT]}"
    return revision

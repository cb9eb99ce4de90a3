"""How an object of Flux stands, of whichever kind: ready or not, which revision, from where. Pure."""

from chatops.cluster.conditions import found, judged
from chatops.cluster.gitops_models import ChartTemplate, FluxObject
from chatops.cluster.standing import Standing, said
from chatops.cluster.standings.applications import short_revision
from chatops.core.resources import Health


def flux_standing(thing: FluxObject) -> Standing:
    """Its condition Ready decides; a suspended one is WARN whatever it says."""
    spec, status = thing.spec, thing.status
    ready = found(status.conditions, "Ready")
    source, artifact = thing.source, status.artifact
    applied, attempted = status.last_applied_revision, status.last_attempted_revision
    facts = said(
        ("ready", f"{ready.status} {ready.reason}".rstrip() if ready else "Unknown"),
        ("message", cause(thing)),
        ("since", ready.last_transition_time if ready else None),
        ("suspended", bool(spec.suspend)),
        ("applied", short_revision(applied) or _released(thing)),
        ("attempted", short_revision(attempted) if attempted != applied else ""),
        ("failures", status.failures or None),
        ("artifact", short_revision(artifact.revision) if artifact else ""),
        ("fetched", artifact.last_update_time if artifact else None),
        ("latest image", _latest(thing)),
        ("last run", status.last_automation_run_time),
        ("last push", status.last_push_time),
        ("source", f"{source.kind} {source.namespace}/{source.name}" if source else ""),
        ("chart", _chart(thing)),
        ("url", spec.url or spec.image),
        ("path", spec.path),
        ("inventory", len(status.inventory.entries or ()) if status.inventory else None),
        ("interval", spec.interval),
        ("created", thing.metadata.creation_timestamp),
    )
    return Standing(_health(thing), facts, tuple(status.conditions or ()))


def cause(thing: FluxObject) -> str:
    """Why it is not ready.

    Of a HelmRelease that was rolled back `Ready` tells of the rollback, and only `Released` still knows why it came to
    that.
    """
    ready = found(thing.status.conditions, "Ready")
    released = found(thing.status.conditions, "Released")
    if released is not None and released.status == "False" and released.message:
        return released.message
    return ready.message if ready is not None and ready.status != "True" else ""


def is_behind(thing: FluxObject) -> bool:
    """Whether its controller has not looked at the newest spec yet."""
    return 0 < thing.status.observed_generation < thing.metadata.generation


def _health(thing: FluxObject) -> Health:
    ready = found(thing.status.conditions, "Ready")
    if thing.spec.suspend:
        return Health.WARN
    stalled = found(thing.status.conditions, "Stalled")
    if stalled is not None and stalled.status == "True":
        return Health.BAD
    # A HelmRepository of type oci is never fetched by itself, and says nothing.
    return judged(ready) if ready is not None else Health.UNKNOWN


def _released(thing: FluxObject) -> str:
    newest = next(iter(thing.status.history or ()), None)
    if newest is None or not newest.chart_version:
        return ""
    return f"{newest.chart_name} {newest.chart_version} {newest.status}".strip()


def _chart(thing: FluxObject) -> str:
    chart = thing.spec.chart
    if isinstance(chart, ChartTemplate):
        return f"{chart.spec.chart} {chart.spec.version}".strip()
    return chart or ""


def _latest(thing: FluxObject) -> str:
    latest = thing.status.latest_ref
    return f"{latest.name}:{latest.tag}" if latest is not None and latest.name else thing.status.latest_image

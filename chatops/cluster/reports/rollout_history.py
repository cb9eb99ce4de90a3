"""rollout_history: the revisions that are kept, newest first, and what images each brought."""

from datetime import datetime

from chatops.cluster.ages import age
from chatops.cluster.crowds import crowd_of
from chatops.cluster.models import Workload
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.revisions import Revision, current_of, image_changes, revisions
from chatops.cluster.workloads import workload_health, workload_ref
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

CHANGE_CAUSE = "kubernetes.io/change-cause"
"""Where `kubectl annotate` and pipelines say why."""


def rollout_history(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    workload = reader.fetch(ref, Workload)
    seen = workload_ref(workload, reader.name)
    known = revisions(reader, workload)
    if not known:
        return Report("rollout_history", seen, Health.UNKNOWN, notes=(Note("no_revisions"),))
    current = current_of(workload, known)
    health = workload_health(workload, crowd_of(reader, workload).worst)
    lines = [
        _line(revision, before, now, health if revision is current else None)
        for before, revision in zip((None, *known), known, strict=False)
    ]
    facts = (("revision", str(current.number)),) if current else ()
    notes = () if current else (Note("revision_unrecorded"),)
    kept = Section(mark("Revisions"), tuple(reversed(lines)))
    return Report("rollout_history", seen, health, facts, (kept,), notes)


def _line(revision: Revision, before: Revision | None, now: datetime, running: Health | None) -> Line:
    """`running` is the workload's health where this is the revision its spec stands for."""
    parts = [f"{revision.number}{' (running)' if running else ''} {age(revision.created_at, now) or '<unknown>'}"]
    parts.append(_images(revision, before))
    cause = revision.annotations.get(CHANGE_CAUSE, "")
    if cause:
        parts.append(cause)
    return Line(safe_text(" · ".join(parts)), running)


def _images(revision: Revision, before: Revision | None) -> str:
    """What changed since the revision before; of the oldest one kept, all it has."""
    changes = image_changes(before.template if before else {}, revision.template)
    several = len(image_changes({}, revision.template)) > 1
    said = []
    for change in changes:
        told = change.after if not change.before else f"{change.before} → {change.after or '<none>'}"
        said.append(f"{change.container}: {told}" if several or not change.after else told)
    return ", ".join(said) or "same images"

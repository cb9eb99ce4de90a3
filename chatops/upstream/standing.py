"""How the Alertmanagers themselves are: version, peers, since when, and whether they run the same configuration."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from chatops.core.failures import Failure
from chatops.core.plain import safe_text
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.upstream.alertmanager import Alertmanager, Status

_HASH = 12
"""Characters of the configuration's SHA-256: enough to see whether two are the same."""


def alertmanager_status(alertmanagers: Sequence[Alertmanager], ref: ObjectRef, now: datetime) -> Report:
    """One section for each. The configuration itself is never shown: it may hold secrets."""
    sections, hashes, worst = [], set(), Health.GOOD
    for one in alertmanagers:
        try:
            status = one.status()
        except Failure as failure:
            lines: tuple[Line, ...] = (Line(str(failure), Health.BAD),)
            worst = Health.BAD
        else:
            hashes.add(_hash(status))
            lines = _lines(status, now)
            worst = min([worst, *(line.health for line in lines if line.health)], key=lambda health: health.rank)
        sections.append(Section(one.name, lines))
    notes: tuple[Note, ...] = ()
    if len(hashes) > 1:
        notes = (Note("configs_differ"),)
        worst = min(worst, Health.WARN, key=lambda health: health.rank)
    return Report("alertmanager_status", ref, worst, sections=tuple(sections), notes=notes)


def _lines(status: Status, now: datetime) -> tuple[Line, ...]:
    cluster = status.cluster
    peers = cluster.peers or []
    lines = [Line(f"version {safe_text(status.version_info.version)}")]
    if status.started_at is not None:
        lines.append(Line(f"up {_age(now, status.started_at)}"))
    if cluster.status == "disabled":
        lines.append(Line("cluster disabled: it runs alone"))
    else:
        health = Health.GOOD if cluster.status == "ready" else Health.WARN
        lines.append(Line(f"cluster {safe_text(cluster.status)}, peers {len(peers)}", health))
        lines += [Line(safe_text(f"{peer.name} {peer.address}")) for peer in peers]
    lines.append(Line(f"config sha256 {_hash(status)}"))
    return tuple(lines)


def _hash(status: Status) -> str:
    return hashlib.sha256(status.config.original.encode("utf-8", "replace")).hexdigest()[:_HASH]


def _age(now: datetime, since: datetime) -> str:
    """As kubectl writes ages: `3d4h`, `12m`."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}d{hours}h" if hours else f"{days}d"
    return f"{hours}h{minutes}m" if hours else f"{minutes}m"

"""config_check: what a pod's containers say of their configuration, and when that was changed. Never what is in it."""

import re
from collections.abc import Iterator
from datetime import datetime

from chatops.cluster.ages import age
from chatops.cluster.crowds import crowd_of
from chatops.cluster.logs import read_logs
from chatops.cluster.models import Workload, listed
from chatops.cluster.mount_models import MountingPod
from chatops.cluster.mounts import Changed, look_up, sources_of
from chatops.cluster.plain import safe_text
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, Health, ObjectRef, PodView, worst
from chatops.core.texts import mark

_TAIL, _BYTES = 200, 128 * 1024
_MOST_CONTAINERS, _MOST_LINES, _MOST_SOURCES = 6, 5, 12

_ERROR = re.compile(
    r"(?i)\blevel\W{0,3}(?:error|fatal|crit)|\b(?:errors?|failed|failure|invalid|malformed|fatal|panic|unmarshal\w*)\b"
    r"|\bpars(?:e|ing)\b|\bE\d{4} \d\d:"
)
"""Also klog's `E1123 09:00:`."""

_NO_ERROR = re.compile(
    r"(?i)\b(?:0|no|without) (?:errors?|failures?)\b|\berrors?[=:]\W{0,2}(?:0|nil|null|none|false)\b"
)
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\S+ ")
_VARYING = re.compile(r"\d+")


def config_check(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """Of a workload: of its worst pod."""
    at = _worst_pod(reader, ref) if ref.kind in WORKLOADS else ref
    if at is None:
        return Report("config_check", ref, Health.UNKNOWN, notes=(Note("no_pods"),))
    pod = reader.fetch(at, MountingPod)
    view = pod_view(pod, reader.name)
    seen = view.ref
    sections = list(_said(reader, view))
    changes = [look_up(reader, seen.namespace, source) for source in sources_of(pod)[:_MOST_SOURCES]]
    started = _started(pod)
    sources = [_source_line(changed, started, now) for changed in changes]
    notes = [Note("no_config_errors")] if not sections else []
    if any(changed.problem is Reason.FORBIDDEN for changed in changes):
        notes.append(Note("metadata_denied"))
    if sources:
        sections.append(Section(mark("Configuration"), tuple(sources)))
    health = [line.health for section in sections for line in section.lines if line.health]
    return Report(
        "config_check",
        ref,
        worst(health, Health.GOOD),
        facts=(("pod", seen.name), ("status", safe_text(view.status))),
        sections=tuple(sections),
        notes=tuple(notes),
        related=(seen,) if ref.kind != "Pod" else (),
    )


def _worst_pod(reader: Reader, ref: ObjectRef) -> ObjectRef | None:
    worst = crowd_of(reader, reader.fetch(ref, Workload)).worst
    return worst[0].ref if worst else None


def _said(reader: Reader, pod: PodView) -> Iterator[Section]:
    restarted = {each.name for each in pod.containers if each.restarts}
    for container in _reloaders_first(pod):
        for previous in (False, True) if container in restarted else (False,):
            lines = _errors(reader, pod.ref, container, previous)
            if lines:
                yield Section(f"{container} (previous)" if previous else container, lines)
                break


def _reloaders_first(pod: PodView) -> list[str]:
    """Reloaders are the ones that read what was changed. Init containers come last, sidecars among them."""
    found = sorted(pod.containers, key=lambda each: ("reload" not in f"{each.name} {each.image}", each.init))
    return [each.name for each in found[:_MOST_CONTAINERS]]


def _errors(reader: Reader, pod: ObjectRef, container: str, previous: bool) -> tuple[Line, ...]:
    try:
        told = read_logs(reader, pod, container=container, previous=previous, tail=_TAIL, limit_bytes=_BYTES)
    except Permanent as failure:
        # A container that has not begun has no log; what else is refused concerns all of them.
        if failure.reason not in (Reason.REFUSED, Reason.NOT_FOUND):
            raise
        return ()
    return tuple(Line(text, Health.BAD) for text in error_lines(told.lines)[-_MOST_LINES:])


def error_lines(lines: tuple[str, ...]) -> list[str]:
    """The lines that look like errors, oldest first, without their time stamps; of those alike the newest."""
    unique: dict[str, str] = {}
    for line in lines:
        text = _STAMP.sub("", line).strip()
        if _ERROR.search(_NO_ERROR.sub("", text)):
            key = _VARYING.sub("#", text)
            unique.pop(key, None)
            unique[key] = text
    return list(unique.values())


def _started(pod: MountingPod) -> datetime | None:
    """When the newest of its containers began: what was changed later it may not have read."""
    states = (entry.state for entry in listed(pod.status.container_statuses))
    times = (state.running.started_at for state in states if state and state.running)
    return max((time for time in times if time), default=None)


def _source_line(changed: Changed, started: datetime | None, now: datetime) -> Line:
    source = changed.source
    name = f"{'configmap' if source.kind == 'ConfigMap' else 'secret'} {source.name}"
    match changed.problem:
        case None:
            text = f"{name} {age(changed.created_at, now) or '<unknown>'} · rv {changed.version}"
            if changed.changed_at is None:
                return Line(safe_text(text))
            text += f" · changed {age(changed.changed_at, now)} ago by {changed.by or '<unknown>'}"
            later = started is not None and changed.changed_at > started
            return Line(safe_text(text + (", after the start" if later else "")), Health.WARN if later else None)
        case Reason.NOT_FOUND:
            return Line(safe_text(f"{name} not found"), None if source.optional else Health.BAD)
        case Reason.FORBIDDEN:
            return Line(safe_text(f"{name} forbidden"))
        case _:
            return Line(safe_text(f"{name} <unknown>"))

"""Events: fetched for an object and what belongs to it, and merged into lines. It knows no kind but Event."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from chatops.cluster.connection import Connection
from chatops.cluster.models import EventModel
from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.core.resources import EventLine, ObjectRef
from chatops.core.similar import skeleton

_ONE_BY_ONE = 3
"""Up to so many objects are asked for each by itself; for more, one list of the namespace is cheaper."""

_EVER = datetime.min.replace(tzinfo=UTC)


def events_of(connection: Connection, refs: Sequence[ObjectRef]) -> list[EventModel]:
    """Every event about any of `refs`, which share one namespace."""
    if not refs:
        return []
    path = collection("Event", refs[0].namespace)
    if len(refs) <= _ONE_BY_ONE:
        return [event for ref in refs for event in connection.list(path, EventModel, {"fieldSelector": _field(ref)})]
    by_name = {(ref.kind, ref.name): ref.uid for ref in refs}
    found = []
    for event in connection.list(path, EventModel):
        about = event.involved_object
        uid = by_name.get((about.kind, about.name))
        if uid is not None and (not uid or not about.uid or uid == about.uid):
            found.append(event)
    return found


def event_lines(events: Iterable[EventModel]) -> tuple[EventLine, ...]:
    """Merged where reason and message are the same but for numbers, hashes and names; warnings first, then the latest.

    The words are those of the latest.
    """
    merged: dict[tuple[str, str], EventLine] = {}
    objects: dict[tuple[str, str], set[str]] = {}
    for event in sorted(events, key=lambda e: last_seen(e) or _EVER):
        line = _line(event)
        key = (line.reason, skeleton(line.message))
        objects.setdefault(key, set()).add(line.about)
        before = merged.get(key)
        merged[key] = EventLine(
            reason=line.reason,
            message=line.message,
            warning=line.warning or (before is not None and before.warning),
            count=line.count + (before.count if before else 0),
            last_at=line.last_at or (before.last_at if before else None),
            about=line.about,
            objects=len(objects[key]),
        )
    return tuple(
        sorted(
            merged.values(),
            key=lambda e: (not e.warning, -(e.last_at or _EVER).timestamp(), e.reason, e.message),
        )
    )


def last_seen(event: EventModel) -> datetime | None:
    """When the event last happened; which field says so depends on who wrote it, and how long ago."""
    series = event.series.last_observed_time if event.series else None
    return (
        series or event.last_timestamp or event.event_time or event.first_timestamp or event.metadata.creation_timestamp
    )


def _line(event: EventModel) -> EventLine:
    about = event.involved_object
    return EventLine(
        reason=safe_text(event.reason),
        message=safe_text(event.message),
        warning=event.type == "Warning",
        count=max(1, event.series.count if event.series else 0, event.count or 0),
        last_at=last_seen(event),
        about=f"{about.kind}/{about.name}",
    )


def _field(ref: ObjectRef) -> str:
    parts = [f"involvedObject.kind={ref.kind}", f"involvedObject.name={ref.name}"]
    if ref.uid and ref.kind != "Node":
        # The kubelet puts the node's name where its uid belongs.
        parts.append(f"involvedObject.uid={ref.uid}")
    return ",".join(parts)

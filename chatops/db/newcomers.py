"""Incidents that a chat may have to begin to show, read many at a time and no more of each than that decision takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Status
from chatops.core.storms import Cause, causes_of
from chatops.db.columns import strings_of
from chatops.db.entities import Tables

_CHUNK = 500
"""Values of one IN list: every SQLite takes 999."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a chat has of an incident. `carded`: its card; `storm_id`: a digest that stands for it; `viewed`: some
    message that shows it.
    """

    id: int
    severity: Severity
    cluster: str
    namespace: str
    open: bool
    known: bool
    """Its first mail was worked through."""
    carded: bool
    storm_id: int | None
    viewed: bool
    causes: tuple[Cause, ...] = ()

    @property
    def new(self) -> bool:
        """Whether the chat has to begin to show it, if it wants incidents at all."""
        return self.open and self.known and not self.carded and self.storm_id is None


def arrival_of(row: Any, viewed: Collection[int]) -> Arrival:
    """`viewed`: the incidents that some message of the chat shows."""
    id, severity, cluster, namespace, status, revision, carded, storm_id = row
    is_open = status == Status.ACTIVE.value
    return Arrival(
        id, Severity(severity), cluster, namespace, is_open, revision > 0, bool(carded), storm_id, id in viewed
    )


def labels_of(tables: Tables, found: Sequence[Arrival]) -> tuple[Arrival, ...]:
    """The same, each new one with what it may share: by the labels of its first alert that fires."""
    ids = [each.id for each in found if each.new]
    labels: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = tables.connection.execute(
            f"SELECT incident_id, labels FROM alerts WHERE incident_id IN ({marks}) ORDER BY ends_at IS NOT NULL, id",
            chunk,
        )
        for incident_id, text in rows:
            labels.setdefault(incident_id, text)
    return tuple(
        replace(each, causes=causes_of(strings_of(labels[each.id]), each.namespace)) if each.id in labels else each
        for each in found
    )

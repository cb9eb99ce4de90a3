"""Clusters and namespaces of incidents, and lists narrowed to those that somebody may read."""

from collections.abc import Callable
from typing import Any

from chatops.db.entities import Tables

Readable = Callable[[str, str], bool]
"""Whether incidents of this cluster and namespace are to be told of."""


def places_of(tables: Tables) -> tuple[tuple[str, str], ...]:
    rows = tables.connection.execute("SELECT DISTINCT cluster, namespace FROM incidents ORDER BY 1, 2")
    return tuple((cluster, namespace) for cluster, namespace in rows)


def only(tables: Tables, shown: Any, readable: Readable) -> Any:
    """Narrowed to the readable places. There are few places and many incidents: each place is decided once."""
    allowed = [f"{cluster}\n{namespace}" for cluster, namespace in places_of(tables) if readable(cluster, namespace)]
    return shown.filter(lambda row: row.cluster + "\n" + row.namespace in allowed)

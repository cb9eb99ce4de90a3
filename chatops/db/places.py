"""Clusters and namespaces of incidents, and lists narrowed to those that somebody may read."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from chatops.db.database import Database
from chatops.db.entities import Tables

Readable = Callable[[str, str], bool]
"""Whether incidents of this cluster and namespace are to be told of."""

_PLACES = "SELECT id, cluster, namespace, changed FROM places ORDER BY cluster, namespace"


class Spot(NamedTuple):
    """A place as it is stored. `changed`: the latest change of an incident in it."""

    id: int
    cluster: str
    namespace: str
    changed: int


class Places:
    """Kept as incidents come to be in them, and never forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def all(self) -> tuple[tuple[str, str], ...]:
        """Cluster and namespace of every incident there was, each pair once."""
        return self._database.read(lambda: places_of(self._tables))


def spots_of(tables: Tables) -> tuple[Spot, ...]:
    """Within a session: every place that an incident was ever in. The incidents themselves are not looked at."""
    return tuple(Spot(*row) for row in tables.connection.execute(_PLACES))


def places_of(tables: Tables) -> tuple[tuple[str, str], ...]:
    return tuple((spot.cluster, spot.namespace) for spot in spots_of(tables))


def only(tables: Tables, shown: Any, readable: Readable) -> Any:
    """Narrowed to the readable places. There are few places and many incidents: each place is decided once."""
    allowed = [f"{cluster}\n{namespace}" for cluster, namespace in places_of(tables) if readable(cluster, namespace)]
    return shown.filter(lambda row: row.cluster + "\n" + row.namespace in allowed)


def narrowed(
    spots: Collection[Spot],
    readable: Readable | None,
    *,
    clusters: Collection[str] = (),
    namespaces: Collection[str] = (),
) -> list[Spot] | None:
    """Those that are wanted and readable; None where that is all of them."""
    if readable is None and not clusters and not namespaces:
        return None
    found = [
        spot
        for spot in spots
        if (not clusters or spot.cluster in clusters)
        and (not namespaces or spot.namespace in namespaces)
        and (readable is None or readable(spot.cluster, spot.namespace))
    ]
    return None if len(found) == len(spots) else found


def within(places: Collection[Spot] | None) -> tuple[str, tuple[int, ...]]:
    """What a row `l` of `listed` has to be besides, and its values. None is everywhere."""
    if places is None:
        return "", ()
    ids = tuple(spot.id for spot in places)
    return one_of("place_id", ids), ids


def one_of(column: str, values: Sequence[int]) -> str:
    """Of a row `l` of `listed`. PostgreSQL knows no empty list."""
    return f" AND l.{column} IN ({', '.join('?' * len(values))})" if values else " AND FALSE"

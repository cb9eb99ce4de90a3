"""Merges: what one incident brings to another, from the press until the other has taken it in; and who is like whom.

What a merge stores is one transaction: the merged incident is closed, its groups are the other's, and what it brings
waits there as mail does.
"""

from collections.abc import Sequence
from datetime import datetime

from chatops.core.audit import Entry
from chatops.core.incidents.brought import Brought, Merge
from chatops.core.incidents.values import Incident, Person
from chatops.db.columns import clean, from_json, time_text, to_json
from chatops.db.database import Database
from chatops.db.decided import store_decision
from chatops.db.places import Readable
from chatops.db.routing import has_mail
from chatops.db.rows import incidents_of

BEHIND, GONE = "merge_mail", "merge_gone"
"""Why nothing was stored: there is mail to work through first, or the other is not open."""

_OPEN = "SELECT EXISTS (SELECT 1 FROM incidents WHERE id = ? AND status = 'active' AND revision > 0)"

_MERGE = "INSERT INTO merges (merged_id, into_id, at, by_id, by_name, brought) VALUES (?, ?, ?, ?, ?, ?)"

_REGROUP = "UPDATE group_keys SET incident_id = ? WHERE incident_id = ?"

_PENDING = """
SELECT merged_id, by_id, by_name, brought FROM merges WHERE into_id = ? AND done_at IS NULL ORDER BY at, merged_id
"""

_OTHERS = """
SELECT id, cluster, namespace FROM incidents WHERE status = 'active' AND revision > 0 AND id <> ?1
ORDER BY
    CASE WHEN title = ?2 THEN 1 ELSE 0 END + CASE WHEN cluster = ?3 AND namespace = ?4 THEN 1 ELSE 0 END DESC,
    abs(julianday(opened_at) - julianday(?5)), id
"""

_ALONE = "SELECT NOT EXISTS (SELECT 1 FROM incidents WHERE status = 'active' AND revision > 0 AND id <> ?)"

MOST = 60
"""Incidents that are looked at more closely for one: there may be thousands open."""


class Merges:
    """Read by the incident that they are for, which takes them in by `Incidents.apply`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def merge(
        self,
        before: Incident,
        merged: Incident,
        entries: Sequence[Entry],
        *,
        now: datetime,
        by: Person,
        update_id: int | None = None,
    ) -> str:
        """Store what was decided of the merged incident, and leave what it brings for the other.

        Empty where that was done; else why nothing was stored: BEHIND or GONE. Raises as `Incidents.apply` does.
        """
        into = merged.merged_into
        assert into is not None

        def work() -> str:
            connection = self._tables.connection
            if has_mail(self._tables, before.id):
                return BEHIND
            if into == before.id or not connection.execute(_OPEN, (into,)).fetchone()[0]:
                return GONE
            store_decision(self._tables, merged, entries, now=now, before=before, update_id=update_id)
            brought = to_json(Brought.of(before))
            row = (before.id, into, time_text(now), by.id, clean(by.name), brought)
            connection.execute(_MERGE, row)
            connection.execute(_REGROUP, (into, before.id))
            return ""

        return self._database.write(work)

    def pending(self, incident_id: int) -> tuple[Merge, ...]:
        """What the incident has still to take in, in the order it was merged."""

        def work() -> tuple[Merge, ...]:
            rows = self._tables.connection.execute(_PENDING, (incident_id,)).fetchall()
            return tuple(
                Merge(merged_id, Person(by_id, by_name), from_json(brought, Brought) or Brought("", ()))
                for merged_id, by_id, by_name, brought in rows
            )

        return self._database.read(work)

    def alone(self, incident_id: int) -> bool:
        """Whether no other incident is open that it could be merged into."""
        return self._database.read(lambda: bool(self._tables.connection.execute(_ALONE, (incident_id,)).fetchone()[0]))

    def near(self, incident: Incident, actable: Readable) -> tuple[Incident, ...]:
        """The open incidents of places that are `actable` which are most likely the same, MOST at most."""
        values = (incident.id, clean(incident.title), clean(incident.cluster), clean(incident.namespace))

        def work() -> tuple[Incident, ...]:
            found = self._tables.connection.execute(_OTHERS, (*values, time_text(incident.opened_at)))
            ids = [number for number, cluster, namespace in found if actable(cluster, namespace)][:MOST]
            return incidents_of(self._tables, ids)

        return self._database.read(work)

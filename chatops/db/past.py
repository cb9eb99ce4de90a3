"""What is known of earlier incidents of the same title and place, and what was run on each."""

from datetime import timedelta

from chatops.core.incidents.values import Incident
from chatops.core.past import PastIncident
from chatops.db.columns import naive
from chatops.db.database import Database
from chatops.db.querying import count, desc
from chatops.db.rows import loaded
from chatops.db.runs import runs_on


class Past:
    """Read only. Whether an action helped back then is `core.past`'s to say."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def of(self, incident: Incident) -> PastIncident:
        """The incident with everything that was run on it, oldest first."""
        return self._database.read(
            lambda: PastIncident(incident, runs_on(self._tables, [incident.id]).get(incident.id, ()))
        )

    def alike(self, incident: Incident, limit: int = 8) -> tuple[PastIncident, ...]:
        """The newest `limit` earlier incidents of the same title and place, with what was run on them."""
        tables, incidents = self._tables, self._tables.Incident
        title, namespace, cluster, this = incident.title, incident.namespace, incident.cluster, incident.id

        def work() -> tuple[PastIncident, ...]:
            same = incidents.select(
                lambda row: (
                    row.title == title and row.namespace == namespace and row.cluster == cluster and row.id < this
                )
            )
            found = loaded(tables, list(same.order_by(desc(incidents.id)).limit(limit)))
            runs = runs_on(tables, [each.id for each in found])
            return tuple(PastIncident(each, runs.get(each.id, ())) for each in found)

        return self._database.read(work)

    def alike_before(self, incident: Incident, *, days: int = 7) -> int:
        """How many earlier incidents of the same title and place were opened within `days` before this one."""
        incidents, since = self._tables.Incident, naive(incident.opened_at) - timedelta(days=days)
        title, namespace, cluster, this = incident.title, incident.namespace, incident.cluster, incident.id
        return self._database.read(
            lambda: int(
                count(
                    row
                    for row in incidents
                    if row.title == title
                    and row.namespace == namespace
                    and row.cluster == cluster
                    and row.opened_at >= since
                    and row.id < this
                    and row.merged_into is None
                )
            )
        )

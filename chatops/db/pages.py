"""The chat's two lists of incidents, a page at a time and with a count: those that are active, and those that ended.

The API's lists are walks along an index and another room's (`listing`): these load each incident of their page whole.
"""

from chatops.core.incidents.values import Incident, Status
from chatops.db.database import Database
from chatops.db.places import Readable, only
from chatops.db.querying import desc
from chatops.db.routes import open_in_order
from chatops.db.rows import loaded

ACTIVE = Status.ACTIVE.value


class Pages:
    """Read by who looks; nothing is ever stored here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def open(
        self, offset: int, limit: int, readable: Readable | None = None, *, routed_to: int | None = None
    ) -> tuple[int, tuple[Incident, ...]]:
        """How many are active, and a page of them: worst severity first, then those nobody has, then the newest.

        Without `readable` all of them count; with `routed_to` only those that the routes of this chat take.
        """
        incidents = self._tables.Incident

        def work() -> tuple[int, tuple[Incident, ...]]:
            shown = incidents.select(lambda row: row.status == ACTIVE and row.revision > 0)
            if readable is not None:
                shown = only(self._tables, shown, readable)
            order = (incidents.list_rank, desc(incidents.opened_at), desc(incidents.id))
            if routed_to is not None:
                ids = open_in_order(self._tables, routed_to, readable)
                page = [incidents[each] for each in ids[offset : offset + limit]]
                return len(ids), loaded(self._tables, page)
            rows = shown.order_by(*order).limit(limit, offset=offset)
            return shown.count(), loaded(self._tables, list(rows))

        return self._database.read(work)

    def closed(self, offset: int, limit: int, readable: Readable | None = None) -> tuple[int, tuple[Incident, ...]]:
        """How many have ended, and a page of them, the newest end first. Without `readable` all of them count."""
        incidents = self._tables.Incident

        def work() -> tuple[int, tuple[Incident, ...]]:
            shown = incidents.select(lambda row: row.closed_at is not None)
            if readable is not None:
                shown = only(self._tables, shown, readable)
            rows = shown.order_by(desc(incidents.closed_at), desc(incidents.id)).limit(limit, offset=offset)
            return shown.count(), loaded(self._tables, list(rows))

        return self._database.read(work)

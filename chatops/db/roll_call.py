"""What the roll call compares with Alertmanager's list: the alerts that fire, and whose receivers are ours."""

from collections.abc import Collection
from datetime import datetime

from chatops.core.roll_call import Held
from chatops.core.standing import HEARD, Standing
from chatops.db.columns import from_json, strings_of, time_of, time_text
from chatops.db.database import Database

_HELD = """
SELECT alerts.source, incident_id, fingerprint, labels, starts_at,
    (incident_id, alerts.source) IN (SELECT incident_id, source FROM alerts WHERE listed_at IS NOT NULL), standing,
    status = 'active'
FROM alerts JOIN incidents ON incidents.id = incident_id WHERE ends_at IS NULL ORDER BY alerts.id
"""
"""What Alertmanager has listed one alert of, it lists the others of as well; a merged incident has several sources."""

_SOURCES = """
SELECT receiver, source FROM incidents WHERE receiver <> '' AND id IN
    (SELECT max(id) FROM incidents WHERE revision > 0 GROUP BY receiver)
"""

_LISTED = "UPDATE alerts SET listed_at = ? WHERE source = ? AND fingerprint = ? AND ends_at IS NULL"


class RollCall:
    """Reads and marks in bulk: there may be thousands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def held(self) -> tuple[Held, ...]:
        """Every alert that fires, as far as we were told."""

        def work() -> tuple[Held, ...]:
            rows = self._tables.connection.execute(_HELD)
            return tuple(
                Held(
                    source,
                    incident_id,
                    fingerprint,
                    strings_of(labels),
                    time_of(starts_at),
                    bool(listed),
                    from_json(standing, Standing) or HEARD,
                    bool(active),
                )
                for source, incident_id, fingerprint, labels, starts_at, listed, standing, active in rows
            )

        return self._database.read(work)

    def sources(self) -> dict[str, str]:
        """The receivers that webhooks came for, and the source of the newest incident of each."""
        return self._database.read(lambda: dict(self._tables.connection.execute(_SOURCES).fetchall()))

    def mark_listed(self, alerts: Collection[tuple[str, str]], now: datetime) -> None:
        """(source, fingerprint) of alerts that Alertmanager lists now."""
        values = [(time_text(now), source, fingerprint) for source, fingerprint in sorted(alerts)]

        def work() -> None:
            self._tables.connection.executemany(_LISTED, values)

        if values:
            self._database.write(work)

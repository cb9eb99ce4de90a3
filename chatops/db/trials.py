"""What helped before: one row per action that succeeded while an alert fired."""

from datetime import datetime

from chatops.core.remedies import Trial
from chatops.core.remedies.experience import REMEMBERED
from chatops.db.columns import aware, clean, naive
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.querying import desc

_MOST = 500
"""Of one alert, the newest: more would say nothing more."""


class Trials:
    """Written with the decision that made them (see Incidents.apply); here they are only read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def of(self, alert: str, now: datetime) -> tuple[Trial, ...]:
        """Trials of the last ninety days for alerts of this name, the newest first."""
        trials, since, name = self._tables.Trial, naive(now - REMEMBERED), clean(alert)

        def work() -> tuple[Trial, ...]:
            rows = trials.select(lambda row: row.alert == name and row.at > since)
            newest = rows.order_by(desc(trials.at)).limit(_MOST)
            return tuple(Trial(row.run_id, row.alert, row.action, aware(row.at), row.helped) for row in newest)

        return self._database.read(work) if alert else ()


def write_trial(tables: Tables, trial: Trial) -> None:
    """Within the caller's session: add it, or say of a known one that it helped."""
    row = tables.Trial.get(run_id=trial.run_id)
    if row is None:
        tables.Trial(
            run_id=trial.run_id,
            alert=clean(trial.alert),
            action=clean(trial.action),
            at=naive(trial.at),
            helped=trial.helped,
        )
    elif trial.helped:
        row.helped = True

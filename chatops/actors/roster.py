"""The operator's roster as it stands now: with what is kept of its calendars."""

from chatops.core.oncall import Roster
from chatops.core.rota_calendar import calendars, filled
from chatops.db.store import Store


def roster_now(roster: Roster, store: Store) -> Roster:
    """Nothing is asked where no rota stands in a calendar."""
    return filled(roster, store.calendars.all()) if calendars(roster) else roster

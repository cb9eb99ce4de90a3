"""Which incidents something is still under way or owed of: asked after a start, and by whoever looks round.

They are told by their numbers alone. What is to be done of each is its own actor's to decide, from all of it.
"""

from datetime import datetime

from chatops.core.actions import ActionState
from chatops.core.incidents.values import CALM, Escalation, Status
from chatops.core.maintenance import Maintenance
from chatops.db.columns import from_json, time_of, time_text, to_json
from chatops.db.database import Database
from chatops.db.querying import select
from chatops.db.storms import held, only_in_digests
from chatops.db.surveys import survey_of

ACTIVE = Status.ACTIVE.value
RUNNING = [state.value for state in ActionState if state.running]
INTERRUPTED = ActionState.INTERRUPTED.value

_UNATTENDED = f"""
SELECT id, waits_since FROM incidents WHERE waits_since <= ? AND NOT {only_in_digests("incidents.id")}
ORDER BY waits_since, id LIMIT ?
"""

_WITH_MAIL = """
SELECT incident_id FROM mail WHERE done_at IS NULL UNION SELECT into_id FROM merges WHERE done_at IS NULL ORDER BY 1
"""


class Unfinished:
    """Read only: each of these ends with what an incident's actor stores of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def with_mail(self) -> tuple[int, ...]:
        """Ids of the incidents that have mail to work through, or a merged one to take in."""
        return self._database.read(
            lambda: tuple(row[0] for row in self._tables.connection.execute(_WITH_MAIL).fetchall())
        )

    def running(self) -> tuple[int, ...]:
        """Ids of the incidents with an action that has no outcome yet."""
        actions = self._tables.Action
        return self._database.read(
            lambda: tuple(sorted(select(run.incident_id for run in actions if run.state in RUNNING))),
        )

    def interrupted(self) -> tuple[int, ...]:
        """Ids of the incidents with an interrupted action of which nobody has looked up yet whether it happened."""
        actions = self._tables.Action
        return self._database.read(
            lambda: tuple(
                sorted(select(run.incident_id for run in actions if run.state == INTERRUPTED and run.detail == ""))
            ),
        )

    def silenced(self) -> tuple[int, ...]:
        """Ids of the incidents with a silence that is not known to have ended."""
        silences = self._tables.Silence
        return self._database.read(
            lambda: tuple(sorted(select(each.incident_id for each in silences if each.ended_at is None))),
        )

    def unseen(self) -> tuple[int, ...]:
        """Ids of the active incidents whose objects nobody has looked at, or could not and may next time.

        Not those that stand in a digest alone: their objects are looked at once somebody opens them.
        """
        incidents = self._tables.Incident

        def work() -> tuple[int, ...]:
            rows = list(select((row.id, row.survey) for row in incidents if row.status == ACTIVE and row.revision > 0))
            unopened = held(self._tables)
            surveys = [(number, survey_of(text)) for number, text in rows if number not in unopened]
            return tuple(sorted(number for number, survey in surveys if survey is None or survey.retry))

        return self._database.read(work)

    def calling(self) -> tuple[int, ...]:
        """Ids of the active incidents of which people were called, by somebody or by the bot, however long ago."""
        incidents = self._tables.Incident

        def work() -> tuple[int, ...]:
            active = incidents.select(
                lambda row: row.status == ACTIVE and (row.escalated_at is not None or row.escalation != "")
            )
            told = ((row.id, row.escalated_at, from_json(row.escalation, Escalation) or CALM) for row in active)
            return tuple(sorted(id for id, asked_at, escalation in told if asked_at or escalation.at))

        return self._database.read(work)

    def handed(self) -> tuple[int, ...]:
        """Ids of the active incidents that whoever has them was handed, however long ago."""
        incidents = self._tables.Incident

        def work() -> tuple[int, ...]:
            given = incidents.select(lambda row: row.status == ACTIVE and row.handed_at is not None)
            return tuple(sorted(row.id for row in given))

        return self._database.read(work)

    def owing(self) -> tuple[int, ...]:
        """Ids of the incidents that are flapping and whose card is to be let change later."""
        query = "SELECT id FROM incidents WHERE instr(flapping, ?) > 0 ORDER BY id"
        owes = to_json({"owes": True}).strip("{}")
        return self._database.read(
            lambda: tuple(row[0] for row in self._tables.connection.execute(query, (owes,)).fetchall())
        )

    def maintained(self) -> tuple[tuple[int, int], ...]:
        """Incidents that began inside a window of maintenance, each with the window's number."""
        query = "SELECT id, maintenance FROM incidents WHERE maintenance <> '' ORDER BY id"

        def work() -> tuple[tuple[int, int], ...]:
            rows = self._tables.connection.execute(query).fetchall()
            known = ((id, from_json(text, Maintenance)) for id, text in rows)
            return tuple((id, each.window) for id, each in known if each is not None)

        return self._database.read(work)

    def unattended(self, before: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
        """Incidents nobody took, for which nothing was said since `before`, and since when; the longest wait first.

        Not those that only a storm's digest shows: a call for each would be the flood that it is there against.
        """
        values = (time_text(before), limit)
        return self._database.read(
            lambda: tuple(
                (number, time_of(since))
                for number, since in self._tables.connection.execute(_UNATTENDED, values).fetchall()
            )
        )
